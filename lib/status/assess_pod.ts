/**
 * Whether a running pod has the sidecar, should have it, and why not.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import {
  INJECT_LABEL,
  SIDECAR_NAME,
  STATUS_ANNOTATION,
} from "../inject/contract.ts";
import { findReason, labelChoice } from "../inject/eligibility.ts";
import { isReferenceInjection } from "../inject/injection_state.ts";
import { REASONS } from "../inject/reasons.ts";
import {
  overlaySettings,
  settingsFromAnnotations,
} from "../inject/setting_sources.ts";
import { DEFAULT_SETTINGS } from "../inject/settings.ts";
import { digestSettings, readStatus } from "../inject/status.ts";
import type { JsonObject } from "../kube/json.ts";
import { type PodView, readPod } from "../kube/pod.ts";
import type { Level } from "./finding.ts";
import { textAt, textsAt, timeAt } from "../kube/object_fields.ts";
import { howToRenew, ownerOf } from "./pod_owner.ts";
import {
  isAskedAbout,
  isAskedIn,
  type NamespaceView,
  type RegisteredConfiguration,
} from "./registered_webhook.ts";
import type { KnownSettings } from "./webhook_settings.ts";

/** How a pod stands. */
export type PodState =
  /** It has the sidecar. */
  | "injected"
  /** It has a sidecar that is not what a new pod would get. */
  | "outdated"
  /** It should have the sidecar, and has not. */
  | "missed"
  /** It asks for the sidecar and cannot have it. */
  | "left-alone";

/** How a pod stands, and why. */
export interface PodFinding {
  readonly state: PodState;
  readonly level: Level;
  /** In sentence case, without a final period; absent where all is well. */
  readonly why?: string;
  readonly remedy?: string;
}

/** What pods are held against. */
export interface PodContext {
  /** Undefined where there is none, or it cannot be read. */
  readonly configuration: RegisteredConfiguration | undefined;
  readonly settings: KnownSettings;
}

/** Whether the pod runs: whatever it has, one that has ended is past help. */
export function isRunning(pod: JsonObject): boolean {
  const phase = textAt(pod, "status", "phase");
  return phase !== "Succeeded" && phase !== "Failed" &&
    textAt(pod, "metadata", "deletionTimestamp") === "";
}

/** How the pod stands; undefined where it neither has nor asks for the sidecar. */
export function assessPod(
  pod: JsonObject,
  namespace: NamespaceView,
  context: PodContext,
): PodFinding | undefined {
  try {
    const view = readPod(pod);
    return hasInjection(view)
      ? assessInjected(view, namespace, context)
      : assessPlain(view, namespace, context);
  } catch (error) {
    // A label or an annotation that nobody can follow.
    if (!(error instanceof McaError)) throw error;
    const { field } = error.place;
    return {
      state: "missed",
      level: "wrong",
      why: field === undefined ? error.message : `${error.message} (${field})`,
      ...(error.hint === undefined ? {} : { remedy: error.hint }),
    };
  }
}

function hasInjection(view: PodView): boolean {
  return isReferenceInjection(view) ||
    view.annotations?.[STATUS_ANNOTATION] !== undefined &&
      view.containers.some(({ name }) => name === SIDECAR_NAME);
}

function isAsked(
  { object }: PodView,
  namespace: NamespaceView,
  { configuration }: PodContext,
): boolean {
  const labels = textsAt(object, "metadata", "labels");
  return configuration?.webhooks.some((webhook) =>
    isAskedAbout(webhook, namespace, labels)
  ) ?? false;
}

function assessInjected(
  view: PodView,
  namespace: NamespaceView,
  context: PodContext,
): PodFinding {
  const why = isReferenceInjection(view)
    ? "It was injected by another program than MCA"
    : outdatedReason(view, namespace, context);
  if (why === undefined) return { state: "injected", level: "ok" };
  return {
    state: "outdated",
    level: "wrong",
    why,
    remedy: howToRenew(namespace.name, ownerOf(view.object)),
  };
}

/** A pod that was injected otherwise, by the command line, is nobody's to compare. */
function outdatedReason(
  view: PodView,
  namespace: NamespaceView,
  context: PodContext,
): string | undefined {
  const { settings } = context;
  if (settings.kind === "unknown" || !isAsked(view, namespace, context)) {
    return undefined;
  }
  const wanted = overlaySettings(
    settings.settings,
    settingsFromAnnotations(view.annotations),
  );
  if (readStatus(view)?.settings === digestSettings(wanted)) return undefined;
  const sidecar = view.containers.find(({ name }) => name === SIDECAR_NAME);
  const image = textAt(sidecar?.object, "image");
  return image === wanted.proxyImage
    ? "It was injected with other settings than new pods are"
    : `Its sidecar is ${image}, that of new pods ${wanted.proxyImage}`;
}

function assessPlain(
  view: PodView,
  namespace: NamespaceView,
  context: PodContext,
): PodFinding | undefined {
  const choice = labelChoice(view);
  const asked = isAsked(view, namespace, context);
  if (choice === false || choice === undefined && !asked) return undefined;
  const settings = context.settings.kind === "known"
    ? context.settings.settings
    : DEFAULT_SETTINGS;
  const reason = findReason(
    // What it has is mounted by now; more does not come.
    { ...view, automountServiceAccountToken: false },
    overlaySettings(settings, settingsFromAnnotations(view.annotations)),
  );
  if (reason !== undefined) {
    const { kind, sentence, remedy } = REASONS[reason.code];
    return {
      state: "left-alone",
      level: kind === "refusal" ? "wrong" : "ok",
      why: `${sentence} (${reason.code})`,
      remedy,
    };
  }
  return {
    state: "missed",
    level: "wrong",
    ...missReason(view, namespace, context, asked),
  };
}

function missReason(
  view: PodView,
  namespace: NamespaceView,
  { configuration }: PodContext,
  asked: boolean,
): { readonly why: string; readonly remedy: string } {
  const renew = howToRenew(namespace.name, ownerOf(view.object));
  if (configuration === undefined) {
    return {
      why: "There is no webhook to inject it",
      remedy: "Install the chart, then renew the pod.",
    };
  }
  const { webhooks, created } = configuration;
  if (!asked) {
    return webhooks.some((webhook) => isAskedIn(webhook, namespace))
      ? {
        why: "The webhook is not asked about pods with its labels",
        remedy:
          `Look at the objectSelector; the chart's asks for ${INJECT_LABEL}: "true" if webhook.labelledPods is set.`,
      }
      : {
        why: `The webhook leaves the namespace ${namespace.name} alone`,
        remedy:
          "Move the pod, or let the namespaceSelector take in the namespace.",
      };
  }
  if (timeAt(view.object, "metadata", "creationTimestamp") < created) {
    return { why: "It is older than the webhook", remedy: renew };
  }
  const asksAll = webhooks.every(({ failurePolicy, hasMatchConditions }) =>
    failurePolicy !== "Ignore" && !hasMatchConditions
  );
  return {
    why: asksAll
      ? "It was created without its label, or while the webhook was another"
      : "The webhook was not asked: it did not answer, or a matchCondition kept the pod from it",
    remedy: renew,
  };
}

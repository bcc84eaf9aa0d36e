/**
 * The handler: one admission request in, one answer out. Pure.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { injectPod } from "../inject/inject_pod.ts";
import { type GivenReason, REASONS } from "../inject/reasons.ts";
import type { InjectSettings } from "../inject/settings.ts";
import type { JsonObject } from "../kube/json.ts";
import { diff } from "../kube/json_patch.ts";
import {
  admit,
  admitPatched,
  refuse,
  refuseInvalid,
  refuseMalformed,
} from "./admission_response.ts";
import type {
  AdmissionRequest,
  AdmissionResponse,
} from "./admission_review.ts";

/** What becomes of a pod that was to be injected and cannot be. */
export const UNINJECTABLE_CHOICES = ["admit", "refuse"] as const;

/** How pods are reviewed. */
export interface ReviewSettings {
  /** What to inject, before the pod's own annotations. */
  readonly inject: InjectSettings;
  /** `admit` lets it in unchanged, with a warning. */
  readonly uninjectable: typeof UNINJECTABLE_CHOICES[number];
}

/** What came of a review. */
export type Decision =
  /** The sidecar was put in. */
  | "injected"
  /** The sidecar was there, of other settings. */
  | "updated"
  /** The sidecar was there and is right. */
  | "unchanged"
  /** The pod was left alone, for a reason. */
  | "skipped"
  /** The pod was not admitted, for a reason. */
  | "refused"
  /** The pod was not admitted, for a fault in it. */
  | "invalid"
  /** Not a question about a new pod. */
  | "ignored";

/** The answer to a review, and why. */
export interface PodReview {
  readonly decision: Decision;
  /** Where the decision rests on one. */
  readonly reason?: GivenReason;
  /** What is wrong with the pod, where it is invalid. */
  readonly error?: McaError;
  readonly response: AdmissionResponse;
}

/**
 * Answers one admission request: with a patch that touches only what changes,
 * or with a warning that says why there is none. Pure: the object is never
 * changed, and a dry run is as any other.
 *
 * @example
 * ```ts
 * import { DEFAULT_SETTINGS } from "../inject/settings.ts";
 * import { reviewPod } from "./review_pod.ts";
 *
 * const { decision } = reviewPod({
 *   uid: "1",
 *   operation: "CREATE",
 *   group: "",
 *   resource: "pods",
 *   subresource: "",
 *   namespace: "default",
 *   name: "web",
 *   object: {
 *     spec: {
 *       containers: [{
 *         name: "app",
 *         image: "app:1",
 *         volumeMounts: [{
 *           name: "kube-api-access-x7k2p",
 *           mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
 *         }],
 *       }],
 *       volumes: [{ name: "kube-api-access-x7k2p", projected: {} }],
 *     },
 *   },
 *   dryRun: false,
 * }, { inject: DEFAULT_SETTINGS, uninjectable: "admit" });
 * console.log(decision); // injected
 * ```
 */
export function reviewPod(
  request: AdmissionRequest,
  settings: ReviewSettings,
): PodReview {
  if (!isNewPod(request)) {
    return {
      decision: "ignored",
      response: admit(
        `MCA was asked about ${
          describe(request)
        }; it injects pods when they are created, and left this alone. Let the webhook's rules name CREATE of pods alone`,
      ),
    };
  }
  if (request.object === undefined) {
    const error = new McaError("manifest", "The review holds no pod", {
      place: { field: "request.object" },
    });
    return { decision: "invalid", error, response: refuseMalformed(error) };
  }
  try {
    return reviewObject(request.object, settings);
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    return { decision: "invalid", error, response: refuseInvalid(error) };
  }
}

function isNewPod(request: AdmissionRequest): boolean {
  return request.operation === "CREATE" && request.group === "" &&
    request.resource === "pods" && request.subresource === "";
}

/** `UPDATE of pods/status`, however long it is. */
function describe(request: AdmissionRequest): string {
  const { operation, group, resource, subresource } = request;
  const kind = group === "" ? resource : `${resource}.${group}`;
  const text = `${operation} of ${
    subresource === "" ? kind : `${kind}/${subresource}`
  }`;
  return text.replace(/\p{Cc}/gu, " ").slice(0, 120);
}

function reviewObject(pod: JsonObject, settings: ReviewSettings): PodReview {
  // The API server has mounted the tokens that there are to be.
  const result = injectPod(pod, settings.inject, { tokens: "mounted" });
  switch (result.outcome) {
    case "injected":
    case "updated":
      return {
        decision: result.outcome,
        response: admitPatched(diff(pod, result.pod)),
      };
    case "unchanged":
      return {
        decision: "unchanged",
        reason: result.reason,
        response: admit(),
      };
    case "skipped":
      return leaveAlone(result.reason, settings);
  }
}

function leaveAlone(
  reason: GivenReason,
  { uninjectable }: ReviewSettings,
): PodReview {
  const { kind, sentence, remedy } = REASONS[reason.code];
  const place = reason.field === undefined ? "" : ` at ${reason.field}`;
  const why = `(${reason.code}${place}): ${sentence}. ${remedy}`;
  return kind === "refusal" && uninjectable === "refuse"
    ? {
      decision: "refused",
      reason,
      response: refuse(`MCA cannot inject this pod ${why}`),
    }
    : {
      decision: "skipped",
      reason,
      response: admit(`MCA left this pod alone ${why}`),
    };
}

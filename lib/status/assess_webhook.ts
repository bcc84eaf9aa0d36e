/**
 * Whether the webhook is configured, trusted, there and at work.
 *
 * @module
 */

import type { JsonObject } from "../kube/json.ts";
import { assessCall } from "./assess_call.ts";
import { assessCertificate, assessTrust } from "./assess_trust.ts";
import type { Finding, Level, Seen } from "./finding.ts";
import { numberAt } from "../kube/object_fields.ts";
import {
  isAskedIn,
  readConfiguration,
  type RegisteredConfiguration,
} from "./registered_webhook.ts";
import type { CallOutcome } from "./webhook_call.ts";

/** The webhook, as far as it could be looked at. */
export interface WebhookView {
  /** The name that it was looked for by. */
  readonly name: string;
  readonly configuration: Seen<JsonObject>;
  /** Undefined: it was not looked for. */
  readonly deployment: Seen<JsonObject> | undefined;
  /** Undefined: nobody knows where the certificate is kept. */
  readonly secret: Seen<JsonObject> | undefined;
  /** Undefined: it was not to be tried. */
  readonly call: CallOutcome | undefined;
}

/** What judging certificates takes. */
export interface Judging {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly crypto: Crypto;
}

/**
 * What is found out about the webhook, in the order of the report.
 *
 * @example
 * ```ts
 * import { assessWebhook } from "./assess_webhook.ts";
 *
 * const findings = await assessWebhook({
 *   name: "mca-webhook",
 *   configuration: { kind: "absent" },
 *   deployment: undefined,
 *   secret: undefined,
 *   call: undefined,
 * }, { now: 0, crypto });
 * console.log(findings[0]?.level); // wrong
 * ```
 */
export async function assessWebhook(
  view: WebhookView,
  judging: Judging,
): Promise<Finding[]> {
  const { name, configuration, deployment, secret, call } = view;
  if (configuration.kind !== "present") return [missing(name, configuration)];
  const read = readConfiguration(configuration.value);
  return [
    assessConfiguration(read),
    ...(read.webhooks.length === 0 ? [] : [assessTrust(read, judging.now)]),
    ...(secret === undefined
      ? []
      : [await assessCertificate(secret, read.webhooks, judging)]),
    ...(deployment === undefined ? [] : [assessReplicas(deployment)]),
    ...(call === undefined ? [] : [assessCall(call)]),
  ];
}

function missing(
  name: string,
  configuration: Exclude<Seen<JsonObject>, { kind: "present" }>,
): Finding {
  return configuration.kind === "absent"
    ? {
      check: "configuration",
      level: "wrong",
      message: `There is no MutatingWebhookConfiguration ${name}`,
      remedy:
        "Install the chart, or name the webhook with --webhook-name if it has another name.",
    }
    : {
      check: "configuration",
      level: "unknown",
      message:
        `The MutatingWebhookConfiguration ${name} cannot be read: ${configuration.why}`,
    };
}

function assessConfiguration(
  { name, webhooks }: RegisteredConfiguration,
): Finding {
  const check = "configuration";
  if (webhooks.length === 0) {
    return {
      check,
      level: "wrong",
      message: `The MutatingWebhookConfiguration ${name} holds no webhook`,
      remedy: "Install the chart again.",
    };
  }
  for (const webhook of webhooks) {
    const { failurePolicy, service } = webhook;
    // By its name alone: labels would be one more way in.
    const own = { name: service?.namespace ?? "", labels: {} };
    if (failurePolicy !== "Ignore" && service && isAskedIn(webhook, own)) {
      return {
        check,
        level: "warning",
        message:
          `${webhook.name} is asked about pods of its own namespace ${own.name}, where it keeps itself from coming back once no replica is left`,
        remedy:
          "Exclude the namespace by namespaceSelector, as the chart does.",
      };
    }
  }
  const names = webhooks.map((webhook) => webhook.name).join(" and ");
  const policies = new Set(webhooks.map((webhook) => webhook.failurePolicy));
  return {
    check,
    level: "ok",
    message: `${names}, failurePolicy ${[...policies].join(" and ")}`,
  };
}

function assessReplicas(deployment: Seen<JsonObject>): Finding {
  const check = "replicas";
  if (deployment.kind === "unreadable") {
    return {
      check,
      level: "unknown",
      message: `The Deployment cannot be read: ${deployment.why}`,
    };
  }
  if (deployment.kind === "absent") {
    return {
      check,
      level: "warning",
      message: "There is no Deployment of the webhook's name",
      remedy: "Install the chart again, unless it runs elsewhere.",
    };
  }
  const wanted = numberAt(deployment.value, "spec", "replicas");
  const ready = numberAt(deployment.value, "status", "readyReplicas");
  const level: Level = ready === 0
    ? "wrong"
    : ready < wanted
    ? "warning"
    : "ok";
  return {
    check,
    level,
    message: `${ready} of ${wanted} replicas ready`,
    ...(level === "ok"
      ? {}
      : { remedy: "Look at the webhook's pods and their log." }),
  };
}

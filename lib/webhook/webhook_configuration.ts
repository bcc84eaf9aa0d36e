/**
 * The MutatingWebhookConfiguration that registers a webhook.
 *
 * @module
 */

import { INJECT_LABEL } from "../inject/contract.ts";
import type { JsonObject } from "../kube/json.ts";
import { REVIEW_VERSIONS } from "./admission_review.ts";
import { encodeText, WEBHOOK_ENTRY_NAME } from "./webhook_objects.ts";

/** How long the API server waits for the webhook unless told, in seconds. */
export const DEFAULT_TIMEOUT_SECONDS = 10;

/** What a configuration says. */
export interface WebhookConfigurationOptions {
  /** Its own name. */
  readonly name: string;
  /** Where the API server calls: `https://laptop.example:8443/mutate`. */
  readonly url: string;
  /** The CAs to trust, in PEM. */
  readonly caCertificates: string;
}

/**
 * A configuration for a webhook outside the cluster: pods that carry the label
 * are sent to it when they are created, and are not admitted without it.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 *
 * @example
 * ```ts
 * import { webhookConfiguration } from "./webhook_configuration.ts";
 *
 * const { kind } = webhookConfiguration({
 *   name: "mca-webhook",
 *   url: "https://127.0.0.1:8443/mutate",
 *   caCertificates: "",
 * });
 * console.log(kind); // MutatingWebhookConfiguration
 * ```
 */
export function webhookConfiguration(
  { name, url, caCertificates }: WebhookConfigurationOptions,
): JsonObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name },
    webhooks: [{
      name: WEBHOOK_ENTRY_NAME,
      clientConfig: { url, caBundle: encodeText(caCertificates) },
      rules: [{
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE"],
        resources: ["pods"],
        scope: "Namespaced",
      }],
      objectSelector: { matchLabels: { [INJECT_LABEL]: "true" } },
      admissionReviewVersions: [...REVIEW_VERSIONS],
      sideEffects: "None",
      failurePolicy: "Fail",
      reinvocationPolicy: "IfNeeded",
      timeoutSeconds: DEFAULT_TIMEOUT_SECONDS,
    }],
  };
}

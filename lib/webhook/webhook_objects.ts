/**
 * The objects of the API server that the webhook reads and writes, and their
 * translation from and to what the decisions are made over.
 *
 * @module
 */

import type { ObjectReference } from "../kube/api_client.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import { versionOf } from "../kube/object_watch.ts";
import { type Authority, formatBundle, readAuthorities } from "./authority.ts";
import type { WebhookEntry } from "./trust_view.ts";
import { TRUST_KEYS, type TrustData } from "./trust_state.ts";

/** The MutatingWebhookConfiguration's and the Service's name unless told. */
export const DEFAULT_WEBHOOK_NAME = "mca-webhook";
/** The name of the one webhook in the configuration. */
export const WEBHOOK_ENTRY_NAME = "webhook.mca.k8s.io";
/** Who the webhook is in metadata.managedFields. */
export const FIELD_MANAGER = "mca-webhook";

/** The Secret's name unless told: after the configuration's. */
export function defaultSecretName(webhookName: string): string {
  return `${webhookName}-certificates`;
}

/** Where the Secret is. */
export function secretReference(
  namespace: string,
  name: string,
): ObjectReference {
  return { collection: `/api/v1/namespaces/${namespace}/secrets`, name };
}

/** Where the MutatingWebhookConfiguration is. */
export function configurationReference(name: string): ObjectReference {
  return {
    collection:
      "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
    name,
  };
}

/** What a Secret holds under our keys; undefined where it holds nothing of it. */
export function readSecret(secret: JsonObject): TrustData | undefined {
  const data = secret["data"];
  if (!isJsonObject(data)) return undefined;
  const texts: Record<string, string> = {};
  for (const key of Object.values(TRUST_KEYS)) {
    const text = decodeText(data[key]);
    if (text !== undefined && text !== "") texts[key] = text;
  }
  return Object.keys(texts).length === 0 ? undefined : texts;
}

/** A Secret's data: keys that are not there any more are null, as a merge patch wants them. */
export function secretData(data: TrustData): JsonObject {
  return Object.fromEntries(
    Object.values(TRUST_KEYS).map((key) => {
      const text = data[key];
      return [key, text === undefined ? null : encodeText(text)];
    }),
  );
}

/** The webhooks of a MutatingWebhookConfiguration and the CAs that each trusts. */
export function readEntries(configuration: JsonObject): WebhookEntry[] {
  const { webhooks } = configuration;
  if (!Array.isArray(webhooks)) return [];
  return webhooks.flatMap((webhook) => {
    if (!isJsonObject(webhook)) return [];
    const { name, clientConfig } = webhook;
    if (typeof name !== "string") return [];
    const bundle = isJsonObject(clientConfig) ? clientConfig["caBundle"] : null;
    return [{ name, authorities: readAuthorities(decodeText(bundle) ?? "") }];
  });
}

/** A strategic merge patch that sets every caBundle of the configuration as it was seen. */
export function bundlePatch(
  configuration: JsonObject,
  bundle: readonly Authority[],
): JsonObject {
  const caBundle = encodeText(formatBundle(bundle));
  return {
    metadata: { resourceVersion: versionOf(configuration) },
    webhooks: readEntries(configuration).map(({ name }) => ({
      name,
      clientConfig: { caBundle },
    })),
  };
}

/** Text in base64, as in Secrets and caBundles. */
export function encodeText(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

function decodeText(value: JsonValue | undefined): string | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(value));
  } catch {
    return undefined;
  }
}

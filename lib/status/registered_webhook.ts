/**
 * A MutatingWebhookConfiguration, read: what is asked about which pods, and
 * where the webhook is.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import {
  objectAt,
  objectsAt,
  textAt,
  timeAt,
  valueAt,
} from "../kube/object_fields.ts";
import { type Labels, selects } from "./object_selector.ts";

/** The Service that leads to the webhook. */
export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly path: string;
}

/** One webhook of a configuration. */
export interface RegisteredWebhook {
  readonly name: string;
  readonly failurePolicy: string;
  readonly timeoutSeconds: number;
  /** In PEM; empty: what the API server's machine trusts. */
  readonly caBundle: string;
  /** Undefined where it is called by URL. */
  readonly service: ServiceReference | undefined;
  readonly url: string | undefined;
  readonly namespaceSelector: JsonValue | undefined;
  readonly objectSelector: JsonValue | undefined;
  readonly hasMatchConditions: boolean;
}

/** A configuration. */
export interface RegisteredConfiguration {
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  readonly webhooks: readonly RegisteredWebhook[];
}

/** A namespace with its labels. */
export interface NamespaceView {
  readonly name: string;
  readonly labels: Labels;
}

/** The label that every namespace has, whose value is its name. */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** Reads a MutatingWebhookConfiguration as the API server returns it. */
export function readConfiguration(
  configuration: JsonObject,
): RegisteredConfiguration {
  return {
    name: textAt(configuration, "metadata", "name"),
    created: timeAt(configuration, "metadata", "creationTimestamp"),
    webhooks: objectsAt(configuration, "webhooks").map(readWebhook),
  };
}

function readWebhook(webhook: JsonObject): RegisteredWebhook {
  const timeout = webhook["timeoutSeconds"];
  const url = valueAt(webhook, "clientConfig", "url");
  return {
    name: textAt(webhook, "name"),
    failurePolicy: textAt(webhook, "failurePolicy"),
    timeoutSeconds: typeof timeout === "number" ? timeout : 10,
    caBundle: decodeBundle(textAt(webhook, "clientConfig", "caBundle")),
    service: readService(objectAt(webhook, "clientConfig")["service"]),
    url: typeof url === "string" ? url : undefined,
    namespaceSelector: webhook["namespaceSelector"],
    objectSelector: webhook["objectSelector"],
    hasMatchConditions: objectsAt(webhook, "matchConditions").length > 0,
  };
}

function readService(
  service: JsonValue | undefined,
): ServiceReference | undefined {
  if (!isJsonObject(service)) return undefined;
  const { port } = service;
  return {
    namespace: textAt(service, "namespace"),
    name: textAt(service, "name"),
    port: typeof port === "number" ? port : 443,
    path: textAt(service, "path") || "/",
  };
}

/** A bundle in base64, as objects hold it; empty where it is none. */
export function decodeBundle(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(text));
  } catch {
    return "";
  }
}

/** Whether the API server asks the webhook about such a pod, but for its matchConditions. */
export function isAskedAbout(
  webhook: RegisteredWebhook,
  namespace: NamespaceView,
  podLabels: Labels,
): boolean {
  return isAskedIn(webhook, namespace) &&
    selects(webhook.objectSelector, podLabels);
}

/** Whether the API server asks the webhook about any pod of the namespace. */
export function isAskedIn(
  { namespaceSelector }: RegisteredWebhook,
  { name, labels }: NamespaceView,
): boolean {
  return selects(namespaceSelector, { ...labels, [NAME_LABEL]: name });
}

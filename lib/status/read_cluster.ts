/**
 * Reading all that the report is made of.
 *
 * @module
 */

import { ApiError } from "../kube/api_client.ts";
import type { JsonObject } from "../kube/json.ts";
import {
  configurationReference,
  defaultSecretName,
  secretReference,
} from "../webhook/webhook_objects.ts";
import type { WebhookView } from "./assess_webhook.ts";
import { type ClusterReader, seeObject } from "./cluster_reader.ts";
import type { Seen } from "./finding.ts";
import { textAt, textsAt } from "../kube/object_fields.ts";
import {
  isAskedAbout,
  type NamespaceView,
  readConfiguration,
  type RegisteredConfiguration,
  type ServiceReference,
} from "./registered_webhook.ts";
import { type CallOutcome, hasSidecar, trialPod } from "./webhook_call.ts";
import {
  configReference,
  type KnownSettings,
  mountedSecret,
  namedSecret,
  webhookSettings,
} from "./webhook_settings.ts";

/** The webhook's objects, as far as they may be read. */
export interface WebhookObjects extends Omit<WebhookView, "call"> {
  /** Undefined where there is no configuration to read. */
  readonly registered: RegisteredConfiguration | undefined;
  readonly settings: KnownSettings;
}

/**
 * Reads the webhook's configuration, and from there whatever it names.
 *
 * @throws {McaError} `upstream`
 */
export async function readWebhook(
  reader: ClusterReader,
  name: string,
): Promise<WebhookObjects> {
  const configuration = await seeObject(reader, configurationReference(name));
  const registered = configuration.kind === "present"
    ? readConfiguration(configuration.value)
    : undefined;
  const service = registered?.webhooks.find((webhook) => webhook.service)
    ?.service;
  const shared = { name, configuration, registered };
  if (service === undefined) {
    return {
      ...shared,
      deployment: undefined,
      secret: undefined,
      settings: { kind: "unknown", why: "its Deployment is not known" },
    };
  }
  const deployment = await seeObject(reader, {
    collection: `/apis/apps/v1/namespaces/${service.namespace}/deployments`,
    name: service.name,
  });
  return {
    ...shared,
    deployment,
    secret: await readSecret(reader, service, deployment),
    settings: await readSettings(reader, service, deployment),
  };
}

async function readSecret(
  reader: ClusterReader,
  service: ServiceReference,
  deployment: Seen<JsonObject>,
): Promise<Seen<JsonObject>> {
  const name = deployment.kind === "present"
    ? mountedSecret(deployment.value) ?? namedSecret(deployment.value)
    : undefined;
  return await seeObject(
    reader,
    secretReference(service.namespace, name ?? defaultSecretName(service.name)),
  );
}

async function readSettings(
  reader: ClusterReader,
  { namespace }: ServiceReference,
  deployment: Seen<JsonObject>,
): Promise<KnownSettings> {
  if (deployment.kind !== "present") {
    return { kind: "unknown", why: "its Deployment cannot be read" };
  }
  const reference = configReference(deployment.value);
  if (reference === undefined) {
    return await webhookSettings(deployment.value, undefined);
  }
  const { configMap, key } = reference;
  const seen = await seeObject(reader, {
    collection: `/api/v1/namespaces/${namespace}/configmaps`,
    name: configMap,
  });
  return seen.kind === "present"
    ? await webhookSettings(
      deployment.value,
      textAt(seen.value, "data", key),
    )
    : { kind: "unknown", why: `the ConfigMap ${configMap} cannot be read` };
}

/** The namespaces by name; none where the user may not list them. */
export async function readNamespaces(
  reader: ClusterReader,
): Promise<ReadonlyMap<string, NamespaceView>> {
  const namespaces = new Map<string, NamespaceView>();
  try {
    for await (const namespace of reader.list("/api/v1/namespaces")) {
      const name = textAt(namespace, "metadata", "name");
      const labels = textsAt(namespace, "metadata", "labels");
      namespaces.set(name, { name, labels });
    }
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
  }
  return namespaces;
}

/**
 * Has the API server ask the webhook about a pod that is not stored.
 *
 * @param preferred Where to try it, if the webhook is asked about pods there.
 * @throws {McaError} `upstream`
 */
export async function callByDryRun(
  reader: ClusterReader,
  { webhooks }: RegisteredConfiguration,
  namespaces: ReadonlyMap<string, NamespaceView>,
  preferred: string,
): Promise<CallOutcome> {
  const known = namespaces.size === 0
    ? [{ name: preferred, labels: {} }]
    : [...namespaces.values()];
  const pod = trialPod("mca-status-trial");
  const labels = textsAt(pod, "metadata", "labels");
  const fitting = known.filter((namespace) =>
    webhooks.some((webhook) => isAskedAbout(webhook, namespace, labels))
  );
  const place = fitting.find(({ name }) => name === preferred) ??
    fitting.find(({ name }) => name === "default") ?? fitting[0];
  if (place === undefined) {
    return {
      kind: "not-tried",
      why: "there is no namespace whose labelled pods it is asked about",
    };
  }
  const where = `in a dry run in namespace ${place.name}`;
  const { status, object } = await reader.tryCreate(
    `/api/v1/namespaces/${place.name}/pods`,
    pod,
  );
  if (status === 201) {
    return { kind: hasSidecar(object) ? "injected" : "not-injected", where };
  }
  const message = textAt(object, "message") || `status ${status}`;
  // What the webhook has nothing to do with: rights, quotas, other policies.
  const isOurs = webhooks.some(({ name }) => message.includes(`"${name}"`));
  return isOurs
    ? { kind: "failed", message }
    : { kind: "not-tried", why: `no pod can be made ${where}: ${message}` };
}

/** Registering a webhook by URL, and where it is registered. */

import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import { webhookConfiguration } from "../../../lib/webhook/webhook_configuration.ts";
import type { Cluster } from "../cluster.ts";
import { newNamespace } from "../ready_pod.ts";
import {
  configurationRules,
  makeServiceAccount,
  secretRules,
} from "./least_rights.ts";

/** Where configurations are. */
export const CONFIGURATIONS =
  "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

/** A webhook's place in the cluster: a namespace, a name, a ServiceAccount with its least rights. */
export interface WebhookPlace {
  readonly namespace: string;
  /** Of the configuration; no other test has it. */
  readonly webhookName: string;
  readonly secretName: string;
  readonly serviceAccount: "webhook";
  /** Where pods are made that this webhook, and no other, is asked about. */
  readonly apps: string;
}

/** Makes the place; nothing is registered yet. */
export async function newWebhookPlace(cluster: Cluster): Promise<WebhookPlace> {
  const namespace = await newNamespace(cluster);
  const apps = `${namespace}-apps`;
  await cluster.createNamespace(apps);
  const webhookName = `mca-webhook-${namespace}`;
  const secretName = `${webhookName}-certificates`;
  await makeServiceAccount(cluster, {
    namespace,
    name: "webhook",
    role: secretRules(secretName),
    clusterRole: configurationRules(webhookName),
  });
  return {
    namespace,
    webhookName,
    secretName,
    serviceAccount: "webhook",
    apps,
  };
}

/** Registers a webhook at the port for labelled pods of the place's apps. */
export async function register(
  cluster: Cluster,
  { webhookName, apps }: WebhookPlace,
  port: number,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const configuration = webhookConfiguration({
    name: webhookName,
    url: `https://127.0.0.1:${port}/mutate`,
    caCertificates: "",
  });
  const { webhooks } = configuration;
  await cluster.request("POST", CONFIGURATIONS, {
    body: {
      ...configuration,
      webhooks: (Array.isArray(webhooks) ? webhooks : []).map((webhook) => ({
        ...(isJsonObject(webhook) ? webhook : {}),
        namespaceSelector: {
          matchLabels: { "kubernetes.io/metadata.name": apps },
        },
        ...more,
      })),
    },
  });
}

/** Takes the registration away, where there is one. */
export async function unregister(
  cluster: Cluster,
  { webhookName }: WebhookPlace,
): Promise<void> {
  await cluster.request("DELETE", `${CONFIGURATIONS}/${webhookName}`, {
    accept: [404],
  });
}

/** The configuration as it is now. */
export async function configurationOf(
  cluster: Cluster,
  { webhookName }: WebhookPlace,
): Promise<JsonObject> {
  const object = await cluster.request(
    "GET",
    `${CONFIGURATIONS}/${webhookName}`,
  );
  if (!isJsonObject(object)) throw new Error("Expected a configuration");
  return object;
}

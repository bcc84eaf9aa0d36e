/**
 * The steps of the demo, one function each.
 *
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../lib/kube/json.ts";
import { McaError } from "../lib/errors.ts";
import type { AppServiceAccount } from "../lib/proxy/app_service_account.ts";
import { ApiClient } from "./api_client.ts";
import { APP, type DemoCluster } from "./demo_cluster.ts";
import { injectManifest } from "./injection.ts";
import { maskToken } from "./masked.ts";
import type { Narrator, Style } from "./narrator.ts";
import { type DiffLine, textDiff } from "./text_diff.ts";

const MANIFEST = new URL("app.yaml", import.meta.url);

const DIFF_STYLES: Readonly<Record<DiffLine["kind"], Style>> = {
  header: "hint",
  kept: "dim",
  added: "added",
  removed: "removed",
};

/** Injects the manifest, shows the difference, and gives back the objects. */
export async function showInjection(
  narrator: Narrator,
): Promise<readonly JsonObject[]> {
  narrator.step("Injecting a manifest: demo/app.yaml");
  const manifest = await injectManifest(
    await Deno.readFile(MANIFEST),
    "demo/app.yaml",
  );
  for (const line of textDiff(manifest.before, manifest.after)) {
    narrator.say(line.text, DIFF_STYLES[line.kind]);
  }
  narrator.line();
  for (const { object, outcome } of manifest.reports) {
    if (object.pod === undefined) continue;
    narrator.say(`${object.kind} ${object.name ?? ""}: ${outcome}.`);
  }
  narrator.say("All other documents and all comments are as they were.");
  return manifest.objects;
}

/** The resources of the kinds in the demo's manifest. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  ServiceAccount: `/api/v1/namespaces/${APP.namespace}/serviceaccounts`,
  ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  Deployment: `/apis/apps/v1/namespaces/${APP.namespace}/deployments`,
  Pod: `/api/v1/namespaces/${APP.namespace}/pods`,
};

const POD_NAME = "report-1";

/** Creates the injected objects and a pod of the Deployment's template, as kubectl apply and the controllers would. */
export async function createObjects(
  narrator: Narrator,
  cluster: DemoCluster,
  objects: readonly JsonObject[],
): Promise<string> {
  for (const object of [...objects, podOf(objects)]) {
    const kind = String(object["kind"]);
    const path = COLLECTIONS[kind];
    if (path === undefined) throw new TypeError(`No path for ${kind}`);
    const { code, body } = await cluster.administrator.send(
      "POST",
      path,
      object,
    );
    // The ServiceAccount is there already where the API made its token.
    if (code !== 201 && code !== 409) {
      throw new McaError(
        "upstream",
        `The API server refused the ${kind}: ${body["message"]}`,
        { hint: "Read demo/app.yaml beside this message." },
      );
    }
  }
  narrator.say(
    `The API server accepts it; pod ${POD_NAME} is made of the Deployment's template.`,
  );
  return POD_NAME;
}

function podOf(objects: readonly JsonObject[]): JsonObject {
  const deployment = objects.find((object) => object["kind"] === "Deployment");
  const spec = deployment?.["spec"];
  const template = isJsonObject(spec) ? spec["template"] : undefined;
  if (!isJsonObject(template)) throw new TypeError("Expected a Deployment");
  const { metadata = {}, ...rest } = template;
  return {
    apiVersion: "v1",
    kind: "Pod",
    ...rest,
    metadata: {
      ...(isJsonObject(metadata) ? metadata : {}),
      name: POD_NAME,
      namespace: APP.namespace,
    },
  };
}

const CONFIG_MAPS = `/api/v1/namespaces/${APP.namespace}/configmaps`;

function configMap(name: string, data: JsonObject): JsonObject {
  const metadata = { name };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
}

/** What an answer holds, in a few words. */
function summary(body: JsonObject): string {
  const { items, kind, metadata } = body;
  if (Array.isArray(items)) return `${kind} with ${items.length} items`;
  return `${kind} ${isJsonObject(metadata) ? metadata["name"] : ""}`;
}

/** Sends the app's requests and shows the answers. */
export async function showRequests(
  narrator: Narrator,
  app: ApiClient,
): Promise<void> {
  const requests: readonly (readonly [string, string, JsonValue?])[] = [
    ["GET", "/api/v1/namespaces"],
    ["GET", `/api/v1/namespaces/${APP.namespace}/pods`],
    ["POST", CONFIG_MAPS, configMap("findings", { pods: "1" })],
    ["GET", `${CONFIG_MAPS}/findings`],
  ];
  for (const [method, path, body] of requests) {
    const answer = await app.request(method, path, body);
    narrator.say(`${method} ${path}`);
    narrator.say(`  ${answer.code} ${summary(answer.body)}`, "added");
  }
}

/** Shows the events of a watch through the proxy while somebody else changes things. */
export async function showWatch(
  narrator: Narrator,
  cluster: DemoCluster,
  app: ApiClient,
  signal: AbortSignal,
): Promise<void> {
  const { administrator } = cluster;
  const list = await app.request("GET", CONFIG_MAPS);
  const { metadata } = list.body;
  const version = isJsonObject(metadata) ? metadata["resourceVersion"] : "";
  const path = `${CONFIG_MAPS}?watch=true&resourceVersion=${version}`;
  narrator.say(`The app watches ${CONFIG_MAPS}. Somebody else:`);
  const item = `${CONFIG_MAPS}/news`;
  const changes = [
    ["creates", "POST", CONFIG_MAPS, configMap("news", { day: "1" })],
    ["changes", "PUT", item, configMap("news", { day: "2" })],
    ["deletes", "DELETE", item, undefined],
  ] as const;
  const end = new AbortController();
  const events = app.watch(path, AbortSignal.any([signal, end.signal]));
  for (const [verb, method, target, body] of changes) {
    await administrator.request(method, target, body);
    const { value } = await events.next();
    if (value === undefined) {
      throw new McaError("upstream", "The watch ended before its event came", {
        hint: "Run the demo again.",
      });
    }
    narrator.say(`${verb} it`.padEnd(12) + `→ the app sees ${value.type}`);
  }
  end.abort();
  await events.next().catch(() => {});
}

/** What became of the app's credentials, side by side; and that they are worth nothing elsewhere. */
export async function showCredentials(
  narrator: Narrator,
  cluster: DemoCluster,
  proxyUrl: string,
  appAccount: AppServiceAccount,
): Promise<void> {
  const seen = await cluster.arrival(`${CONFIG_MAPS}/findings`);
  narrator.table([
    ["", "the app sent", "the API server received"],
    [
      "Authorization",
      `Bearer ${maskToken(appAccount.token)}`,
      seen.authorization,
    ],
    ["which is", "worth something here alone", seen.username],
  ]);
  narrator.line();
  const attempts = [
    ["The app's token at the API server itself", cluster, appAccount.token],
    ["A wrong token at the proxy", {
      url: proxyUrl,
      caCertificate: appAccount.caCertificate,
    }, "guessed"],
  ] as const;
  for (const [what, { url, caCertificate }, token] of attempts) {
    using client = new ApiClient({ url, caCertificate, token });
    const { code, body } = await client.send("GET", "/api/v1/namespaces");
    narrator.say(`${what}: ${code} ${body["reason"]}`);
  }
}

/**
 * The rights that the chart grants are the least: with all of them the webhook
 * does its work, with any one taken away something of it fails.
 */

import assert from "node:assert/strict";
import { isJsonObject } from "../../../lib/kube/json.ts";
import { objectsAt } from "../../charts/object_path.ts";
import type { PodProcess } from "../../pod/pod_process.ts";
import type { ControlPlane } from "../control_plane.ts";
import { findProgram } from "../find_program.ts";
import { newNamespace } from "../ready_pod.ts";
import { waitUntil } from "../wait_until.ts";
import { INJECTED, InstalledWebhook } from "./installed_webhook.ts";
import { Release } from "./release.ts";
import {
  ENDPOINT_ADDRESS,
  Replica,
  type ReplicaPlace,
  startServiceCluster,
} from "./replica.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";

let cluster: ControlPlane;
Deno.test.beforeAll(async () => {
  cluster = await startServiceCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** A verb that a role of the chart grants. */
interface Right {
  readonly role: "roles" | "clusterroles";
  readonly verb: string;
}

/** Where pods are made that the webhook of the namespace, and no other, is asked about. */
function appsOf(namespace: string): string {
  return `${namespace}-apps`;
}

/** The chart, installed, with a right taken away before the webhook starts. */
async function install(without?: Right): Promise<ReplicaPlace> {
  const namespace = await newNamespace(cluster);
  const webhookName = `webhook-${namespace}`;
  await cluster.createNamespace(appsOf(namespace));
  const release = new Release(cluster, {
    helm: await findProgram("helm"),
    name: "shop",
    namespace,
  });
  await release.install({
    webhook: {
      name: webhookName,
      // Other releases of this test are not asked.
      namespaceExpressions: [{
        key: "kubernetes.io/metadata.name",
        operator: "In",
        values: [appsOf(namespace)],
      }],
    },
    drainSeconds: 0,
    graceSeconds: 1,
  });
  if (without !== undefined) await takeAway(without, namespace, webhookName);
  return { namespace, webhookName };
}

async function takeAway(
  { role, verb }: Right,
  namespace: string,
  name: string,
): Promise<void> {
  const path = role === "roles"
    ? `${RBAC}/namespaces/${namespace}/roles/${name}`
    : `${RBAC}/clusterroles/${name}`;
  const object = await cluster.request("GET", path);
  assert.ok(isJsonObject(object));
  const [rule, ...others] = objectsAt(object, "rules");
  assert.ok(rule !== undefined && others.length === 0);
  const { verbs } = rule;
  assert.ok(Array.isArray(verbs) && verbs.includes(verb));
  await cluster.request("PATCH", path, {
    contentType: "application/merge-patch+json",
    body: {
      rules: [{ ...rule, verbs: verbs.filter((each) => each !== verb) }],
    },
  });
}

/** Everything for which the webhook has its rights. */
async function works(
  place: ReplicaPlace,
  { process }: Replica,
  signal: AbortSignal,
): Promise<void> {
  const webhook = new InstalledWebhook(cluster, place);
  await process.ready();
  const apps = appsOf(place.namespace);
  await webhook.reached(apps);
  assert.deepEqual(await webhook.createPod(apps, INJECTED), ["mca-proxy"]);
  await webhook.emptyBundles(signal);
  await cluster.request("DELETE", webhook.secretPath);
  await waitUntil(
    "the Secret to be made anew",
    async () => (await webhook.secretData())["tls.crt"] !== undefined,
    { signal },
  );
}

/** Waits until the webhook says that it may not do something, and ends it. */
async function refusal(pod: PodProcess, signal: AbortSignal): Promise<string> {
  let found: string | undefined;
  await waitUntil("a refusal", async () => {
    const match = /cannot (\w+) resource \\?"(\w+)/.exec(await pod.log());
    found = match === null ? undefined : `${match[1]} ${match[2]}`;
    return found !== undefined;
  }, { signal, deadlineMilliseconds: Infinity });
  await pod.end("SIGKILL");
  return found ?? "";
}

/** Lets the webhook do its work; tells the first thing that it was refused. */
async function refusedIn(place: ReplicaPlace): Promise<string | undefined> {
  const over = new AbortController();
  const pod = Promise.withResolvers<PodProcess>();
  const work = async () => {
    await using replica = await Replica.start(cluster, place, pod.resolve);
    await works(place, replica, over.signal);
    return undefined;
  };
  const working = work();
  working.catch(pod.reject);
  const refused = pod.promise.then((process) => refusal(process, over.signal));
  try {
    return await Promise.race([working, refused]);
  } finally {
    over.abort();
    await Promise.allSettled([working, refused]);
  }
}

const options = {
  ignore: ENDPOINT_ADDRESS === undefined,
} as const;

Deno.test({
  ...options,
  name:
    "the webhook does all its work with the rights of the chart (needs a network address besides loopback)",
  async fn() {
    assert.equal(await refusedIn(await install()), undefined);
  },
});

/** Each right, and what is refused without it. */
const RIGHTS: readonly (Right & { readonly refused: string })[] = [
  ...["list", "watch", "create", "patch"].map((verb) => ({
    role: "roles" as const,
    verb,
    refused: `${verb} secrets`,
  })),
  ...["list", "watch", "patch"].map((verb) => ({
    role: "clusterroles" as const,
    verb,
    refused: `${verb} mutatingwebhookconfigurations`,
  })),
];

for (const { refused, ...right } of RIGHTS) {
  Deno.test({
    ...options,
    name:
      `the webhook cannot do its work without the right to ${refused} (needs a network address besides loopback)`,
    async fn() {
      assert.equal(await refusedIn(await install(right)), refused);
    },
  });
}

Deno.test({
  ...options,
  name:
    "the tests take away every right that the chart grants (needs a network address besides loopback)",
  async fn() {
    const { namespace, webhookName } = await install();
    const granted = await Promise.all([
      `${RBAC}/namespaces/${namespace}/roles/${webhookName}`,
      `${RBAC}/clusterroles/${webhookName}`,
    ].map(async (path) => {
      const role: unknown = await cluster.request("GET", path);
      assert.ok(isJsonObject(role));
      return objectsAt(role, "rules").flatMap(({ verbs, resources }) =>
        (Array.isArray(verbs) ? verbs : []).map((verb) =>
          `${verb} ${resources}`
        )
      );
    }));
    assert.deepEqual(
      granted.flat().toSorted(),
      RIGHTS.map(({ refused }) => refused).toSorted(),
    );
  },
});

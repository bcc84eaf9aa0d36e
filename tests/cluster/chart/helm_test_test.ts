/** `helm test`: its pod's command against a webhook that works, and one that does not. */

import assert from "node:assert/strict";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import { at, objectsAt, textAt } from "../../charts/object_path.ts";
import { PodProcess } from "../../pod/pod_process.ts";
import { shippedCommand } from "../../ship/shipped.ts";
import type { ControlPlane } from "../control_plane.ts";
import { findProgram } from "../find_program.ts";
import { waitUntil } from "../wait_until.ts";
import { allObjects } from "./all_objects.ts";
import { Release } from "./release.ts";
import { ENDPOINT_ADDRESS, Replica, startServiceCluster } from "./replica.ts";

const PLACE = { namespace: "mca-system", webhookName: "mca-webhook" } as const;
const POD = `/api/v1/namespaces/${PLACE.namespace}/pods/mca-webhook-test`;

let cluster: ControlPlane;
Deno.test.beforeAll(async () => {
  cluster = await startServiceCluster();
  await cluster.createNamespace(PLACE.namespace, {
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  });
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

async function hookPod(): Promise<JsonObject> {
  let pod: JsonObject = {};
  await waitUntil("the pod of helm test", async () => {
    const found = await cluster.request("GET", POD, { accept: [404] });
    if (!isJsonObject(found) || found["kind"] !== "Pod") return false;
    pod = found;
    return true;
  });
  return pod;
}

/**
 * What a node would do with the pod: its command runs, and its end is the
 * pod's. There is no cluster DNS: the Service's name is in /etc/hosts.
 */
async function play(pod: JsonObject, hosts: string): Promise<string> {
  const [container = {}] = objectsAt(pod, "spec", "containers");
  const args = at(container, "args");
  assert.ok(Array.isArray(args));
  const process = await PodProcess.prepare({
    server: {
      host: cluster.host,
      port: cluster.port,
      caCertificate: cluster.caPem,
    },
    token: await cluster.createToken(
      textAt(pod, "spec", "serviceAccountName"),
      PLACE.namespace,
    ),
    namespace: PLACE.namespace,
    command: [
      "sh",
      "-c",
      'mount --bind "$0" /etc/hosts; exec "$@" >&2',
      hosts,
      ...await shippedCommand("mca"),
      ...args.map(String),
    ],
  });
  try {
    await process.start();
    const { code } = await process.status;
    const log = await process.log();
    await cluster.request("PATCH", `${POD}/status`, {
      contentType: "application/merge-patch+json",
      body: { status: { phase: code === 0 ? "Succeeded" : "Failed" } },
    });
    return log;
  } finally {
    await process[Symbol.asyncDispose]();
  }
}

Deno.test({
  name:
    "helm test passes while the webhook works, fails when it does not, and leaves no pod (needs a network address besides loopback)",
  ignore: ENDPOINT_ADDRESS === undefined,
  async fn() {
    const release = new Release(cluster, {
      helm: await findProgram("helm"),
      name: "shop",
      namespace: PLACE.namespace,
    });
    const before = await allObjects(cluster);
    const hosts = await Deno.makeTempFile();
    try {
      {
        await using replica = await (async () => {
          // The Service's port is the process's own, as nothing forwards.
          await release.install({ drainSeconds: 0, graceSeconds: 1 });
          return await Replica.start(cluster, PLACE);
        })();
        await release.upgrade({
          drainSeconds: 0,
          graceSeconds: 1,
          service: { port: replica.process.port },
        });
        await replica.process.ready();
        await Deno.writeTextFile(
          hosts,
          `${ENDPOINT_ADDRESS} mca-webhook.mca-system.svc\n`,
        );
        const test = release.run("test");
        const log = await play(await hookPod(), hosts);
        await test;
        assert.match(log, /call +ok +A trial pod got the sidecar in a call to/);
        assert.match(log, /certificate +ok/);
      }
      const test = assert.rejects(release.run("test"), /failed/);
      const log = await play(await hookPod(), hosts);
      await test;
      assert.match(log, /call +WRONG +The webhook cannot be connected to/);
      await release.uninstall();
      assert.deepEqual(await allObjects(cluster), before);
    } finally {
      await Deno.remove(hosts);
    }
  },
});

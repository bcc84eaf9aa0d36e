/** What becomes of pods, and of their logs. */

import assert from "node:assert/strict";
import { isJsonObject } from "../../lib/kube/json.ts";
import { newNamespace, readyPod } from "./ready_pod.ts";
import { type TestCluster, testCluster } from "./test_cluster.ts";

const deadline = 30_000;
let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

Deno.test("startKubelet() makes nodes that are ready", async () => {
  const { stdout } = await cluster.kubectl(["get", "nodes", "--no-headers"]);
  for (const name of cluster.state.nodes) {
    assert.match(stdout, new RegExp(`^${name} +Ready `, "m"));
  }
});

Deno.test("startKubelet() keeps out whoever is not the API server", async () => {
  const node = await cluster.request("GET", "/api/v1/nodes/node-0/status");
  const port = /"kubeletEndpoint":\{"Port":(\d+)\}/
    .exec(JSON.stringify(node))?.[1];
  using client = Deno.createHttpClient({ caCerts: [cluster.caPem] });
  const response = await fetch(
    `https://127.0.0.1:${port}/exec/default/pod/app?command=id&output=1`,
    { client },
  );
  await response.body?.cancel();
  assert.equal(response.status, 401);
});

Deno.test("startKubelet() binds a pod, ends its init containers and runs its sidecars", async () => {
  const { namespace } = await readyPod(cluster, {
    initContainers: [
      { name: "init", image: "init" },
      { name: "sidecar", image: "sidecar", restartPolicy: "Always" },
    ],
  });
  const path = `/api/v1/namespaces/${namespace}/pods/pod`;
  const pod = await cluster.request("GET", path);
  assert.ok(isJsonObject(pod) && isJsonObject(pod["status"]));
  const text = JSON.stringify(pod["status"]["initContainerStatuses"]);
  assert.match(text, /"name":"init","state":\{"terminated":\{"exitCode":0/);
  assert.match(text, /"name":"sidecar","state":\{"running":/);
});

Deno.test("startKubelet() lets the pods of Jobs succeed, sidecars and all", async () => {
  const namespace = await newNamespace(cluster);
  const owner = { apiVersion: "batch/v1", kind: "Job", name: "job", uid: "1" };
  await cluster.request("POST", `/api/v1/namespaces/${namespace}/pods`, {
    body: {
      metadata: {
        name: "pod",
        ownerReferences: [{ ...owner, controller: true }],
      },
      spec: {
        restartPolicy: "Never",
        initContainers: [
          { name: "sidecar", image: "sidecar", restartPolicy: "Always" },
        ],
        containers: [{ name: "app", image: "app" }],
      },
    },
  });
  const { code, stderr } = await cluster.kubectl([
    "wait",
    "--for=jsonpath={.status.phase}=Succeeded",
    "pod/pod",
    "--timeout=30s",
    `--namespace=${namespace}`,
  ]);
  assert.equal(code, 0, stderr);
});

Deno.test("startKubelet() follows a log until the pod is deleted", async () => {
  const pod = await readyPod(cluster);
  await using logs = cluster.spawnKubectl(
    ["logs", "-f", "pod", "-n", pod.namespace],
  );
  await logs.waitFor(/would start here\n/);
  await cluster.printInContainer(pod, ["first", "second"]);
  await logs.waitFor(/first\nsecond\n/);
  const args = ["delete", "pod/pod", "-n", pod.namespace];
  assert.equal((await cluster.kubectl(args)).code, 0);
  assert.equal((await logs.ended()).code, 0);
});

Deno.test("startKubelet() prints chosen parts of logs", async () => {
  const pod = await readyPod(cluster);
  await cluster.printInContainer(pod, ["one", "two", "three"]);
  const logs = async (...options: readonly string[]) => {
    const args = ["logs", "pod", "-n", pod.namespace, ...options];
    return (await cluster.kubectl(args)).stdout;
  };
  assert.equal(await logs("--tail=2"), "two\nthree\n");
  assert.equal(await logs("--limit-bytes=9"), "Container");
  assert.match(await logs("--tail=1", "--timestamps"), /^\d{4}-.*Z three\n$/);
});

Deno.test("startKubelet() runs what `kubectl debug` puts into a pod", async () => {
  const { namespace } = await readyPod(cluster);
  const { code, stdout } = await cluster.kubectl(
    ["debug", "-i", "pod", "-n", namespace, "--image=busybox", "-c", "tool"],
    { stdin: "typed\n", signal: AbortSignal.timeout(deadline) },
  );
  assert.equal(code, 0);
  assert.match(stdout, /^typed$/m);
});

Deno.test("startKubelet() ends what `kubectl run -i --rm` started", async () => {
  const namespace = await newNamespace(cluster);
  const { code, stdout } = await cluster.kubectl(
    [
      "run",
      "once",
      "-i",
      "--rm",
      "--restart=Never",
      "--image=busybox",
      "-n",
      namespace,
    ],
    { stdin: "typed\n", signal: AbortSignal.timeout(deadline) },
  );
  assert.equal(code, 0);
  assert.match(stdout, /^typed$/m);
});

/** A watch on which nothing happens for two minutes. */

import assert from "node:assert/strict";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { newNamespace } from "../ready_pod.ts";
import { adminPod } from "./admin_pod.ts";
import type { PodProxy } from "./pod_proxy.ts";

/** Long enough for every idle timeout on the way to strike if it counted a watch as idle. Milliseconds. */
const IDLE = 120_000;

let cluster: TestCluster;
let proxy: PodProxy;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
  proxy = await adminPod(cluster);
});
Deno.test.afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

/** Resolves once the time has passed: it is what this test is about. */
function idleTime(milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, milliseconds);
  return promise;
}

Deno.test("`mca proxy` passes an event on at once after a watch was idle for two minutes", async () => {
  const namespace = await newNamespace(cluster);
  const { stdout: version } = await cluster.kubectl([
    "get",
    "secrets",
    "-n",
    namespace,
    "-o",
    "jsonpath={.metadata.resourceVersion}",
  ]);
  using client = Deno.createHttpClient({ caCerts: [await proxy.appCa()] });
  const response = await fetch(
    `https://127.0.0.1:${proxy.port}/api/v1/namespaces/${namespace}/secrets` +
      `?watch=1&resourceVersion=${version}`,
    {
      client,
      headers: { Authorization: `Bearer ${await proxy.appToken()}` },
    },
  );
  assert.equal(response.status, 200);
  const reader = response.body?.getReader();
  assert.ok(reader !== undefined);
  const event = reader.read().then(({ value }) => {
    return { text: new TextDecoder().decode(value), at: performance.now() };
  });
  await idleTime(IDLE);
  const created = performance.now();
  await cluster.request("POST", `/api/v1/namespaces/${namespace}/secrets`, {
    body: { metadata: { name: "late" } },
  });
  const { text, at } = await event;
  assert.match(text, /"type":"ADDED".*"name":"late"/);
  // Not a figure of speed: it tells an event that was passed on from one that waited for something.
  assert.ok(at - created < 5_000);
  await reader.cancel();
});

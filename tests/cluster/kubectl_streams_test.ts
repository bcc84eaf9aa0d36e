/** kubectl's streams without a proxy: what the same through the proxy is held against. */

import { testKubectlStreams } from "./kubectl_streams.ts";
import { type TestCluster, testCluster } from "./test_cluster.ts";

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

testKubectlStreams(
  "directly",
  () => ({ cluster, kubeconfig: cluster.kubeconfig }),
);

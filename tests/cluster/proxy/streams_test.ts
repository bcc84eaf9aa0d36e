/** kubectl's streams through the proxy, with nothing but an app's files. */

import { testKubectlStreams } from "../kubectl_streams.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { adminPod } from "./admin_pod.ts";
import type { PodProxy } from "./pod_proxy.ts";

let cluster: TestCluster;
let proxy: PodProxy;
let kubeconfig: string;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
  proxy = await adminPod(cluster);
  kubeconfig = await proxy.kubeconfig();
});
Deno.test.afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

testKubectlStreams("through the proxy", () => ({ cluster, kubeconfig }));

/** kubectl's ordinary commands through the proxy, with nothing but an app's files. */

import assert from "node:assert/strict";
import type { CommandResult } from "../command.ts";
import { newNamespace, readyPod } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { waitUntil } from "../wait_until.ts";
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

/** Runs kubectl as the app; it has to succeed. */
async function kubectl(
  args: readonly string[],
  stdin?: string,
): Promise<CommandResult> {
  const result = await cluster.kubectl(args, {
    kubeconfig,
    ...(stdin === undefined ? {} : { stdin }),
  });
  assert.equal(result.code, 0, `kubectl ${args.join(" ")}: ${result.stderr}`);
  return result;
}

function configMap(data: Readonly<Record<string, string>>): string {
  const kind = { apiVersion: "v1", kind: "ConfigMap" };
  return JSON.stringify({ ...kind, metadata: { name: "settings" }, data });
}

Deno.test("`kubectl apply` through the proxy creates, changes and lists objects", async () => {
  const namespace = await newNamespace(cluster);
  const inNamespace = ["-n", namespace] as const;
  const color = async (): Promise<string> => {
    const path = ["-o", "jsonpath={.data.color}"];
    return (await kubectl([
      "get",
      "configmap",
      "settings",
      ...path,
      ...inNamespace,
    ])).stdout;
  };
  const apply = ["apply", "-f", "-", ...inNamespace];
  await kubectl(apply, configMap({ color: "red" }));
  assert.equal(await color(), "red");
  await kubectl(apply, configMap({ color: "green" }));
  assert.equal(await color(), "green");
  const listed = await kubectl(["get", "configmaps", ...inNamespace]);
  assert.match(listed.stdout, /^NAME +DATA +AGE\n/);
  assert.match(listed.stdout, /^settings +1 +/m);
});

Deno.test("`kubectl apply --server-side` through the proxy keeps its field manager", async () => {
  const namespace = await newNamespace(cluster);
  const apply = ["apply", "--server-side", "-f", "-", "-n", namespace];
  const manager = ["--field-manager=tester"];
  await kubectl([...apply, ...manager], configMap({ color: "red" }));
  const { stdout } = await kubectl([
    "get",
    "configmap",
    "settings",
    "--show-managed-fields",
    "-o",
    "jsonpath={.metadata.managedFields[*].manager}",
    "-n",
    namespace,
  ]);
  assert.equal(stdout, "tester");
});

for (const type of ["strategic", "merge", "json"]) {
  Deno.test(`\`kubectl patch --type=${type}\` through the proxy changes the object`, async () => {
    const namespace = await newNamespace(cluster);
    await kubectl(
      ["apply", "-f", "-", "-n", namespace],
      configMap({ color: "red" }),
    );
    const patch = type === "json"
      ? [{ op: "replace", path: "/data/color", value: "blue" }]
      : { data: { color: "blue" } };
    const { stdout } = await kubectl([
      "patch",
      "configmap",
      "settings",
      `--type=${type}`,
      `--patch=${JSON.stringify(patch)}`,
      "-o",
      "jsonpath={.data.color}",
      "-n",
      namespace,
    ]);
    assert.equal(stdout, "blue");
  });
}

Deno.test("`kubectl delete` through the proxy waits until the object is gone", async () => {
  const namespace = await newNamespace(cluster);
  const inNamespace = ["-n", namespace];
  await kubectl(["apply", "-f", "-", ...inNamespace], configMap({}));
  await kubectl(["delete", "configmap", "settings", ...inNamespace]);
  const { code, stderr } = await cluster.kubectl(
    ["get", "configmap", "settings", ...inNamespace],
    { kubeconfig },
  );
  assert.equal(code, 1);
  assert.match(stderr, /NotFound/);
});

Deno.test("`kubectl get --watch` through the proxy shows changes as they happen", async () => {
  const namespace = await newNamespace(cluster);
  const inNamespace = ["-n", namespace];
  await using watch = cluster.spawnKubectl(
    ["get", "configmaps", "--watch", "-o", "name", ...inNamespace],
    { kubeconfig },
  );
  await watch.waitFor(/kube-root-ca\.crt/);
  await kubectl(["apply", "-f", "-", ...inNamespace], configMap({}));
  await watch.waitFor(/configmap\/settings/);
});

Deno.test("`kubectl logs -f` through the proxy shows lines as they are printed", async () => {
  const pod = await readyPod(cluster);
  await using logs = cluster.spawnKubectl(
    ["logs", "-f", "pod", "-n", pod.namespace],
    { kubeconfig },
  );
  // Nothing tells when kubectl follows: print until a line arrives.
  await waitUntil("a line from kubectl logs -f", async () => {
    await cluster.printInContainer(pod, ["tick"]);
    return logs.stdout.includes("tick\n");
  });
  await cluster.printInContainer(pod, ["tock"]);
  await logs.waitFor(/tock\n/);
});

Deno.test("`kubectl auth whoami` through the proxy is the pod's ServiceAccount", async () => {
  const { stdout } = await kubectl([
    "auth",
    "whoami",
    "-o",
    "jsonpath={.status.userInfo.username}",
  ]);
  assert.match(stdout, /^system:serviceaccount:test-[0-9a-f]+:default$/);
});

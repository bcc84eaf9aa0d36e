/** A pod for a test, in a namespace that no other test uses. */

import type { Cluster } from "./cluster.ts";
import { ClusterError } from "./cluster_error.ts";

/** The names of a pod that is ready, and of its only ordinary container. */
export interface ReadyPod {
  readonly namespace: string;
  readonly pod: "pod";
  readonly container: "app";
}

/** Makes a namespace with a random name. */
export async function newNamespace(cluster: Cluster): Promise<string> {
  const namespace = `test-${crypto.randomUUID().slice(0, 8)}`;
  await cluster.createNamespace(namespace);
  return namespace;
}

/** Makes a pod with container `app` and waits until it is ready. */
export async function readyPod(
  cluster: Cluster,
  spec: Readonly<Record<string, unknown>> = {},
): Promise<ReadyPod> {
  const namespace = await newNamespace(cluster);
  await cluster.request("POST", `/api/v1/namespaces/${namespace}/pods`, {
    body: {
      metadata: { name: "pod" },
      spec: { containers: [{ name: "app", image: "app" }], ...spec },
    },
  });
  const { code, stderr } = await cluster.kubectl([
    "wait",
    "--for=condition=Ready",
    "pod/pod",
    "--timeout=30s",
    `--namespace=${namespace}`,
  ]);
  if (code !== 0) {
    throw new ClusterError(`The pod did not become ready: ${stderr}`);
  }
  return { namespace, pod: "pod", container: "app" };
}

/** A pod whose ServiceAccount may do anything. */

import type { Cluster } from "../cluster.ts";
import { newNamespace } from "../ready_pod.ts";
import { PodProxy, type PodProxyOptions } from "./pod_proxy.ts";

/** Starts the proxy of such a pod, in a namespace of its own. */
export async function adminPod(
  cluster: Cluster,
  options: Partial<PodProxyOptions> = {},
): Promise<PodProxy> {
  const namespace = options.namespace ?? await newNamespace(cluster);
  await cluster.request(
    "POST",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    {
      body: {
        metadata: { name: `${namespace}-admin` },
        roleRef: {
          apiGroup: "rbac.authorization.k8s.io",
          kind: "ClusterRole",
          name: "cluster-admin",
        },
        subjects: [{ kind: "ServiceAccount", name: "default", namespace }],
      },
    },
  );
  return await PodProxy.start(cluster, { ...options, namespace });
}

/**
 * The demo without a cluster: the embedded API.
 *
 * @module
 */

import { startEmbeddedApi } from "../flavors/embedded_api/embedded_api.ts";
import { ApiClient } from "./api_client.ts";
import { maskAuthorization } from "./masked.ts";
import { APP, type Arrival, type DemoCluster } from "./demo_cluster.ts";

/** Starts an embedded API with the namespace and ServiceAccount of the app. */
export async function startEmbeddedCluster(): Promise<DemoCluster> {
  const api = await startEmbeddedApi({
    serviceAccount: { namespace: APP.namespace, name: APP.serviceAccount },
  });
  const { url, caCertificate } = api;
  const administrator = new ApiClient({
    url,
    caCertificate,
    token: api.adminToken,
  });
  return {
    introduction:
      `An embedded Kubernetes API, in memory, listens at ${url}.\nNo cluster is needed; nothing runs pods there. (--cluster: a real one.)`,
    url,
    caCertificate,
    administrator,
    target: () => Promise.resolve(api.target),
    arrival: (target): Promise<Arrival> => {
      const request = api.requests.findLast((request) =>
        request.target === target &&
        request.username?.startsWith("system:serviceaccount:")
      );
      const field = request?.headers.find(([name]) =>
        name.toLowerCase() === "authorization"
      );
      return Promise.resolve({
        authorization: maskAuthorization(field?.[1] ?? ""),
        username: request?.username ?? "nobody",
      });
    },
    showPod: (pod, _files, narrator) => {
      narrator.say(`Pod ${pod} stays Pending: no kubelet is here to run it.`);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: async () => {
      administrator[Symbol.dispose]();
      await api.close();
    },
  };
}

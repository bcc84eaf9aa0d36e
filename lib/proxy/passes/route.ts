/**
 * The pass that chooses the cluster.
 *
 * @module
 */

import type { Pass, ProxyRequest, UpstreamCluster } from "../proxy_request.ts";

/** Sends each request to the cluster that `choose` names. */
export function route(
  choose: (request: ProxyRequest) => UpstreamCluster,
): Pass {
  return {
    name: "route",
    decide: (request) => {
      request.cluster = choose(request);
      return undefined;
    },
  };
}

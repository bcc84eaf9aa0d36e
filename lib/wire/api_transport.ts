/**
 * The way to an API server for MCA's own calls.
 *
 * @module
 */

import type { ApiTransport } from "../kube/api_client.ts";
import type { ClusterTarget } from "../kube/cluster_target.ts";
import type { Network } from "../platform.ts";
import { sendClientRequest } from "./client_request.ts";

/**
 * Sends each request to the target on a connection of its own.
 *
 * @example
 * ```ts
 * import { ApiClient } from "../kube/api_client.ts";
 * import type { Platform } from "../platform.ts";
 * import { apiTransport } from "./api_transport.ts";
 *
 * async function client({ network, clock, clusterTarget }: Platform) {
 *   const target = await clusterTarget();
 *   return new ApiClient({ target, clock, transport: apiTransport(network, target) });
 * }
 * ```
 */
export function apiTransport(
  network: Pick<Network, "connect">,
  target: Pick<ClusterTarget, "connect">,
): ApiTransport {
  return async (request, signal) => {
    const connection = await network.connect({ ...target.connect, signal });
    return await sendClientRequest(connection, request, signal);
  };
}

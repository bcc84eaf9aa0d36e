/** When a proxy holds nothing any more for anybody. */

import type { PodProxy } from "../proxy/pod_proxy.ts";
import { waitUntil } from "../wait_until.ts";

/** Well before an idle connection is given up for its age: in that time its end has been noticed. */
export const NOTICED = { deadlineMilliseconds: 20_000 };

/** Resolves when clients have nothing open, and upstream connections wait for the next one. */
export async function idleConnections(proxy: PodProxy): Promise<void> {
  await waitUntil("the proxy to be idle", async () => {
    const { clients, upstream, upstreamIdle } = await proxy.connections();
    return clients === 0 && upstream === upstreamIdle;
  });
}

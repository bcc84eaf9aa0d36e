/**
 * How long a peer takes from exec to the first request served.
 *
 * @module
 */

import { Client, requestOctets } from "../load/client.ts";
import type { Target } from "../load/job.ts";
import { RESOURCES } from "../origin/resources.ts";
import type { PreparedPeer } from "../peers/peer.ts";

/** How long a start may take. Milliseconds. */
const PATIENCE = 10_000;
/** Between two looks. Milliseconds. */
const PAUSE = 1;

/**
 * Starts the peer and sends it requests until one is served. Returns the
 * milliseconds from exec to that answer's end.
 */
export async function startUpTime(peer: PreparedPeer): Promise<number> {
  const start = performance.now();
  await peer.start();
  for (;;) {
    const target = await peer.target();
    if (target !== undefined && await isServed(target)) {
      return performance.now() - start;
    }
    if (performance.now() - start > PATIENCE) {
      const log = (await peer.log()).trimEnd().split("\n").slice(-5);
      throw new Error(`It did not start in time: ${log.join("\n")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Starts the peer, waits until it serves, and tells where. */
export async function started(peer: PreparedPeer): Promise<Target> {
  await startUpTime(peer);
  const target = await peer.target();
  if (target === undefined) throw new Error("It has no address");
  return target;
}

async function isServed(target: Target): Promise<boolean> {
  try {
    using client = await Client.connect(target);
    const { path } = RESOURCES.small;
    await client.stream.write(requestOctets(target, `GET ${path}`));
    await client.receive(200);
    return true;
  } catch {
    // Not yet, or not at all: then the patience ends.
    return false;
  }
}

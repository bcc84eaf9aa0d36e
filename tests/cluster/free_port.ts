/** A port for a server that cannot be told to take any free one. */

import { ClusterError } from "./cluster_error.ts";

// below Linux's and macOS's ranges for outgoing connections: a server that is
// stopped and started again must find its port still free
const first = 20_000;
const count = 12_000;

/**
 * A port of 127.0.0.1 that nobody listens on right now. Another process may
 * still be faster; whoever uses the port has to be ready to ask again.
 */
export function freePort(): number {
  for (let tries = 0; tries < 1000; tries++) {
    const port = first + Math.floor(Math.random() * count);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new ClusterError("Found no free port on 127.0.0.1");
}

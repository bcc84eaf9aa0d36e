/**
 * Sockets, from the runtime.
 *
 * @module
 */

import type { Network } from "../lib/platform.ts";
import { connect } from "./deno_connect.ts";
import { listenTls } from "./deno_listener.ts";

/** The machine's network. */
export const denoNetwork: Network = {
  listenTls: (options) => Promise.try(listenTls, options),
  connect,
};

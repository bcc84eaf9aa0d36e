/**
 * Who is compared.
 *
 * @module
 */

import { direct } from "./direct.ts";
import { mca } from "./mca.ts";
import { nginx } from "./nginx.ts";
import type { PeerKind } from "./peer.ts";
import { reverseProxy } from "./reverse_proxy.ts";

/** In the order of the tables. */
export const PEERS: readonly PeerKind[] = [direct, mca, reverseProxy, nginx];

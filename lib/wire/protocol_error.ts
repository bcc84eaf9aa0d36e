/**
 * The error for a peer that breaks HTTP/1.1.
 *
 * @module
 */

import { McaError } from "../errors.ts";

/** Which side of the proxy broke the protocol. */
export type Side = "client" | "upstream";

/** A peer broke HTTP/1.1; the connection cannot be used any further. */
export class ProtocolError extends McaError {
  /** The status code that answers it: a client's fault is 4xx or 5xx of its own, an upstream's 502. */
  readonly status: number;

  constructor(message: string, status = 400, hint?: string) {
    super("protocol", message, hint === undefined ? {} : { hint });
    this.status = status;
  }
}

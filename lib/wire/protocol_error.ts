/**
 * The error for a peer that breaks HTTP/1.1.
 *
 * @module
 */

import { McaError } from "../errors.ts";

/** The status codes that answer a {@link ProtocolError}: 502 and 504 where it is the upstream's fault. */
export type ProtocolStatus = 400 | 405 | 413 | 502 | 504;

/** A peer broke HTTP/1.1; the connection cannot be used any further. */
export class ProtocolError extends McaError {
  /** The status code that answers it. */
  readonly status: ProtocolStatus;

  constructor(message: string, status: ProtocolStatus = 400) {
    super("protocol", message);
    this.status = status;
  }
}

/**
 * Which port the demo's proxy takes.
 *
 * @module
 */

import { systemErrorCode } from "../lib/errors.ts";

/** The port and whether it is another than the usual one. */
export interface ChosenPort {
  readonly port: number;
  readonly isFallback: boolean;
}

/** Whether the port can be had on the loopback address; which one, for 0. */
function tryPort(port: number): number | undefined {
  try {
    using listener = Deno.listen({ hostname: "127.0.0.1", port });
    return listener.addr.port;
  } catch (error) {
    if (systemErrorCode(error) === "EADDRINUSE") return undefined;
    throw error;
  }
}

/** The port that was asked for, or else the usual one, or a free one where that is taken. */
export function choosePort(
  asked: number | undefined,
  usual: number,
): ChosenPort {
  if (asked !== undefined && asked !== 0) {
    return { port: asked, isFallback: false };
  }
  const wanted = asked ?? usual;
  const port = tryPort(wanted);
  return port === undefined
    ? { port: tryPort(0) ?? 0, isFallback: true }
    : { port, isFallback: false };
}

/**
 * A tunnel between two connections: what an upgraded connection becomes
 * (RFC 9110, section 7.8).
 *
 * @module
 */

import type { Deadline, Deadlines } from "./deadlines.ts";
import type { Peer } from "./peer.ts";

/** How long a half-closed tunnel may be silent, in milliseconds. An open one may be forever. */
const HALF_CLOSED_TIMEOUT = 5 * 60_000;

/** How a tunnel ended. */
export interface TunnelOutcome {
  /** Octets that went from the client to the upstream. */
  readonly sent: number;
  /** Octets that went from the upstream to the client. */
  readonly received: number;
  /** Which side ended first. */
  readonly endedBy: "client" | "upstream" | "proxy";
  /** Whether the first end was a reset rather than an orderly close. */
  readonly wasReset: boolean;
}

/**
 * Carries octets both ways until both sides have ended. An end goes on as a
 * half-close; a reset closes both sides at once. Afterwards neither connection
 * is good for anything else: the caller closes them.
 */
export async function tunnel(
  client: Peer,
  upstream: Peer,
  deadlines: Deadlines,
): Promise<TunnelOutcome> {
  let endedBy: TunnelOutcome["endedBy"] | undefined;
  let wasReset = false;
  let halfClosed: Deadline | undefined;
  const closeBoth = (): void => {
    client.close();
    upstream.close();
  };
  const carry = async (
    from: Peer,
    to: Peer,
    side: "client" | "upstream",
  ): Promise<number> => {
    const flow = await carryOneWay(from, to, () => {
      if (halfClosed !== undefined) {
        deadlines.postpone(halfClosed, HALF_CLOSED_TIMEOUT);
      }
    });
    if (endedBy === undefined) {
      const isOpen = client.isOpen || upstream.isOpen;
      if (!isOpen) endedBy = "proxy";
      else endedBy = flow.end === "unwritable" ? opposite(side) : side;
      wasReset = isOpen && flow.end !== "orderly";
    }
    if (flow.end === "orderly") {
      halfClosed ??= deadlines.add(HALF_CLOSED_TIMEOUT, closeBoth);
      await to.closeWrite();
    } else {
      closeBoth();
    }
    return flow.octets;
  };
  try {
    const [sent, received] = await Promise.all([
      carry(client, upstream, "client"),
      carry(upstream, client, "upstream"),
    ]);
    return { sent, received, endedBy: endedBy ?? "proxy", wasReset };
  } finally {
    if (halfClosed !== undefined) deadlines.remove(halfClosed);
  }
}

interface Flow {
  readonly octets: number;
  readonly end: "orderly" | "reset" | "unwritable";
}

async function carryOneWay(
  from: Peer,
  to: Peer,
  onProgress: () => void,
): Promise<Flow> {
  let octets = 0;
  for (;;) {
    const { buffered } = from.reader;
    if (buffered.length > 0) {
      try {
        await to.write(buffered);
      } catch {
        return { octets, end: "unwritable" };
      }
      from.reader.consume(buffered.length);
      octets += buffered.length;
      onProgress();
    } else if (!await from.reader.fill()) {
      const { failure } = from.reader;
      return {
        octets,
        end: failure === undefined || isTruncation(failure)
          ? "orderly"
          : "reset",
      };
    }
  }
}

function opposite(side: "client" | "upstream"): "client" | "upstream" {
  return side === "client" ? "upstream" : "client";
}

/**
 * Whether the failure is a TCP end without TLS's close_notify before it. Many
 * clients end so; only a body that ends with its connection can be cut by it.
 */
export function isTruncation(failure: unknown): boolean {
  return failure instanceof Error && failure.name === "UnexpectedEof";
}

/**
 * One request on its way through the passes.
 *
 * @module
 */

import { type RequestInfo, requestInfo } from "../kube/request_info.ts";
import type { ClusterTarget } from "../kube/cluster_target.ts";
import type { StatusOptions } from "../kube/status.ts";
import type { Framing, HeaderField, RequestHead } from "../wire/message.ts";
import type { ExchangeOutcome } from "../wire/exchange.ts";
import type { UpstreamPool } from "../wire/upstream_pool.ts";

/**
 * Who sent a request: the pod itself, which is whoever holds the app's token,
 * or anonymous, which is whoever showed no credentials.
 */
export type Caller = "pod" | "anonymous";

/** One cluster that requests can go to. */
export interface UpstreamCluster {
  readonly target: ClusterTarget;
  readonly pool: UpstreamPool;
}

/** A request as the passes see it. They touch no socket. */
export class ProxyRequest {
  readonly head: RequestHead;
  readonly framing: Framing;
  /** The client's address: `127.0.0.1:40122`. */
  readonly peer: string;
  /** When its head was complete, in the clock's monotonic milliseconds. */
  readonly receivedAt: number;
  #info: RequestInfo | undefined;

  /** Set by the pass that identifies the caller. */
  caller: Caller | undefined;
  /** Set by the pass that routes. */
  cluster: UpstreamCluster | undefined;
  /** The header fields that carry the real credentials; set by the credentials pass. */
  credentials: readonly HeaderField[] = [];

  constructor(
    head: RequestHead,
    framing: Framing,
    peer: string,
    receivedAt: number,
  ) {
    this.head = head;
    this.framing = framing;
    this.peer = peer;
    this.receivedAt = receivedAt;
  }

  /** What the request asks for; computed when first asked. */
  get info(): RequestInfo {
    this.#info ??= requestInfo(this.head.method, this.head.target);
    return this.#info;
  }

  /** The path without its query, as it came. */
  get path(): string {
    const query = this.head.target.indexOf("?");
    return query < 0 ? this.head.target : this.head.target.slice(0, query);
  }
}

/** What became of a request, for the passes that observe. */
export interface RequestOutcome {
  /** The status code that went to the client; undefined where none did. */
  readonly status: number | undefined;
  /** Octets of body to the client. */
  readonly octetsSent: number;
  /** Octets of body from the client. */
  readonly octetsReceived: number;
  readonly end: ExchangeOutcome["end"] | "answered";
  /** What went wrong; without secrets. */
  readonly failure: string | undefined;
  /** Milliseconds from the request's head to the end. */
  readonly duration: number;
}

/** An answer that MCA gives by itself. */
export type Answer = StatusOptions;

/** One step in the way of a request. */
export interface Pass {
  /** For logs and metrics. */
  readonly name: string;
  /** Called before the request goes upstream. An answer ends its way there. */
  readonly decide?: (
    request: ProxyRequest,
  ) => Answer | undefined | Promise<Answer | undefined>;
  /** Called once when the request is over, whatever became of it. */
  readonly observe?: (request: ProxyRequest, outcome: RequestOutcome) => void;
}

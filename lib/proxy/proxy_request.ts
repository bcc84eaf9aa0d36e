/**
 * One request on its way through the passes.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { type RequestInfo, requestInfo } from "../kube/request_info.ts";
import type { ClusterTarget } from "../kube/cluster_target.ts";
import type { StatusOptions } from "../kube/status.ts";
import type { Framing, HeaderField, RequestHead } from "../wire/message.ts";
import type { ExchangeOutcome } from "../wire/exchange.ts";
import { ProtocolError } from "../wire/protocol_error.ts";
import type { UpstreamPool } from "../wire/upstream_pool.ts";

/**
 * Who sent a request: the pod itself, which is whoever holds the app's token,
 * or anonymous, which is whoever showed no credentials.
 */
export type Caller = "pod" | "anonymous";

/** One cluster that requests can go to. */
export interface UpstreamCluster {
  readonly target: ClusterTarget;
  /**
   * Where a caller's connections come from. Only the pod's may have shown a
   * client certificate: it speaks for whoever uses the connection.
   */
  readonly poolFor: (caller: Caller | undefined) => UpstreamPool;
}

/** What kube-apiserver takes for long-running (k8s.io/kubernetes, BuildGenericConfig). */
const LONG_RUNNING_VERBS: ReadonlySet<string> = new Set(["watch", "proxy"]);
const LONG_RUNNING_SUBRESOURCES: ReadonlySet<string> = new Set([
  "attach",
  "exec",
  "log",
  "portforward",
  "proxy",
]);

function infoOf({ method, target }: RequestHead): RequestInfo {
  try {
    return requestInfo(method, target);
  } catch (error) {
    if (error instanceof McaError) throw new ProtocolError(error.message);
    throw error;
  }
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
  /** The target that goes upstream: the head's, but for the app's token in its query. */
  target: string;
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
    this.target = head.target;
    this.framing = framing;
    this.peer = peer;
    this.receivedAt = receivedAt;
  }

  /**
   * What the request asks for; computed when first asked.
   *
   * @throws {ProtocolError} 400 where the target is malformed.
   */
  get info(): RequestInfo {
    this.#info ??= infoOf(this.head);
    return this.#info;
  }

  /** Whether it may go on for ever, as kube-apiserver has it: no deadline fits its response. */
  get isLongRunning(): boolean {
    const { verb, subresource } = this.info;
    return LONG_RUNNING_VERBS.has(verb) ||
      LONG_RUNNING_SUBRESOURCES.has(subresource);
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
  /** How the tunnel ended, where the request became one. */
  readonly tunnel: ExchangeOutcome["tunnel"];
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

/**
 * One client's connection: its requests, one after another.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../platform.ts";
import type { Deadlines } from "../wire/deadlines.ts";
import {
  Exchange,
  type ExchangeOutcome,
  type ExchangeRequest,
} from "../wire/exchange.ts";
import {
  hasBody,
  isPersistent,
  requestedProtocols,
  requestFraming,
} from "../wire/framing.ts";
import {
  findHeadEnd,
  HEAD_LIMITS,
  parseRequestHead,
} from "../wire/head_parser.ts";
import type { Peer } from "../wire/peer.ts";
import { ProtocolError } from "../wire/protocol_error.ts";
import type { ClientDescription } from "./proxy_description.ts";
import {
  type Answer,
  type Pass,
  ProxyRequest,
  type RequestOutcome,
  type UpstreamCluster,
} from "./proxy_request.ts";
import { answerCode, answerFor, answerOctets } from "./status_answer.ts";
import { isRefusedTrailer, upstreamHead } from "./upstream_head.ts";

/** Deadlines of a session, in milliseconds. */
export interface SessionTimeouts {
  /** From a head's first octet to its last. */
  readonly requestHead: number;
  /**
   * Between two requests. Longer than the 90 s after which Go's clients close,
   * so that the client nearly always closes first and no request meets a close.
   */
  readonly idle: number;
  /** From the request's end to the response's head. */
  readonly responseHead: number;
  /** How long a client may take to hear that its connection ends. */
  readonly linger: number;
}

/** Timeouts fit for Kubernetes clients. */
export const SESSION_TIMEOUTS: SessionTimeouts = {
  requestHead: 30_000,
  idle: 180_000,
  responseHead: 10 * 60_000,
  linger: 2_000,
};

/** How much of a body that nobody wants is read before the connection is cut. Octets. */
const LINGER_LIMIT = 256 * 1024;

const CR = 0x0d;
const LF = 0x0a;

/** What a session needs from outside. */
export interface SessionEnvironment {
  readonly passes: readonly Pass[];
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly logger: Logger;
  readonly timeouts: SessionTimeouts;
}

/** How a request was dealt with. */
interface Dealt {
  readonly status: number | undefined;
  readonly octetsSent: number;
  readonly octetsReceived: number;
  readonly end: ExchangeOutcome["end"] | "answered";
  readonly failure: string | undefined;
  readonly tunnel: ExchangeOutcome["tunnel"];
  readonly mayContinue: boolean;
}

/** Serves one client's connection. Made for one connection, run once. */
export class ClientSession {
  readonly #client: Peer;
  readonly #address: string;
  readonly #environment: SessionEnvironment;
  #isDraining = false;
  #request: ProxyRequest | undefined;
  #exchange: Exchange | undefined;

  constructor(client: Peer, address: string, environment: SessionEnvironment) {
    this.#client = client;
    this.#address = address;
    this.#environment = environment;
  }

  /** Serves until either side ends it. Rejects only for a defect. */
  async run(): Promise<void> {
    try {
      while (!this.#isDraining) {
        const head = await this.#readHead();
        if (head === undefined) return;
        if (!await this.#serve(head)) break;
      }
      await this.#linger();
    } finally {
      this.#client.close();
    }
  }

  /**
   * Begins to end it: at once where it is idle, else with the response. A watch
   * is ended in good order; tunnels go on until {@link close}.
   */
  drain(): void {
    this.#isDraining = true;
    if (this.#request === undefined) this.#client.close();
    else if (this.#request.info.verb === "watch") this.#exchange?.endStream();
  }

  /** What it is doing at the moment. */
  describe(): ClientDescription {
    const { octetsWritten } = this.#client;
    const client = { peer: this.#address, octetsWritten };
    if (this.#request === undefined) return client;
    const { head, path, caller, receivedAt } = this.#request;
    const duration = this.#environment.clock.monotonic() - receivedAt;
    return {
      ...client,
      request: { method: head.method, path, caller, duration },
    };
  }

  /** Ends it now. */
  close(): void {
    // The upstream may say nothing for ever: it has to be closed too.
    this.#exchange?.abort();
    this.#client.close();
  }

  /** The octets of the next head, taken from the buffer; undefined where there is none. */
  async #readHead(): Promise<Uint8Array | undefined> {
    const { reader } = this.#client;
    const { deadlines, timeouts } = this.#environment;
    const deadline = deadlines.add(
      reader.length > 0 ? timeouts.requestHead : timeouts.idle,
      () => this.#client.close(),
    );
    try {
      let searched = 0;
      let mayBeEmptyLine = true;
      for (;;) {
        let { buffered } = reader;
        if (mayBeEmptyLine && buffered[0] === CR && buffered[1] === LF) {
          // One empty line before a request is forgiven (RFC 9112, section 2.2).
          reader.consume(2);
          buffered = reader.buffered;
          searched = 0;
          mayBeEmptyLine = false;
        }
        const end = findHeadEnd(buffered, searched - 3);
        if (end >= 0) {
          reader.consume(end);
          return buffered.subarray(0, end);
        }
        if (buffered.length >= HEAD_LIMITS.head) {
          await this.#refuse(new ProtocolError("The request head is too long"));
          return undefined;
        }
        const wasEmpty = buffered.length === 0;
        searched = buffered.length;
        if (!await reader.fill()) return undefined;
        if (wasEmpty) deadlines.postpone(deadline, timeouts.requestHead);
      }
    } finally {
      deadlines.remove(deadline);
    }
  }

  /** Deals with one request; false where the connection has to end. */
  async #serve(octets: Uint8Array): Promise<boolean> {
    let request: ProxyRequest;
    try {
      const head = parseRequestHead(octets);
      const receivedAt = this.#environment.clock.monotonic();
      request = new ProxyRequest(
        head,
        requestFraming(head),
        this.#address,
        receivedAt,
      );
      // A malformed target shows here.
      void request.info;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      await this.#refuse(error);
      return false;
    }
    this.#request = request;
    try {
      const dealt = await this.#deal(request);
      this.#observe(request, dealt);
      return dealt.mayContinue;
    } finally {
      this.#request = undefined;
      this.#exchange = undefined;
    }
  }

  async #deal(request: ProxyRequest): Promise<Dealt> {
    try {
      for (const pass of this.#environment.passes) {
        let answer = pass.decide?.(request);
        if (answer instanceof Promise) answer = await answer;
        if (answer !== undefined) {
          this.#logDecision(request, pass.name, answer);
          return await this.#answer(request, answer);
        }
      }
      if (request.cluster === undefined) {
        return await this.#answer(request, {
          reason: "ServiceUnavailable",
          message: "no cluster serves this request",
        });
      }
      this.#logDecision(request, "forward");
      return await this.#forward(request, request.cluster);
    } catch (error) {
      if (!(error instanceof McaError)) throw error;
      return await this.#answer(request, answerFor(error));
    }
  }

  #logDecision(request: ProxyRequest, pass: string, answer?: Answer): void {
    const { logger } = this.#environment;
    if (!logger.isEnabled("debug")) return;
    const { verb, apiGroup, resource, subresource, namespace, name } =
      request.info;
    logger.debug("Decided", {
      pass,
      answer: answer?.reason,
      caller: request.caller,
      cluster: request.cluster?.target.name,
      method: request.head.method,
      path: request.path,
      verb,
      group: apiGroup || undefined,
      resource: resource || undefined,
      subresource: subresource || undefined,
      namespace: namespace || undefined,
      name: name || undefined,
    });
  }

  async #forward(
    request: ProxyRequest,
    cluster: UpstreamCluster,
  ): Promise<Dealt> {
    const exchange = this.#exchangeOf(request, cluster);
    this.#exchange = exchange;
    const outcome = await exchange.run();
    if (outcome.failure !== undefined && outcome.status === undefined) {
      return await this.#answer(request, answerFor(outcome.failure), outcome);
    }
    return { ...outcome, failure: outcome.failure?.message };
  }

  #exchangeOf(request: ProxyRequest, cluster: UpstreamCluster): Exchange {
    const { deadlines, timeouts } = this.#environment;
    const { credentials } = cluster.target;
    const retry = async (): Promise<string | undefined> =>
      await credentials.refresh()
        ? upstreamHead(request, cluster, await credentials.headers())
        : undefined;
    const ready: ExchangeRequest = {
      method: request.head.method,
      isHttp10: request.head.minorVersion === 0,
      headText: upstreamHead(request, cluster, request.credentials),
      framing: request.framing,
      protocols: requestedProtocols(request.head),
      isWatch: request.info.verb === "watch",
      isPersistent: this.#isPersistent(request),
      refusesTrailer: isRefusedTrailer,
      ...(request.credentials.length > 0 ? { onUnauthorized: retry } : {}),
    };
    const exchange = new Exchange(this.#client, ready, {
      pool: cluster.poolFor(request.caller),
      deadlines,
      responseHeadTimeout: request.isLongRunning
        ? Infinity
        : timeouts.responseHead,
      onRetry: (reason) =>
        this.#environment.logger.debug("Sending a request once more", {
          path: request.path,
          reason,
        }),
    });
    if (this.#isDraining && request.info.verb === "watch") {
      exchange.endStream();
    }
    return exchange;
  }

  #isPersistent(request: ProxyRequest): boolean {
    return request.head.minorVersion === 1 && isPersistent(request.head) &&
      !this.#isDraining;
  }

  /** Answers by itself. A body that has not come is not waited for: the connection ends. */
  async #answer(
    request: ProxyRequest,
    answer: Answer,
    outcome?: ExchangeOutcome,
  ): Promise<Dealt> {
    const mayContinue = this.#isPersistent(request) &&
      !hasBody(request.framing);
    const { octets, bodyLength } = answerOctets(answer, {
      isHead: request.head.method === "HEAD",
      closes: !mayContinue,
    });
    const isSent = await this.#client.write(octets).then(
      () => true,
      () => false,
    );
    return {
      status: isSent ? answerCode(answer) : undefined,
      octetsSent: isSent ? bodyLength : 0,
      octetsReceived: outcome?.octetsReceived ?? 0,
      end: isSent ? "answered" : "client-gone",
      failure: outcome?.failure?.message ??
        (answerCode(answer) >= 500 ? answer.message : undefined),
      tunnel: undefined,
      mayContinue: mayContinue && isSent,
    };
  }

  /** Answers what was no request. */
  async #refuse(error: ProtocolError): Promise<void> {
    this.#environment.logger.warn("Refused what is no valid request", {
      peer: this.#address,
      reason: error.message,
    });
    const { octets } = answerOctets(answerFor(error), {
      isHead: false,
      closes: true,
    });
    await this.#client.write(octets).catch(() => {});
    await this.#linger();
  }

  #observe(request: ProxyRequest, dealt: Dealt): void {
    const duration = this.#environment.clock.monotonic() - request.receivedAt;
    const outcome: RequestOutcome = { ...dealt, duration };
    for (const pass of this.#environment.passes) {
      pass.observe?.(request, outcome);
    }
  }

  /**
   * Ends the sending side and reads on for a while: a close with octets unread
   * becomes a reset, and the client may lose the answer (RFC 9112, section 9.6).
   */
  async #linger(): Promise<void> {
    if (!this.#client.isOpen || this.#client.reader.hasEnded) return;
    const { deadlines, timeouts } = this.#environment;
    const deadline = deadlines.add(timeouts.linger, () => this.#client.close());
    try {
      await this.#client.closeWrite();
      const { reader } = this.#client;
      for (let left = LINGER_LIMIT; left > 0;) {
        left -= reader.length;
        reader.consume(reader.length);
        if (!await reader.fill()) return;
      }
    } finally {
      deadlines.remove(deadline);
    }
  }
}

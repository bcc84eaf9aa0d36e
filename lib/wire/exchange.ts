/**
 * One request and its response, from a client's connection to an upstream one
 * and back.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type { TrailerFilter } from "./body.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import {
  describedFraming,
  forwardedFields,
  framingFields,
  grantsProtocol,
  hasBody,
  isPersistent,
  responseFraming,
} from "./framing.ts";
import { findHeadEnd, HEAD_LIMITS, parseResponseHead } from "./head_parser.ts";
import { responseHeadText } from "./head_writer.ts";
import {
  allValues,
  type Framing,
  type HeaderField,
  onlyValue,
  type ResponseHead,
} from "./message.ts";
import { textToOctets } from "./octets.ts";
import type { Peer } from "./peer.ts";
import { ProtocolError } from "./protocol_error.ts";
import { type RecordBoundary, recordBoundary } from "./record_boundary.ts";
import { RequestSender } from "./request_sender.ts";
import { type RelayEnd, ResponseRelay } from "./response_relay.ts";
import { tunnel, type TunnelOutcome } from "./tunnel.ts";
import type { UpstreamConnection, UpstreamPool } from "./upstream_pool.ts";

/** A request that is ready to go upstream. */
export interface ExchangeRequest {
  readonly method: string;
  /** Whether the client speaks HTTP/1.0: it understands no interim responses. */
  readonly isHttp10: boolean;
  /** The head for the upstream, with its empty line. */
  readonly headText: string;
  readonly framing: Framing;
  /** The protocols that the client asked to switch to; empty where it asked for none. */
  readonly protocols: readonly string[];
  /** Whether the response is a watch's: a stream that can be ended between two records. */
  readonly isWatch: boolean;
  /** Whether the client keeps its connection open afterwards. */
  readonly isPersistent: boolean;
  /** Tells trailer fields that may not go upstream. */
  readonly refusesTrailer: TrailerFilter;
  /**
   * Asked once when the upstream answers 401: a head with other credentials to
   * try again with, or undefined to pass the 401 on.
   */
  readonly onUnauthorized?: () => Promise<string | undefined>;
}

/** What an exchange needs from outside. */
export interface ExchangeEnvironment {
  readonly pool: UpstreamPool;
  readonly deadlines: Deadlines;
  /**
   * How long the upstream may take from the request's end to its response's
   * head, in milliseconds; Infinity: as long as it likes.
   */
  readonly responseHeadTimeout: number;
  /** Told when the request is sent once more, and why. */
  readonly onRetry?: (reason: RetryReason) => void;
}

/** Why a request is sent once more. */
export type RetryReason = "connection-was-dead" | "credentials-were-stale";

/** How an exchange ended. */
export interface ExchangeOutcome {
  /** The status code that the client got from the upstream; undefined where none went out. */
  readonly status: number | undefined;
  /** Octets of body that the client sent. */
  readonly octetsReceived: number;
  /** Octets of body that the client got. */
  readonly octetsSent: number;
  readonly end: RelayEnd | "tunnel";
  /** Why no response went out, or why it broke off. Safe to show to the client. */
  readonly failure: McaError | undefined;
  /** Whether the client's connection is good for another request. */
  readonly mayContinue: boolean;
  /** How the tunnel ended, where there was one. */
  readonly tunnel: TunnelOutcome | undefined;
}

/**
 * Safe methods (RFC 9110, section 9.2.1). PUT and DELETE are idempotent too, but
 * their second answer is another: a DELETE that was carried out gives a 404.
 */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** One exchange. Made for one request, run once. */
export class Exchange {
  readonly #client: Peer;
  readonly #request: ExchangeRequest;
  readonly #environment: ExchangeEnvironment;
  readonly #sender: RequestSender;
  #headText: string;
  #mayRetryUnauthorized = true;
  #relay: ResponseRelay | undefined;
  #upstream: Peer | undefined;
  #isEnding = false;
  #isClientGone = false;
  #isOverdue = false;
  #isReusable = false;
  #hasInterim = false;
  #isOver = false;

  /** @throws {ProtocolError} 400 where the part of the body that has come is broken. */
  constructor(
    client: Peer,
    request: ExchangeRequest,
    environment: ExchangeEnvironment,
  ) {
    this.#client = client;
    this.#request = request;
    this.#environment = environment;
    this.#headText = request.headText;
    this.#sender = new RequestSender(
      client,
      request.framing,
      request.refusesTrailer,
    );
  }

  /** Runs it to its end. Rejects only for a defect. */
  async run(): Promise<ExchangeOutcome> {
    let outcome = await this.#attempt(false);
    // Each round is asked for at most once: by a dead connection, by a stale token.
    while (outcome === "retry") outcome = await this.#attempt(true);
    this.#isOver = true;
    this.#stopWatchingClient();
    this.#sender.stop();
    return outcome;
  }

  /** Ends a running watch in good order; see {@link ResponseRelay.endStream}. */
  endStream(): void {
    this.#isEnding = true;
    this.#relay?.endStream();
  }

  /** Ends it at once: both connections are closed. */
  abort(): void {
    this.#isClientGone = true;
    this.#client.close();
    this.#upstream?.close();
  }

  async #attempt(isRetry: boolean): Promise<ExchangeOutcome | "retry"> {
    let upstream: UpstreamConnection;
    try {
      const { pool } = this.#environment;
      // An idle one is not tried where one of them has just turned out to be dead.
      upstream = (isRetry ? undefined : pool.takeIdle()) ??
        await pool.connect();
    } catch (error) {
      return this.#failed(
        error instanceof McaError ? error : unreachable(error),
      );
    }
    const { peer } = upstream;
    this.#upstream = peer;
    this.#client.reader.onEnd = () => {
      this.#isClientGone = true;
      peer.close();
    };
    if (this.#client.reader.hasEnded) {
      this.#environment.pool.giveBack(peer);
      return this.#clientGone();
    }
    this.#isReusable = false;
    try {
      return await this.#exchangeWith(upstream);
    } catch (error) {
      if (error instanceof ProtocolError) return this.#failed(error);
      throw error;
    } finally {
      if (this.#isReusable) this.#environment.pool.giveBack(peer);
      else peer.close();
    }
  }

  async #exchangeWith(
    upstream: UpstreamConnection,
  ): Promise<ExchangeOutcome | "retry"> {
    const { peer } = upstream;
    const deadline = this.#environment.deadlines.add(Infinity, () => {
      this.#isOverdue = true;
      peer.close();
    });
    const mayTakeForEver = this.#environment.responseHeadTimeout === Infinity;
    if (mayTakeForEver && hasBody(this.#request.framing)) {
      peer.tolerateStalls();
    }
    let head: ResponseHead | undefined;
    try {
      void this.#send(peer, deadline);
      head = await this.#readHead(peer);
    } finally {
      this.#environment.deadlines.remove(deadline);
    }
    if (head === undefined) return this.#withoutResponse(upstream);
    if (head.status === 101) return await this.#switchProtocols(peer, head);
    if (head.status === 401 && await this.#refreshCredentials()) {
      this.#environment.onRetry?.("credentials-were-stale");
      return "retry";
    }
    return await this.#passOn(peer, head);
  }

  /** Sends the request. Never rejects; may end later than the exchange, where the upstream takes no more. */
  async #send(peer: Peer, deadline: Deadline): Promise<void> {
    const isAllSent = await this.#sender.send(peer, this.#headText);
    this.#environment.deadlines.postpone(
      deadline,
      this.#environment.responseHeadTimeout,
    );
    if (isAllSent && !this.#isOver) this.#watchClient();
  }

  /** From here on the client has nothing to say but that it is gone; its next request may come before. */
  #watchClient(): void {
    const { reader } = this.#client;
    reader.readsAhead = true;
    reader.prefetch();
  }

  #stopWatchingClient(): void {
    const { reader } = this.#client;
    reader.readsAhead = false;
    reader.onEnd = undefined;
  }

  /** The final response's head, interim ones passed on; undefined where the upstream ended first. */
  async #readHead(peer: Peer): Promise<ResponseHead | undefined> {
    const { reader } = peer;
    let searched = 0;
    for (let interim = 0;;) {
      const { buffered } = reader;
      const end = findHeadEnd(buffered, searched - 3);
      if (end < 0) {
        if (buffered.length >= HEAD_LIMITS.head) {
          throw new ProtocolError(
            "The API server's response head is too long",
            502,
          );
        }
        searched = buffered.length;
        if (!await reader.fill()) return undefined;
        continue;
      }
      const head = parseResponseHead(buffered.subarray(0, end));
      reader.consume(end);
      searched = 0;
      if (head.status >= 200 || head.status === 101) return head;
      if (++interim > 16) {
        throw new ProtocolError(
          "The API server sent too many interim responses",
          502,
        );
      }
      await this.#passOnInterim(head);
    }
  }

  async #passOnInterim(head: ResponseHead): Promise<void> {
    this.#hasInterim = true;
    if (this.#request.isHttp10) return;
    const fields = forwardedFields(head);
    const text = responseHeadText(head.status, head.reason, fields);
    // A client that is gone shows when it is to get the final response.
    await this.#client.write(textToOctets(text)).catch(() => {});
  }

  #withoutResponse(upstream: UpstreamConnection): ExchangeOutcome | "retry" {
    if (this.#sender.clientFault !== undefined) {
      return this.#failed(this.#sender.clientFault);
    }
    if (this.#isClientGone) return this.#clientGone();
    if (this.#isOverdue) {
      return this.#failed(
        new ProtocolError("The API server did not answer in time", 504),
      );
    }
    const isUntouched = upstream.peer.reader.length === 0 && !this.#hasInterim;
    if (
      upstream.isReused && isUntouched && this.#sender.isRepeatable &&
      REPEATABLE.has(this.#request.method)
    ) {
      this.#environment.onRetry?.("connection-was-dead");
      return "retry";
    }
    return this.#failed(
      new McaError(
        "upstream",
        "The API server closed the connection before it answered",
      ),
    );
  }

  async #refreshCredentials(): Promise<boolean> {
    if (
      !this.#mayRetryUnauthorized ||
      this.#request.onUnauthorized === undefined ||
      !this.#sender.isRepeatable
    ) return false;
    this.#mayRetryUnauthorized = false;
    const headText = await this.#request.onUnauthorized();
    if (headText === undefined) return false;
    this.#headText = headText;
    return true;
  }

  async #passOn(
    peer: Peer,
    head: ResponseHead,
  ): Promise<ExchangeOutcome> {
    const framing = this.#framingOf(head);
    const relay = this.#relayOf(peer, head, framing);
    const mayContinue = this.#mayContinue(framing);
    const end = await relay.run(this.#headFor(head, framing, mayContinue));
    this.#client.reader.onEnd = undefined;
    this.#isReusable = end === "complete" && this.#sender.isSent &&
      leavesReusable(head, framing);
    return this.#relayed(relay, end, head.status, mayContinue);
  }

  #relayOf(peer: Peer, head: ResponseHead, framing: Framing): ResponseRelay {
    const relay = new ResponseRelay(this.#client, peer, {
      framing,
      chunks: this.#becomesChunked(framing),
      boundary: this.#request.isWatch ? boundaryOf(head) : undefined,
    });
    this.#relay = relay;
    if (this.#isEnding) relay.endStream();
    return relay;
  }

  /** Whether a body that ends with its connection goes out as chunks. */
  #becomesChunked(framing: Framing): boolean {
    return framing.kind === "close" && !this.#request.isHttp10;
  }

  #mayContinue(framing: Framing): boolean {
    return this.#request.isPersistent && this.#sender.isComplete &&
      (framing.kind !== "close" || this.#becomesChunked(framing)) &&
      !this.#isEnding;
  }

  /** The response's head for the client. */
  #headFor(
    head: ResponseHead,
    framing: Framing,
    mayContinue: boolean,
  ): string {
    const fields = this.#responseFields(
      head,
      this.#becomesChunked(framing) ? { kind: "chunked" } : framing,
    );
    if (!mayContinue) fields.push(["Connection", "close"]);
    return responseHeadText(head.status, head.reason, fields);
  }

  #relayed(
    relay: ResponseRelay,
    end: RelayEnd,
    status: number,
    mayContinue: boolean,
  ): ExchangeOutcome {
    return this.#outcome({
      status: relay.hasBegun ? status : undefined,
      end: this.#isClientGone ? "client-gone" : end,
      octetsSent: relay.octets,
      failure: end === "upstream-failed" && !this.#isClientGone
        ? this.#sender.clientFault ??
          new ProtocolError("The API server broke off its response", 502)
        : undefined,
      mayContinue: mayContinue && end === "complete",
    });
  }

  #framingOf(head: ResponseHead): Framing {
    const framing = responseFraming(head, this.#request.method);
    if (framing.kind === "chunked" && this.#request.isHttp10) {
      throw new ProtocolError(
        "The API server sent chunks to an HTTP/1.0 client",
        502,
      );
    }
    return framing;
  }

  #responseFields(head: ResponseHead, framing: Framing): HeaderField[] {
    const fields = forwardedFields(head);
    if (framing.kind === "none" && head.status !== 204) {
      // The answer to HEAD, and a 304, describe a body that does not follow.
      fields.push(...framingFields(describedFraming(head) ?? framing));
    } else {
      fields.push(...framingFields(framing));
    }
    return fields;
  }

  async #switchProtocols(
    peer: Peer,
    head: ResponseHead,
  ): Promise<ExchangeOutcome> {
    const { protocols } = this.#request;
    if (!grantsProtocol(head, protocols) || !this.#sender.isComplete) {
      return this.#failed(
        new ProtocolError(
          "The API server switched to a protocol that nobody asked for",
          502,
        ),
      );
    }
    const fields = forwardedFields(head);
    for (const value of allValues(head, "upgrade")) {
      fields.push(["Upgrade", value]);
    }
    fields.push(["Connection", "Upgrade"]);
    this.#isOver = true;
    this.#stopWatchingClient();
    peer.tolerateStalls();
    try {
      await this.#client.write(
        textToOctets(responseHeadText(101, head.reason, fields)),
      );
    } catch {
      return this.#clientGone();
    }
    const ended = await tunnel(this.#client, peer, this.#environment.deadlines);
    return this.#outcome({
      status: 101,
      end: "tunnel",
      octetsReceived: ended.sent,
      octetsSent: ended.received,
      tunnel: ended,
    });
  }

  #failed(failure: McaError): ExchangeOutcome {
    return this.#outcome({ end: "upstream-failed", failure });
  }

  #clientGone(): ExchangeOutcome {
    return this.#outcome({ end: "client-gone" });
  }

  #outcome(
    known: Partial<ExchangeOutcome> & Pick<ExchangeOutcome, "end">,
  ): ExchangeOutcome {
    return {
      status: undefined,
      octetsReceived: this.#sender.octets,
      octetsSent: 0,
      failure: undefined,
      mayContinue: false,
      tunnel: undefined,
      ...known,
    };
  }
}

/**
 * Whether the head tells of a body where none can be. Some servers send it, and
 * it would be taken for the next response.
 */
function hasStrayBody(head: ResponseHead): boolean {
  const described = head.status === 204 ? describedFraming(head) : undefined;
  return described !== undefined && hasBody(described);
}

/** Whether the upstream's connection is good for another request once the response is complete. */
function leavesReusable(head: ResponseHead, framing: Framing): boolean {
  return isPersistent(head) && framing.kind !== "close" && !hasStrayBody(head);
}

function boundaryOf(head: ResponseHead): RecordBoundary {
  return recordBoundary(
    onlyValue(head, "content-type") ?? "",
    head.lowerNames.includes("content-encoding"),
  );
}

function unreachable(cause: unknown): McaError {
  return new McaError("upstream", "The API server cannot be reached", {
    cause,
  });
}

/**
 * One request of MCA's own on a connection of its own: for the few calls that
 * it makes to the API server by itself. What apps send goes another way.
 *
 * @module
 */

import type { Connection } from "../platform.ts";
import { BlockPool } from "./block_pool.ts";
import { bodyOf } from "./body.ts";
import { responseFraming } from "./framing.ts";
import { findHeadEnd, HEAD_LIMITS, parseResponseHead } from "./head_parser.ts";
import { requestHeadText } from "./head_writer.ts";
import type { HeaderField, ResponseHead } from "./message.ts";
import { textToOctets } from "./octets.ts";
import { Peer } from "./peer.ts";
import { ProtocolError } from "./protocol_error.ts";

/** A whole request. */
export interface ClientRequest {
  readonly method: string;
  /** In origin-form: `/api/v1/pods?watch=1`. */
  readonly target: string;
  /** Host among them; Content-Length and Connection are added. */
  readonly fields: readonly HeaderField[];
  readonly body?: Uint8Array;
}

/** A response whose body is still to come. */
export interface ClientResponse {
  readonly status: number;
  /**
   * The body as it comes. Reading it to the end, or leaving the loop, closes
   * the connection. Throws a {@link ProtocolError} where it is cut short, and
   * the signal's reason once that is aborted.
   */
  readonly body: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/**
 * Sends the request and reads the response's head. The connection is closed in
 * any case: after the body, after a fault, or when the signal is aborted.
 *
 * @throws {ProtocolError} 502 where the server breaks HTTP/1.1 or goes away.
 * @throws The signal's reason, once it is aborted.
 */
export async function sendClientRequest(
  connection: Connection,
  request: ClientRequest,
  signal: AbortSignal,
): Promise<ClientResponse> {
  const peer = new Peer(connection, new BlockPool(0));
  const giveUp = () => peer.close();
  const finish = () => {
    signal.removeEventListener("abort", giveUp);
    peer.close();
  };
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    signal.throwIfAborted();
    await send(peer, request);
    const head = await readHead(peer);
    return {
      status: head.status,
      body: readBody(peer, head, request.method, signal, finish),
    };
  } catch (error) {
    finish();
    signal.throwIfAborted();
    throw error;
  }
}

async function send(peer: Peer, request: ClientRequest): Promise<void> {
  const { method, target, fields, body } = request;
  const head = requestHeadText(method, target, 1, [
    ...fields,
    ...(body === undefined
      ? []
      : [["Content-Length", String(body.length)] as const]),
    ["Connection", "close"],
  ]);
  try {
    await peer.write(textToOctets(head));
    if (body !== undefined) await peer.write(body);
  } catch (cause) {
    // It may have answered before it stopped reading.
    if (peer.isOpen) return;
    throw cause;
  }
}

async function readHead(peer: Peer): Promise<ResponseHead> {
  for (;;) {
    const octets = await readHeadOctets(peer);
    const head = parseResponseHead(octets);
    peer.reader.consume(octets.length);
    if (head.status === 101) {
      throw new ProtocolError("The server switched protocols unasked", 502);
    }
    if (head.status >= 200) return head;
  }
}

async function readHeadOctets(
  { reader }: Peer,
): Promise<Uint8Array<ArrayBuffer>> {
  for (;;) {
    const { buffered } = reader;
    const end = findHeadEnd(buffered);
    if (end >= 0) return buffered.slice(0, end);
    if (buffered.length >= HEAD_LIMITS.head) {
      throw new ProtocolError("The response's head is too long", 502);
    }
    if (!await reader.fill()) {
      throw new ProtocolError(
        "The server closed the connection before it answered",
        502,
      );
    }
  }
}

async function* readBody(
  peer: Peer,
  head: ResponseHead,
  method: string,
  signal: AbortSignal,
  finish: () => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  try {
    const framing = responseFraming(head, method);
    let data: Uint8Array<ArrayBuffer>[] = [];
    const body = bodyOf(framing, () => false, (bytes, start, end) => {
      data.push(new Uint8Array(bytes.subarray(start, end)));
    });
    const { reader } = peer;
    while (!body.isComplete) {
      if (reader.length === 0 && !await reader.fill()) {
        signal.throwIfAborted();
        if (body.mayEnd()) return;
        throw new ProtocolError("The server broke off its response", 502);
      }
      const { buffered } = reader;
      const taken = body.take(buffered);
      if (framing.kind !== "chunked") data.push(buffered.slice(0, taken));
      reader.consume(taken);
      const pieces = data;
      data = [];
      yield* pieces;
    }
  } finally {
    finish();
  }
}

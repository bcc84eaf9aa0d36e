/**
 * What the proxy makes of a server's octets, held against two other readers:
 * the client never gets what one of them reads as other responses, and never
 * gets the octets of one response as those of another.
 */

import { textToOctets } from "../../lib/wire/octets.ts";
import type { MemoryConnection } from "../fakes/memory_connection.ts";
import type { Finding } from "./fuzz_requests.ts";
import type { Llhttp, Stream } from "./llhttp.ts";
import type { Reading, ReadMessage } from "./message_reading.ts";
import { readRequests, readResponses } from "./reference_reader.ts";
import { serveInMemory } from "./session_in_memory.ts";

/** What a server sends to a request of that method. */
export interface ResponseCase {
  readonly name: string;
  readonly method: string;
  readonly pieces: readonly string[];
  /** Whether the server then closes, in good order. */
  readonly closes: boolean;
  /** Whether all of it has to go through, and the next response too. */
  readonly isGood?: boolean;
}

const SECOND = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond";

interface Received {
  readonly received: string;
  readonly hasEnded: boolean;
}

/** What a client gets that asks for this response and then for another. */
async function received(each: ResponseCase): Promise<Received> {
  let isFirst = true;
  const requests = `${each.method} /first HTTP/1.1\r\nHost: k\r\n\r\n` +
    "GET /second HTTP/1.1\r\nHost: k\r\n\r\n";
  return await serveInMemory([requests], async (connection) => {
    for await (const _ of requestsOn(connection)) {
      const pieces = isFirst ? each.pieces : [SECOND];
      const closes = isFirst && each.closes;
      isFirst = false;
      for (const piece of pieces) {
        await connection.write(textToOctets(piece));
        // The proxy reads each piece by itself.
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      }
      if (closes) return;
    }
  });
}

/** The requests on a connection, up to its end. */
async function* requestsOn(connection: MemoryConnection) {
  const buffer = new Uint8Array(16 * 1024);
  let text = "";
  for (let seen = 0;;) {
    const count = await connection.read(buffer);
    if (count === null) return;
    text += String.fromCharCode(...buffer.subarray(0, count));
    for (; seen < readRequests(text).messages.length; seen++) yield seen;
  }
}

/** Runs the cases; returns those with a fault, and how many responses went through. */
export async function fuzzResponses(
  cases: readonly ResponseCase[],
  llhttp: Llhttp,
): Promise<{ readonly findings: readonly Finding[]; readonly passed: number }> {
  const streams: Stream[] = [];
  const runs: { case: ResponseCase; received: Received }[] = [];
  for (const each of cases) {
    const run = { case: each, received: await received(each) };
    runs.push(run);
    const methods = [each.method];
    streams.push(
      { kind: "response", text: each.pieces.join(""), methods },
      { kind: "response", text: run.received.received, methods },
    );
  }
  const readings = await llhttp.read(streams);
  const findings: Finding[] = [];
  let passed = 0;
  for (const [index, run] of runs.entries()) {
    const { name, pieces } = run.case;
    const sent = readings[index * 2];
    const got = readings[index * 2 + 1];
    if (sent === undefined || got === undefined) {
      throw new Error("Node has read too few streams");
    }
    const [fault] = [
      ...outputFaults(run.case, run.received, sent, got),
      ...inputFaults(run.case, run.received, sent),
    ];
    if (fault !== undefined) findings.push({ name, pieces, fault });
    else if (!isOwnAnswer(firstOf(run.case, run.received))) passed++;
  }
  return { findings, passed };
}

function finals({ messages }: Reading): ReadMessage[] {
  return messages.filter(({ status }) => status >= 200 || status === 101);
}

function firstOf(each: ResponseCase, { received }: Received) {
  return finals(readResponses(received, [each.method]))[0];
}

/** Whether MCA answered in the server's place. */
function isOwnAnswer(message: ReadMessage | undefined): boolean {
  return message?.status === 502 &&
    (message.body === "" || message.body.startsWith('{"kind":"Status"'));
}

/** What the client gets is one stream of responses for everybody. */
function outputFaults(
  each: ResponseCase,
  { received, hasEnded }: Received,
  sent: Reading,
  got: Reading,
): string[] {
  const reference = readResponses(received, [each.method]);
  const told = JSON.stringify({ received, hasEnded, reference, got });
  if (reference.rest === "malformed") {
    return [`The client got what is no response: ${told}`];
  }
  if (got.rest === "malformed") {
    // It would have refused that without the proxy too.
    return sent.rest === "malformed"
      ? []
      : [`The client got what llhttp refuses: ${told}`];
  }
  const isSame =
    JSON.stringify(reference.messages) === JSON.stringify(got.messages);
  if (!isSame) return [`llhttp reads what the client got differently: ${told}`];
  const [first, second, third] = finals(reference);
  if (third !== undefined) return [`The client got a third response: ${told}`];
  if (each.isGood && (second === undefined || isOwnAnswer(first))) {
    return [`A good response did not go through: ${told}`];
  }
  if (first !== undefined && second === undefined) {
    return reference.rest === "nothing" && !hasEnded
      ? [`The second response never came: ${told}`]
      : [];
  }
  if (second === undefined || second.body === "second") return [];
  // A server that says more than one response may say it when the next is waited for.
  return isWhole(each)
    ? [`The client got another second response: ${told}`]
    : [];
}

/** Whether the server sends one response and nothing more. */
function isWhole({ method, pieces }: ResponseCase): boolean {
  const reading = readResponses(pieces.join(""), [method]);
  return reading.rest === "nothing" && finals(reading).length === 1 &&
    finals(reading)[0] === reading.messages.at(-1);
}

/** What the client got is what a reader takes the server's octets for. */
function inputFaults(
  each: ResponseCase,
  received: Received,
  llhttp: Reading,
): string[] {
  const first = firstOf(each, received);
  if (first === undefined || isOwnAnswer(first)) return [];
  const faults: string[] = [];
  const own = readResponses(each.pieces.join(""), [each.method]);
  for (
    const [reader, reading] of [["the reference", own], [
      "llhttp",
      llhttp,
    ]] as const
  ) {
    const read = finals(reading)[0];
    if (read === undefined) {
      // llhttp may refuse what is only unusual.
      if (reader === "llhttp" && reading.rest === "malformed") continue;
      faults.push(
        `${reader} reads no response, the client got ${JSON.stringify(first)}`,
      );
    } else if (read.status !== first.status || read.body !== first.body) {
      faults.push(
        `${reader} reads ${JSON.stringify(read)}, the client got ${
          JSON.stringify(first)
        }`,
      );
    }
  }
  return faults;
}

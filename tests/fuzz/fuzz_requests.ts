/**
 * What the proxy makes of a stream of requests, held against two other readers:
 * it never forwards what one of them reads as other requests.
 */

import type { Llhttp, Stream } from "./llhttp.ts";
import type { Reading, ReadMessage } from "./message_reading.ts";
import { readRequests } from "./reference_reader.ts";
import { readAll, serveInMemory } from "./session_in_memory.ts";

/** A stream of requests, and the pieces in which it comes. */
export interface RequestCase {
  readonly name: string;
  readonly pieces: readonly string[];
  /** Whether all of it has to go through. */
  readonly isGood?: boolean;
}

/** A case in which the readers disagree. */
export interface Finding {
  readonly name: string;
  readonly pieces: readonly string[];
  readonly fault: string;
}

const RESPONSE = new TextEncoder().encode(
  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
);

/** What the proxy forwards on each connection. */
async function forwarded(pieces: readonly string[]): Promise<string[]> {
  const connections: string[] = [];
  await serveInMemory(pieces, async (connection) => {
    const index = connections.push("") - 1;
    let answered = 0;
    let text = "";
    await readAll(connection, (octets) => {
      text += octets;
      connections[index] = text;
      const { length } = readRequests(text).messages;
      for (; answered < length; answered++) {
        connection.write(RESPONSE).catch(() => {});
      }
    });
  });
  return connections;
}

/** Runs the cases; returns those with a fault, and how many requests went through. */
export async function fuzzRequests(
  cases: readonly RequestCase[],
  llhttp: Llhttp,
): Promise<{ readonly findings: readonly Finding[]; readonly passed: number }> {
  const streams: Stream[] = [];
  const runs: { case: RequestCase; connections: string[] }[] = [];
  for (const each of cases) {
    const connections = await forwarded(each.pieces);
    runs.push({ case: each, connections });
    for (const text of [each.pieces.join(""), ...connections]) {
      streams.push({ kind: "request", text });
    }
  }
  const readings = (await llhttp.read(streams)).values();
  const next = () => readings.next().value ?? fail();
  const findings: Finding[] = [];
  let passed = 0;
  for (const { case: { name, pieces, isGood }, connections } of runs) {
    const input = next();
    const faults: string[] = [];
    const all: ReadMessage[] = [];
    for (const text of connections) {
      const reference = readRequests(text);
      all.push(...reference.messages);
      faults.push(...outputFaults(text, reference, next()));
    }
    const own = readRequests(pieces.join(""));
    faults.push(
      ...inputFaults(all, own, "the reference"),
      ...inputFaults(all, input, "llhttp"),
    );
    if (isGood && all.length !== own.messages.length) {
      faults.push(`Only ${all.length} of ${own.messages.length} went through`);
    }
    passed += all.length;
    const [fault] = faults;
    if (fault !== undefined) findings.push({ name, pieces, fault });
  }
  return { findings, passed };
}

/** What goes upstream is one stream of requests for everybody. */
function outputFaults(
  text: string,
  reference: Reading,
  llhttp: Reading,
): string[] {
  if (reference.rest === "malformed") {
    return [`Forwarded what is no request: ${JSON.stringify(text)}`];
  }
  const differing = reference.messages.findIndex((message, index) =>
    llhttp.messages[index] !== undefined &&
    !isSame(message, llhttp.messages[index])
  );
  // llhttp knows some methods alone, and stops at others.
  const isShort = llhttp.messages.length < reference.messages.length &&
    llhttp.rest !== "malformed" && llhttp.rest !== "upgraded";
  const isLong = llhttp.messages.length > reference.messages.length;
  return differing >= 0 || isShort || isLong
    ? [
      `llhttp reads what was forwarded differently: ${
        JSON.stringify({ text, reference, llhttp })
      }`,
    ]
    : [];
}

/** What went upstream is what a reader takes the client's octets for, as far as it reads them. */
function inputFaults(
  all: readonly ReadMessage[],
  input: Reading,
  reader: string,
): string[] {
  for (const [index, message] of all.entries()) {
    const read = input.messages[index];
    if (read === undefined) {
      if (input.rest === "malformed" && reader === "llhttp") return [];
      if (input.rest === "upgraded") return [];
      return [
        `${reader} reads no request ${index}, but it was forwarded: ${
          JSON.stringify(message)
        }`,
      ];
    }
    if (!isSame(message, read)) {
      return [
        `${reader} reads request ${index} as ${
          JSON.stringify(read)
        }, forwarded was ${JSON.stringify(message)}`,
      ];
    }
  }
  return [];
}

function isSame(forwarded: ReadMessage, read: ReadMessage): boolean {
  return forwarded.method === read.method &&
    forwarded.target === originForm(read.target) &&
    forwarded.body === read.body;
}

/** The target as it goes upstream. */
function originForm(target: string): string {
  const absolute = /^https?:\/\/k([/?].*)?$/i.exec(target);
  if (absolute === null) return target;
  const rest = absolute[1] ?? "";
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function fail(): never {
  throw new Error("Node has read too few streams");
}

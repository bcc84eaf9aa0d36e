/** One end of a connection in a test's hands: octets as text, one character each. */

import type { Connection } from "../../../lib/platform.ts";
import { octetsToText, textToOctets } from "../../../lib/wire/octets.ts";

/** How a peer's side ended. */
export type PeerEnd =
  /** With TLS's close_notify. */
  | "orderly"
  /** By TCP alone: the end of what was sent cannot be told from a cut. */
  | "truncated"
  /** By a TCP reset. */
  | "reset";

/** A response as it came. */
export interface RawResponse {
  readonly status: number;
  /** Status line and field lines, with the empty line. */
  readonly head: string;
  /** The octets behind the head that belong to it, the chunked coding included. */
  readonly body: string;
}

/** Says and hears octets. */
export class RawPeer {
  readonly #connection: Connection;
  readonly #buffer = new Uint8Array(64 * 1024);
  #unread = "";
  #received = "";
  #end: PeerEnd | undefined;
  #reading: Promise<boolean> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** All that was read so far. */
  get received(): string {
    return this.#received;
  }

  /** How the other side ended; undefined as long as no read has met its end. */
  get end(): PeerEnd | undefined {
    return this.#end;
  }

  /** Sends all of it in one write, as far as the system takes it. */
  async send(text: string): Promise<void> {
    const octets = textToOctets(text);
    for (let sent = 0; sent < octets.length;) {
      sent += await this.#connection.write(octets.subarray(sent));
    }
  }

  /** Sends it, each octet in a write of its own. */
  async sendByOctet(text: string): Promise<void> {
    for (const octet of text) await this.send(octet);
  }

  /** Reads through the first `marker` and returns all up to its end. */
  async readThrough(marker: string): Promise<string> {
    for (let from = 0;;) {
      const found = this.#unread.indexOf(marker, from);
      if (found >= 0) return this.#take(found + marker.length);
      from = Math.max(0, this.#unread.length - marker.length);
      if (!await this.#fill()) throw this.#shortOf(JSON.stringify(marker));
    }
  }

  /** Reads so many octets. */
  async readExactly(count: number): Promise<string> {
    while (this.#unread.length < count) {
      if (!await this.#fill()) throw this.#shortOf(`${count} octets`);
    }
    return this.#take(count);
  }

  /** Reads up to the empty line, that included. */
  readHead(): Promise<string> {
    return this.readThrough("\r\n\r\n");
  }

  /** Reads one response. */
  async readResponse(method = "GET"): Promise<RawResponse> {
    const head = await this.readHead();
    const status = Number(head.slice(9, 12));
    if (method === "HEAD" || status < 200 || status === 204 || status === 304) {
      return { status, head, body: "" };
    }
    const length = /^content-length: ([0-9]+)\r$/im.exec(head)?.[1];
    if (length !== undefined) {
      return { status, head, body: await this.readExactly(Number(length)) };
    }
    if (/^transfer-encoding: chunked\r$/im.test(head)) {
      return { status, head, body: await this.#readChunks() };
    }
    return { status, head, body: await this.readRest() };
  }

  /** Reads until the other side ends, and returns what came. */
  async readRest(): Promise<string> {
    while (await this.#fill());
    return this.#take(this.#unread.length);
  }

  /** Reads until the other side ends, and tells how it did. */
  async readEnd(): Promise<PeerEnd> {
    while (await this.#fill());
    if (this.#end === undefined) throw new Error("There is no end");
    return this.#end;
  }

  /** Ends this side's sending. */
  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  /** Closes the connection. Harmless when done twice. */
  close(): void {
    try {
      this.#connection.close();
    } catch {
      // It is closed already.
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #readChunks(): Promise<string> {
    let body = "";
    for (;;) {
      const line = await this.readThrough("\r\n");
      const size = parseInt(line, 16);
      body += line;
      if (size === 0) break;
      body += await this.readExactly(size + 2);
    }
    for (;;) {
      const line = await this.readThrough("\r\n");
      body += line;
      if (line === "\r\n") return body;
    }
  }

  #fill(): Promise<boolean> {
    this.#reading ??= this.#read().finally(() => this.#reading = undefined);
    return this.#reading;
  }

  async #read(): Promise<boolean> {
    if (this.#end !== undefined) return false;
    try {
      const count = await this.#connection.read(this.#buffer);
      if (count === null) {
        this.#end = "orderly";
        return false;
      }
      const text = octetsToText(this.#buffer.subarray(0, count));
      this.#unread += text;
      this.#received += text;
      return true;
    } catch (error) {
      this.#end = error instanceof Deno.errors.UnexpectedEof
        ? "truncated"
        : "reset";
      return false;
    }
  }

  #take(count: number): string {
    const text = this.#unread.slice(0, count);
    this.#unread = this.#unread.slice(count);
    return text;
  }

  #shortOf(wanted: string): Error {
    return new Error(
      `The peer ended (${this.#end}) before ${wanted}: ${
        JSON.stringify(this.#unread)
      }`,
    );
  }
}

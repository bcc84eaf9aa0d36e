/**
 * One connection of the load generator.
 *
 * @module
 */

import { connect } from "../../flavors/deno_connect.ts";
import type { Connection } from "../../lib/platform.ts";
import { ByteStream } from "../byte_stream.ts";
import type { Target } from "./job.ts";

const encoder = new TextEncoder();

/** A request's octets, as a client in a pod sends it. */
export function requestOctets(
  target: Target,
  line: string,
  fields: readonly string[] = [],
): Uint8Array {
  return encoder.encode([
    `${line} HTTP/1.1`,
    "Host: 127.0.0.1:6443",
    "User-Agent: app/v1.0 (linux/amd64) kubernetes/unknown",
    "Accept: application/json, */*",
    "Accept-Encoding: gzip",
    ...fields,
    `Authorization: Bearer ${target.token}`,
    "",
    "",
  ].join("\r\n"));
}

/** A client's connection. */
export class Client implements Disposable {
  readonly #connection: Connection;
  readonly stream: ByteStream;

  private constructor(connection: Connection, size: number | undefined) {
    this.#connection = connection;
    this.stream = new ByteStream(connection, size);
  }

  /** Connects; `size` is how much is read at once. */
  static async connect(target: Target, size?: number): Promise<Client> {
    const connection = await connect({
      hostname: "127.0.0.1",
      port: target.port,
      tls: { caCertificates: [target.caCertificate] },
    });
    return new Client(connection, size);
  }

  /** Reads a response's head. Rejects where its status is another one. */
  async expect(status: number): Promise<string> {
    const head = await this.stream.readHead();
    if (head === undefined) {
      throw new TypeError("The connection ended before the answer");
    }
    if (!head.startsWith(`HTTP/1.1 ${status} `)) {
      const [line] = head.split("\r\n", 1);
      throw new TypeError(`Expected ${status}, got: ${line}`);
    }
    return head;
  }

  /** Reads a response, its body included; tells the body's length. */
  async receive(status: number): Promise<number> {
    const head = await this.expect(status);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    await this.stream.skip(length);
    return length;
  }

  /** Reads to the end of what the other side sends. */
  async drain(): Promise<void> {
    while (await this.stream.fill()) this.stream.clear();
  }

  /** Ends this side's sending. */
  async closeWrite(): Promise<void> {
    await this.#connection.closeWrite();
  }

  [Symbol.dispose](): void {
    try {
      this.#connection.close();
    } catch {
      // The other side was first.
    }
  }
}

/**
 * One connection to the origin: its requests, one after another.
 *
 * @module
 */

import type { AcceptedConnection } from "../../lib/platform.ts";
import { ByteStream } from "../byte_stream.ts";
import {
  bodyText,
  emitPath,
  EXEC_PATH,
  RESOURCES,
  UPLOAD_PATH,
} from "./resources.ts";
import type { Watches } from "./watches.ts";

/** The size of a write of a large body. */
const PIECE = 64 * 1024;

const encoder = new TextEncoder();

/** The header fields of a kube-apiserver's answer. */
function head(status: string, fields: readonly string[]): Uint8Array {
  return encoder.encode([
    `HTTP/1.1 ${status}`,
    "Audit-Id: 3c1a6f2e-7d4b-4b55-9d7e-0f6f1a2b3c4d",
    "Cache-Control: no-cache, private",
    "Content-Type: application/json",
    "X-Kubernetes-Pf-Flowschema-Uid: 5a0c3d1e-1111-2222-3333-444455556666",
    "X-Kubernetes-Pf-Prioritylevel-Uid: 6b1d4e2f-1111-2222-3333-444455556666",
    "Date: Thu, 01 Jan 2026 00:00:00 GMT",
    ...fields,
    "",
    "",
  ].join("\r\n"));
}

function response(status: string, length: number): Uint8Array {
  const first = head(status, [`Content-Length: ${length}`]);
  const body = encoder.encode(bodyText(length));
  const all = new Uint8Array(first.length + body.length);
  all.set(first);
  all.set(body, first.length);
  return all;
}

/** Each answer is made once: the origin's own cost is to be small. */
const RESPONSES: ReadonlyMap<string, Uint8Array> = new Map(
  Object.values(RESOURCES).map(({ path, length }) => [
    `GET ${path}`,
    response("200 OK", length),
  ]),
);
const CREATED = response("201 Created", RESOURCES.small.length);
const EMITTED = response("200 OK", 128);
const UNAUTHORIZED = response("401 Unauthorized", 128);
const NOT_FOUND = response("404 Not Found", 128);
const WATCH_HEAD = head("200 OK", ["Transfer-Encoding: chunked"]);
const SWITCH = encoder.encode(
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n",
);

const EMIT_PREFIX = emitPath("all").slice(0, -"all".length);

/** Serves a connection until its client ends it. */
export class OriginConnection {
  readonly #connection: AcceptedConnection;
  readonly #stream: ByteStream;
  readonly #authorization: string;
  readonly #watches: Watches;

  /** @param authorization The only Authorization that is let in. */
  constructor(
    connection: AcceptedConnection,
    authorization: string,
    watches: Watches,
  ) {
    this.#connection = connection;
    this.#stream = new ByteStream(connection);
    this.#authorization = authorization;
    this.#watches = watches;
  }

  /** Serves. Rejects where the connection breaks. */
  async run(): Promise<void> {
    for (;;) {
      const text = await this.#stream.readHead();
      if (text === undefined) return;
      const [line = ""] = text.split("\r\n", 1);
      if (!text.includes(this.#authorization)) {
        return await this.#stream.write(UNAUTHORIZED);
      }
      const [method = "", target = ""] = line.split(" ");
      if (!await this.#answer(method, target, text)) return;
    }
  }

  /** False where the connection is over. */
  async #answer(
    method: string,
    target: string,
    text: string,
  ): Promise<boolean> {
    if (target.includes("watch=true")) {
      await this.#watch(target);
      return false;
    }
    if (target === EXEC_PATH) {
      await this.#exec();
      return false;
    }
    await this.#stream.skip(contentLength(text));
    if (method === "POST" && target === UPLOAD_PATH) {
      await this.#stream.write(CREATED);
    } else if (target.startsWith(EMIT_PREFIX)) {
      const whose = target.slice(EMIT_PREFIX.length);
      await this.#watches.emit(whose);
      await this.#stream.write(EMITTED);
    } else {
      await this.#writeInPieces(
        RESPONSES.get(`${method} ${target}`) ?? NOT_FOUND,
      );
    }
    return true;
  }

  async #writeInPieces(octets: Uint8Array): Promise<void> {
    for (let at = 0; at < octets.length; at += PIECE) {
      await this.#stream.write(octets.subarray(at, at + PIECE));
    }
  }

  async #watch(target: string): Promise<void> {
    const id = /resourceVersion=(\d+)/.exec(target)?.[1] ?? "";
    await this.#stream.write(WATCH_HEAD);
    const remove = this.#watches.add(id, (event) => this.#stream.write(event));
    try {
      // A watch's client says nothing more; what comes is its end.
      while (await this.#stream.fill()) this.#stream.clear();
    } finally {
      remove();
    }
  }

  async #exec(): Promise<void> {
    await this.#stream.write(SWITCH);
    do {
      const octets = this.#stream.take();
      if (octets.length > 0) await this.#stream.write(octets);
    } while (await this.#stream.fill());
    await this.#connection.closeWrite();
  }
}

function contentLength(head: string): number {
  return Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}

import assert from "node:assert/strict";
import type { Connection } from "../../../lib/platform.ts";
import {
  type ClientRequest,
  sendClientRequest,
} from "../../../lib/wire/client_request.ts";
import { ProtocolError } from "../../../lib/wire/protocol_error.ts";

/** A server that says these pieces, one for each read, and then ends, or waits for ever. */
class ScriptedConnection implements Connection {
  readonly #pieces: Uint8Array[];
  readonly #waits: boolean;
  readonly #closed = Promise.withResolvers<null>();
  written = "";
  isClosed = false;

  constructor(pieces: readonly string[], waits = false) {
    this.#pieces = pieces.map((piece) => new TextEncoder().encode(piece));
    this.#waits = waits;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    const piece = this.#pieces.shift();
    if (piece === undefined) {
      return this.#waits ? this.#closed.promise : Promise.resolve(null);
    }
    const taken = piece.subarray(0, buffer.length);
    buffer.set(taken);
    if (taken.length < piece.length) {
      this.#pieces.unshift(piece.subarray(taken.length));
    }
    return Promise.resolve(taken.length);
  }

  write(data: Uint8Array): Promise<number> {
    this.written += new TextDecoder().decode(data);
    return Promise.resolve(data.length);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
    this.#closed.resolve(null);
  }
}

const GET: ClientRequest = {
  method: "GET",
  target: "/api?a=1",
  fields: [["Host", "api.example"]],
};

async function exchange(
  pieces: readonly string[],
  request: ClientRequest = GET,
) {
  const connection = new ScriptedConnection(pieces);
  const { status, body } = await sendClientRequest(
    connection,
    request,
    new AbortController().signal,
  );
  const chunks: string[] = [];
  for await (const chunk of body) chunks.push(new TextDecoder().decode(chunk));
  assert.ok(connection.isClosed);
  return { status, text: chunks.join(""), chunks, written: connection.written };
}

const RESPONSES: Readonly<
  Record<string, readonly [pieces: readonly string[], text: string]>
> = {
  "a body of known length": [
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"],
    "hello",
  ],
  "a body in pieces": [
    ["HTTP/1.1 200 OK\r\nContent-Le", "ngth: 5\r\n\r\nhe", "l", "lo"],
    "hello",
  ],
  "a chunked body": [
    [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nl",
      "lo\r\n0\r\n\r\n",
    ],
    "hello",
  ],
  "a body until the end": [["HTTP/1.1 200 OK\r\n\r\nhel", "lo"], "hello"],
  "no body": [["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], ""],
  "interim responses before it": [
    [
      "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
    "ok",
  ],
};

for (const [what, [pieces, text]] of Object.entries(RESPONSES)) {
  Deno.test(`sendClientRequest() reads ${what}`, async () => {
    const response = await exchange(pieces);
    assert.equal(response.status, 200);
    assert.equal(response.text, text);
  });
}

Deno.test("sendClientRequest() gives each chunk as it comes", async () => {
  const { chunks } = await exchange([
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n",
    "3\r\ntwo\r\n",
    "0\r\n\r\n",
  ]);
  assert.deepEqual(chunks, ["one", "two"]);
});

Deno.test("sendClientRequest() writes the head and the body", async () => {
  const { written } = await exchange(
    ["HTTP/1.1 204 No Content\r\n\r\n"],
    {
      ...GET,
      method: "PATCH",
      body: new TextEncoder().encode("{}"),
    },
  );
  assert.equal(
    written,
    "PATCH /api?a=1 HTTP/1.1\r\nHost: api.example\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
  );
});

const FAULTS: Readonly<Record<string, readonly string[]>> = {
  "no answer": [],
  "half a head": ["HTTP/1.1 200 OK\r\nConte"],
  "no HTTP": ["SSH-2.0-OpenSSH\r\n\r\n"],
  "a body that is cut short": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
  ],
  "chunks that are cut short": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
  ],
  "two lengths": [
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
  ],
  "a switch of protocols": [
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
  ],
  "a head without end": ["HTTP/1.1 200 OK\r\n", "A: b\r\n".repeat(200_000)],
};

for (const [what, pieces] of Object.entries(FAULTS)) {
  Deno.test(`sendClientRequest() refuses ${what}`, async () => {
    await assert.rejects(exchange(pieces), ProtocolError);
  });
}

Deno.test("sendClientRequest() gives up when it is told to", async () => {
  const controller = new AbortController();
  const connection = new ScriptedConnection([], true);
  const answer = sendClientRequest(connection, GET, controller.signal);
  const reason = new Error("Enough");
  controller.abort(reason);
  await assert.rejects(answer, reason);
  assert.ok(connection.isClosed);
});

Deno.test("sendClientRequest() gives up in the middle of a body", async () => {
  const controller = new AbortController();
  const connection = new ScriptedConnection(
    ["HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"],
    true,
  );
  const { body } = await sendClientRequest(connection, GET, controller.signal);
  const reason = new Error("Enough");
  await assert.rejects(async () => {
    for await (const _ of body) controller.abort(reason);
  }, reason);
  assert.ok(connection.isClosed);
});

Deno.test("sendClientRequest() closes when nobody reads on", async () => {
  const connection = new ScriptedConnection(
    ["HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"],
    true,
  );
  const { body } = await sendClientRequest(
    connection,
    GET,
    new AbortController().signal,
  );
  for await (const _ of body) break;
  assert.ok(connection.isClosed);
});

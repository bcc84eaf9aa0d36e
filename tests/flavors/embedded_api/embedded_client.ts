/** A client for tests of the embedded API: fetch with its CA and a token. */

import assert from "node:assert/strict";
import {
  type EmbeddedApi,
  type EmbeddedApiOptions,
  startEmbeddedApi,
} from "../../../flavors/embedded_api/embedded_api.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../../lib/kube/json.ts";

/** What a request may have besides method and path. */
export interface ClientRequest {
  readonly body?: JsonValue;
  readonly contentType?: string;
  readonly accept?: string;
  /** Null: no credentials. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, read to its end. */
export interface ClientAnswer {
  readonly code: number;
  readonly body: JsonObject;
  readonly headers: Headers;
}

/** The events of a watch, one by one. */
export interface WatchReader extends AsyncDisposable {
  /** The next event; fails at the end. */
  next(): Promise<{ type: string; object: JsonObject }>;
  /** Whether the server has ended the watch and nothing is left. */
  isDone(): Promise<boolean>;
}

/** An embedded API and a client of it. */
export class EmbeddedClient implements AsyncDisposable {
  readonly api: EmbeddedApi;
  readonly #client: Deno.HttpClient;

  constructor(api: EmbeddedApi) {
    this.api = api;
    this.#client = Deno.createHttpClient({ caCerts: [api.caCertificate] });
  }

  /** Starts an API with a client of it. */
  static async start(
    options: EmbeddedApiOptions = {},
  ): Promise<EmbeddedClient> {
    return new EmbeddedClient(await startEmbeddedApi(options));
  }

  /** Sends a request; the answer's body is not read yet. */
  async fetch(
    method: string,
    path: string,
    request: ClientRequest = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const { token = this.api.adminToken } = request;
    return await fetch(this.api.url + path, {
      client: this.#client,
      method,
      ...(signal === undefined ? {} : { signal }),
      ...(request.body === undefined
        ? {}
        : { body: JSON.stringify(request.body) }),
      headers: {
        "user-agent": "embedded-test/1.0",
        accept: request.accept ?? "application/json",
        ...(request.body === undefined
          ? {}
          : { "content-type": request.contentType ?? "application/json" }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...request.headers,
      },
    });
  }

  /** Sends a request and reads the JSON answer. */
  async send(
    method: string,
    path: string,
    request: ClientRequest = {},
  ): Promise<ClientAnswer> {
    const response = await this.fetch(method, path, request);
    const body: unknown = await response.json();
    assert.ok(isJsonObject(body));
    return { code: response.status, body, headers: response.headers };
  }

  /** Sends a request that has to succeed, and gives its body. */
  async ok(
    method: string,
    path: string,
    request: ClientRequest = {},
  ): Promise<JsonObject> {
    const { code, body } = await this.send(method, path, request);
    assert.ok(code < 300, `${method} ${path}: ${code} ${JSON.stringify(body)}`);
    return body;
  }

  /** Sends a request that has to be refused, and gives the Status. */
  async refused(
    code: number,
    method: string,
    path: string,
    request: ClientRequest = {},
  ): Promise<JsonObject> {
    const answer = await this.send(method, path, request);
    assert.equal(answer.code, code, JSON.stringify(answer.body));
    assert.equal(answer.body["kind"], "Status");
    assert.equal(answer.body["code"], code);
    return answer.body;
  }

  /** Opens a watch. */
  async watch(
    path: string,
    request: ClientRequest = {},
  ): Promise<WatchReader> {
    const abort = new AbortController();
    const response = await this.fetch("GET", path, request, abort.signal);
    assert.equal(response.status, 200);
    assert.ok(response.body !== null);
    return watchReader(response.body, abort);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.api.close();
  }
}

function watchReader(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  abort: AbortController,
): WatchReader {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const readLine = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf("\n");
      if (end >= 0) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        return line;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  return {
    next: async () => {
      const line = await readLine();
      assert.ok(line !== undefined, "the watch ended");
      const event: unknown = JSON.parse(line);
      assert.ok(isJsonObject(event));
      const { type, object } = event;
      assert.ok(typeof type === "string" && isJsonObject(object));
      return { type, object };
    },
    isDone: async () => await readLine() === undefined,
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await reader.cancel().catch(() => {});
    },
  };
}

/** A pod with one container. */
export function podNamed(name: string, labels: JsonObject = {}): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels },
    spec: { containers: [{ name: "app", image: "example/app:1" }] },
  };
}

/** A config map. */
export function configMapNamed(
  name: string,
  data: JsonObject = {},
): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
}

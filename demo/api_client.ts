/**
 * An ordinary client of the Kubernetes API: the runtime's fetch with a CA and
 * a token. The app of the demo is one, and so is whoever works beside it.
 *
 * @module
 */

import { McaError } from "../lib/errors.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../lib/kube/json.ts";

/** Where the API is, and as whom to talk to it. */
export interface ApiClientOptions {
  /** Without a final slash. */
  readonly url: string;
  /** In PEM. */
  readonly caCertificate: string;
  readonly token: string;
}

/** An answer, read to its end. */
export interface ApiAnswer {
  readonly code: number;
  readonly body: JsonObject;
}

/** One event of a watch. */
export interface ApiEvent {
  readonly type: string;
  readonly object: JsonObject;
}

/** A client that keeps its connections until it is disposed of. */
export class ApiClient implements Disposable {
  readonly #options: ApiClientOptions;
  readonly #http: Deno.HttpClient;

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#http = Deno.createHttpClient({ caCerts: [options.caCertificate] });
  }

  /** Sends a request and reads the answer, whatever its code. */
  async send(
    method: string,
    path: string,
    body?: JsonValue,
    signal?: AbortSignal,
  ): Promise<ApiAnswer> {
    const response = await this.#fetch(method, path, body, signal);
    const answer: unknown = await response.json();
    return { code: response.status, body: isJsonObject(answer) ? answer : {} };
  }

  /**
   * Sends a request that has to succeed.
   *
   * @throws {McaError} `upstream` with the API server's own message.
   */
  async request(
    method: string,
    path: string,
    body?: JsonValue,
    signal?: AbortSignal,
  ): Promise<ApiAnswer> {
    const answer = await this.send(method, path, body, signal);
    if (answer.code < 300) return answer;
    throw new McaError(
      "upstream",
      `${method} ${path} was answered with ${answer.code}: ${
        answer.body["message"]
      }`,
      { hint: "The demo cannot go on; run it again." },
    );
  }

  /** The events of a watch, as they come, until the signal. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<ApiEvent> {
    const response = await this.#fetch("GET", path, undefined, signal);
    if (response.body === null) return;
    let text = "";
    for await (
      const chunk of response.body.pipeThrough(new TextDecoderStream())
    ) {
      text += chunk;
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const event: unknown = JSON.parse(line);
        if (!isJsonObject(event)) continue;
        const { type, object } = event;
        if (typeof type === "string" && isJsonObject(object)) {
          yield { type, object };
        }
      }
    }
  }

  [Symbol.dispose](): void {
    this.#http.close();
  }

  #fetch(
    method: string,
    path: string,
    body: JsonValue | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    return fetch(this.#options.url + path, {
      client: this.#http,
      method,
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        accept: "application/json",
        authorization: `Bearer ${this.#options.token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
    });
  }
}

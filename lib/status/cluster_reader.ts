/**
 * What `mca status` asks an API server.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import {
  ApiClient,
  ApiError,
  type ApiTransport,
  type ObjectReference,
} from "../kube/api_client.ts";
import type { ClusterTarget } from "../kube/cluster_target.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import type { Clock } from "../platform.ts";
import { VERSION } from "../version.ts";
import type { Seen } from "./finding.ts";
import { objectsAt, textAt } from "../kube/object_fields.ts";

/** How many objects to ask for at once. */
const PAGE = 250;
/** How long one answer may take, in milliseconds: a webhook may take 30 seconds of it. */
const TIMEOUT = 40_000;
/** What one answer may come to, in octets: a page of pods that are as large as pods can be. */
const RESPONSE_LIMIT = PAGE * 2 * 1024 * 1024;

/** What a {@link ClusterReader} needs. */
export interface ClusterReaderOptions {
  readonly target: ClusterTarget;
  readonly transport: ApiTransport;
  readonly clock: Pick<Clock, "after">;
}

/** An answer in JSON. */
export interface Answer {
  readonly status: number;
  readonly value: JsonObject;
}

/** Reads from an API server; it never changes anything there. */
export class ClusterReader {
  readonly #options: ClusterReaderOptions;
  readonly #client: ApiClient;

  constructor(options: ClusterReaderOptions) {
    this.#options = options;
    this.#client = new ApiClient(options);
  }

  /**
   * An object by name.
   *
   * @throws {McaError} `upstream` where the API server cannot be asked.
   */
  async see(reference: ObjectReference): Promise<Seen<JsonObject>> {
    try {
      const { object } = await this.#client.read(reference);
      return object === undefined
        ? { kind: "absent" }
        : { kind: "present", value: object };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404) return { kind: "absent" };
      if (error.status !== 403) throw error;
      return { kind: "unreadable", why: error.message };
    }
  }

  /**
   * The objects of a collection, page by page.
   *
   * @throws {McaError} `upstream`; an ApiError where the API server refuses.
   */
  async *list(collection: string): AsyncGenerator<JsonObject> {
    let next = "";
    do {
      const query = new URLSearchParams({
        limit: String(PAGE),
        ...(next === "" ? {} : { continue: next }),
      });
      const { status, value } = await this.#call(
        "GET",
        `${collection}?${query}`,
      );
      if (status !== 200) throw refusal(status, value);
      yield* objectsAt(value, "items");
      next = textAt(value, "metadata", "continue");
    } while (next !== "");
  }

  /**
   * What the API server would make of a new object; nothing is stored.
   *
   * @throws {McaError} `upstream` where the API server cannot be asked.
   */
  async tryCreate(collection: string, object: JsonObject): Promise<Answer> {
    return await this.#call("POST", `${collection}?dryRun=All`, object);
  }

  async #call(
    method: string,
    path: string,
    body?: JsonValue,
  ): Promise<Answer> {
    const controller = new AbortController();
    const cancel = this.#options.clock.after(
      TIMEOUT,
      () =>
        controller.abort(
          new McaError("upstream", "The API server does not answer in time", {
            hint: "Check the address, and what is between.",
          }),
        ),
    );
    try {
      const { target, transport } = this.#options;
      const { status, body: content } = await transport({
        method,
        target: `${target.basePath}${path}`,
        fields: [
          ["Host", target.host],
          ["User-Agent", `mca/${VERSION}`],
          ["Accept", "application/json"],
          ...await target.credentials.headers(),
          ...(body === undefined
            ? []
            : [["Content-Type", "application/json"] as const]),
        ],
        ...(body === undefined
          ? {}
          : { body: new TextEncoder().encode(JSON.stringify(body)) }),
      }, controller.signal);
      return { status, value: await readJson(content) };
    } finally {
      cancel();
    }
  }
}

/** The object in a body; empty where it is none, such as a proxy's page of HTML. */
export async function readJson(
  content: AsyncIterable<Uint8Array>,
): Promise<JsonObject> {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of content) {
    length += piece.length;
    if (length > RESPONSE_LIMIT) {
      throw new McaError("upstream", "The API server's answer is too long", {
        hint: "See that the address is an API server's.",
      });
    }
    pieces.push(decoder.decode(piece, { stream: true }));
  }
  try {
    const value: unknown = JSON.parse(pieces.join(""));
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

function refusal(status: number, value: JsonObject): ApiError {
  const message = textAt(value, "message");
  return new ApiError(
    message === ""
      ? `The API server answered with status ${status}`
      : `The API server answered: ${message}`,
    status,
    { hint: HINTS[status] ?? "See that the address is an API server's." },
  );
}

/** What to do about answers that the user can do something about. */
const HINTS: Readonly<Record<number, string>> = {
  401: "Log in again, or name another kubeconfig or context.",
  403: "Ask for the right to read this, or look with another user.",
};

/**
 * The few calls that MCA itself makes to an API server.
 *
 * @module
 */

import { McaError, type McaErrorOptions } from "../errors.ts";
import type { Clock } from "../platform.ts";
import { VERSION } from "../version.ts";
import type { ClusterTarget, HeaderField } from "./cluster_target.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** A request as it goes out. */
export interface ApiRequest {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly HeaderField[];
  readonly body?: Uint8Array;
}

/** Sends one request; the body of the response comes piece by piece. */
export type ApiTransport = (
  request: ApiRequest,
  signal: AbortSignal,
) => Promise<{
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}>;

/** An object by name. */
export interface ObjectReference {
  /** The path of its collection: `/api/v1/namespaces/default/secrets`. */
  readonly collection: string;
  readonly name: string;
}

/** An object as it was listed; undefined where there is none. */
export interface ListedObject {
  readonly object: JsonObject | undefined;
  /** Where a watch goes on. */
  readonly resourceVersion: string;
}

/** What a request led to, whether the API server took it or not. */
export interface ApiAnswer {
  /** The HTTP status code. */
  readonly status: number;
  /** The object in the body; empty where there is none, such as in a proxy's page of HTML. */
  readonly object: JsonObject;
}

/** What a watch tells. */
export interface WatchEvent {
  readonly type: string;
  readonly object: JsonObject;
}

/** The kinds of patch that are used here, with their media types. */
export const PATCH_TYPES = {
  apply: "application/apply-patch+yaml",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

/** A kind of patch. */
export type PatchType = keyof typeof PATCH_TYPES;

/** An API server answered with an error. */
export class ApiError extends McaError {
  /** The HTTP status code. */
  readonly status: number;

  constructor(message: string, status: number, options: McaErrorOptions = {}) {
    super("upstream", message, options);
    this.status = status;
  }
}

/** How long a request may take, in milliseconds. */
const REQUEST_TIMEOUT = 10_000;
/** How long a watch lasts before it is begun anew, in seconds. */
const WATCH_SECONDS = 240;
/** How much longer than that it may take before the connection counts as dead, in milliseconds. */
const WATCH_SLACK = 30_000;
/** What a response may come to, in octets. */
const RESPONSE_LIMIT = 16 * 1024 * 1024;
/** How many objects to list at once. */
const PAGE = 250;
/** What a page may come to, in octets: objects that are as large as objects can be. */
const PAGE_LIMIT = PAGE * 2 * 1024 * 1024;
/** How long a page, or admission, may take, in milliseconds: a webhook may take 30 seconds. */
const LONG_TIMEOUT = 40_000;

/** What an {@link ApiClient} needs. */
export interface ApiClientOptions {
  readonly target: ClusterTarget;
  readonly transport: ApiTransport;
  readonly clock: Pick<Clock, "after">;
}

/**
 * Reads, patches and watches objects by name. It lists and watches with a field
 * selector rather than getting, so that `list`, `watch` and `patch` on one
 * resource name are all that RBAC has to grant. Lists whole collections too.
 */
export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /**
   * Reads one object.
   *
   * @throws {McaError} `upstream`, an {@link ApiError} where the API server answered.
   */
  async read(
    reference: ObjectReference,
    signal?: AbortSignal,
  ): Promise<ListedObject> {
    const list = await this.#call(
      { method: "GET", target: selecting(reference, {}) },
      signal,
    );
    const { items } = list;
    const found = Array.isArray(items) ? items.find(isJsonObject) : undefined;
    return {
      object: found,
      resourceVersion: text(metadataOf(list)["resourceVersion"]),
    };
  }

  /**
   * The objects of a collection, page by page.
   *
   * @throws {McaError} As {@link read}.
   */
  async *list(collection: string): AsyncGenerator<JsonObject> {
    let next = "";
    do {
      const query = new URLSearchParams({
        limit: String(PAGE),
        ...(next === "" ? {} : { continue: next }),
      });
      const list = await this.#call({
        method: "GET",
        target: `${collection}?${query}`,
        timeout: LONG_TIMEOUT,
        limit: PAGE_LIMIT,
      });
      const { items } = list;
      if (Array.isArray(items)) yield* items.filter(isJsonObject);
      next = text(metadataOf(list)["continue"]);
    } while (next !== "");
  }

  /**
   * What the API server would make of a new object, or has against it; nothing
   * is stored.
   *
   * @throws {McaError} `upstream` where the API server cannot be asked.
   */
  async tryCreate(
    collection: string,
    object: JsonObject,
  ): Promise<ApiAnswer> {
    const { status, content } = await this.#ask({
      method: "POST",
      target: `${collection}?dryRun=All`,
      contentType: "application/json",
      body: utf8.encode(JSON.stringify(object)),
      timeout: LONG_TIMEOUT,
    });
    return { status, object: parseObject(content) ?? {} };
  }

  /**
   * Patches one object and returns what became of it.
   *
   * @throws {McaError} As {@link read}; 409 where a resourceVersion in the patch is not the present one.
   */
  async patch(
    { collection, name }: ObjectReference,
    type: PatchType,
    patch: JsonValue,
    fieldManager: string,
    signal?: AbortSignal,
  ): Promise<JsonObject> {
    return await this.#call({
      method: "PATCH",
      target: `${collection}/${name}?${new URLSearchParams({ fieldManager })}`,
      contentType: PATCH_TYPES[type],
      body: utf8.encode(JSON.stringify(patch)),
    }, signal);
  }

  /**
   * Tells what happens to one object after the resourceVersion, until the API
   * server ends the watch, as it does after some minutes.
   *
   * @throws {McaError} As {@link read}.
   */
  async *watch(
    reference: ObjectReference,
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const controller = new AbortController();
    const cancel = this.#options.clock.after(
      WATCH_SECONDS * 1000 + WATCH_SLACK,
      () => controller.abort(timedOut("The watch")),
    );
    try {
      const response = await this.#send({
        method: "GET",
        target: selecting(reference, {
          watch: "1",
          allowWatchBookmarks: "true",
          timeoutSeconds: String(WATCH_SECONDS),
          resourceVersion,
        }),
      }, AbortSignal.any([signal, controller.signal]));
      if (response.status !== 200) {
        throw apiError(response.status, await readAll(response.body));
      }
      for await (const line of lines(response.body)) {
        yield watchEvent(line);
      }
    } finally {
      cancel();
    }
  }

  async #call(call: Call, signal?: AbortSignal): Promise<JsonObject> {
    const { status, content } = await this.#ask(call, signal);
    if (status < 200 || status > 299) throw apiError(status, content);
    return parseObject(content) ?? unreadable();
  }

  async #ask(
    call: Call,
    signal?: AbortSignal,
  ): Promise<{ readonly status: number; readonly content: string }> {
    const controller = new AbortController();
    const cancel = this.#options.clock.after(
      call.timeout ?? REQUEST_TIMEOUT,
      () => controller.abort(timedOut("The API server's answer")),
    );
    try {
      const { status, body } = await this.#send(
        call,
        signal === undefined
          ? controller.signal
          : AbortSignal.any([signal, controller.signal]),
      );
      return { status, content: await readAll(body, call.limit) };
    } finally {
      cancel();
    }
  }

  async #send(
    call: Call,
    signal: AbortSignal,
  ): ReturnType<ApiTransport> {
    const { credentials } = this.#options.target;
    const response = await this.#sendOnce(call, signal);
    if (response.status !== 401 || !await credentials.refresh()) {
      return response;
    }
    for await (const _ of response.body);
    return await this.#sendOnce(call, signal);
  }

  async #sendOnce(
    { method, target: path, contentType, body }: Call,
    signal: AbortSignal,
  ): ReturnType<ApiTransport> {
    const { target, transport } = this.#options;
    return await transport({
      method,
      target: `${target.basePath}${path}`,
      fields: [
        ["Host", target.host],
        ["User-Agent", `mca/${VERSION}`],
        ["Accept", "application/json"],
        ...await target.credentials.headers(),
        ...(contentType === undefined
          ? []
          : [["Content-Type", contentType] as const]),
      ],
      ...(body === undefined ? {} : { body }),
    }, signal);
  }
}

interface Call {
  readonly method: string;
  readonly target: string;
  readonly contentType?: string;
  readonly body?: Uint8Array;
  /** Milliseconds; {@link REQUEST_TIMEOUT} unless told. */
  readonly timeout?: number;
  /** Octets of the answer; {@link RESPONSE_LIMIT} unless told. */
  readonly limit?: number;
}

const utf8 = new TextEncoder();

function selecting(
  { collection, name }: ObjectReference,
  parameters: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams({
    fieldSelector: `metadata.name=${name}`,
    ...parameters,
  });
  return `${collection}?${query}`;
}

/** The object's metadata; empty where it has none. */
export function metadataOf(object: JsonObject): JsonObject {
  const metadata = object["metadata"];
  return isJsonObject(metadata) ? metadata : {};
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/**
 * The object in a response's body; undefined where it is none.
 *
 * @throws {McaError} `upstream`, where it is longer than an object can be.
 */
export async function readObject(
  body: AsyncIterable<Uint8Array>,
): Promise<JsonObject | undefined> {
  return parseObject(await readAll(body));
}

async function readAll(
  body: AsyncIterable<Uint8Array>,
  limit = RESPONSE_LIMIT,
): Promise<string> {
  const decoder = new TextDecoder();
  let content = "";
  for await (const piece of body) {
    content += decoder.decode(piece, { stream: true });
    if (content.length > limit) {
      throw new McaError("upstream", "The API server's answer is too long");
    }
  }
  return content + decoder.decode();
}

async function* lines(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of body) {
    const parts = `${rest}${decoder.decode(piece, { stream: true })}`
      .split("\n");
    rest = parts.pop() ?? "";
    if (rest.length > RESPONSE_LIMIT) {
      throw new McaError("upstream", "A watch event is too long");
    }
    for (const line of parts) if (line.trim() !== "") yield line;
  }
}

/** @throws {ApiError} Where the event tells of an error, such as 410. */
function watchEvent(line: string): WatchEvent {
  const event = parseObject(line);
  const type = event?.["type"];
  const object = event?.["object"];
  if (typeof type !== "string" || !isJsonObject(object)) unreadable();
  if (type !== "ERROR") return { type, object };
  const { code } = object;
  throw apiError(typeof code === "number" ? code : 500, JSON.stringify(object));
}

/** Not with a cause: a parser's message quotes what it read, which may be a Secret. */
function unreadable(): never {
  throw new McaError("upstream", "The API server's answer cannot be read", {
    hint: "Check that the address is that of an API server.",
  });
}

function parseObject(content: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(content);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const HINTS: ReadonlyMap<number, string> = new Map([
  [401, "Check the credentials: the API server does not know them."],
  [403, "Grant the ServiceAccount what the message names."],
]);

function apiError(status: number, content: string): ApiError {
  const message = text(parseObject(content)?.["message"]);
  const hint = HINTS.get(status);
  return new ApiError(
    message === ""
      ? `The API server answered with status ${status}`
      : `The API server answered: ${message.slice(0, 500)}`,
    status,
    hint === undefined ? {} : { hint },
  );
}

function timedOut(what: string): McaError {
  return new McaError("upstream", `${what} did not come in time`);
}

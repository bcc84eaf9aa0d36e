/**
 * Keeping an eye on one object of an API server.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type { Clock } from "../platform.ts";
import {
  type ApiClient,
  ApiError,
  metadataOf,
  type ObjectReference,
} from "./api_client.ts";
import type { JsonObject } from "./json.ts";

/** Milliseconds until the first new attempt after a failure; doubled up to {@link LONGEST_PAUSE}. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 10_000;

/** What an {@link ObjectWatch} needs. */
export interface ObjectWatchOptions {
  readonly client: Pick<ApiClient, "read" | "watch">;
  readonly reference: ObjectReference;
  readonly clock: Pick<Clock, "after">;
  /** Told of the object when it is first read and each time it changes; undefined where there is none. */
  readonly onObject: (object: JsonObject | undefined) => void;
  /** Told of the first failure in a row, and with undefined when it is over. */
  readonly onFault: (error: McaError | undefined) => void;
}

/**
 * Lists, then watches, and begins again whenever the watch ends. What is told
 * may be late but is never out of order, also where it comes from elsewhere.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export class ObjectWatch {
  readonly #options: ObjectWatchOptions;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #isFailing = false;
  /** The resourceVersion of what was told last. */
  #toldVersion: string | undefined;

  /** Begins at once. */
  constructor(options: ObjectWatchOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  /** Ends it, and waits until nothing is told any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  /** Tells of what the object has become, unless something newer was told already. */
  offer(object: JsonObject): void {
    this.#tell(object, versionOf(object));
  }

  /**
   * Reads the object now, past the watch.
   *
   * @throws {McaError} `upstream`
   */
  async refresh(): Promise<void> {
    const { client, reference } = this.#options;
    const { object, resourceVersion } = await client.read(
      reference,
      this.#stop.signal,
    );
    this.#tell(
      object,
      object === undefined ? resourceVersion : versionOf(object),
    );
  }

  #tell(object: JsonObject | undefined, version: string): void {
    if (!isNewer(version, this.#toldVersion)) return;
    this.#toldVersion = version;
    this.#options.onObject(object);
  }

  async #run(): Promise<void> {
    let pause = FIRST_PAUSE;
    let resourceVersion: string | undefined;
    while (!this.#stop.signal.aborted) {
      try {
        resourceVersion ??= await this.#read();
        pause = FIRST_PAUSE;
        resourceVersion = await this.#watch(resourceVersion);
        // A server that ends each watch at once is not to be asked without end.
        await this.#rest(FIRST_PAUSE);
      } catch (error) {
        resourceVersion = undefined;
        if (this.#stop.signal.aborted) return;
        // After 410 it is read anew: what happened in between is forgotten there.
        const isGone = error instanceof ApiError && error.status === 410;
        if (!this.#isFailing && !isGone) {
          this.#isFailing = true;
          this.#options.onFault(asFault(error));
        }
        await this.#rest(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  async #read(): Promise<string> {
    const { client, reference, onObject, onFault } = this.#options;
    const { object, resourceVersion } = await client.read(
      reference,
      this.#stop.signal,
    );
    if (this.#isFailing) onFault(undefined);
    this.#isFailing = false;
    // Whatever its version: an API server's data may have been set back.
    this.#toldVersion = object === undefined
      ? resourceVersion
      : versionOf(object);
    onObject(object);
    return resourceVersion;
  }

  /** Until the API server ends the watch; the resourceVersion to go on from. */
  async #watch(from: string): Promise<string> {
    const { client, reference } = this.#options;
    let resourceVersion = from;
    const { signal } = this.#stop;
    for await (const event of client.watch(reference, from, signal)) {
      const version = versionOf(event.object);
      if (version !== "") resourceVersion = version;
      if (event.type === "BOOKMARK") continue;
      this.#tell(
        event.type === "DELETED" ? undefined : event.object,
        version,
      );
    }
    return resourceVersion;
  }

  async #rest(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(milliseconds, resolve);
    const { signal } = this.#stop;
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    cancel();
  }
}

/** Whatever it is, the watch has to go on. */
function asFault(error: unknown): McaError {
  if (error instanceof McaError) return error;
  const name = error instanceof Error ? error.name : "Error";
  return new McaError("upstream", `Unexpected ${name} while watching`, {
    cause: error,
  });
}

/** Numbers are compared; of versions that are none, each counts as newer than the one before. */
function isNewer(version: string, than: string | undefined): boolean {
  if (than === undefined) return true;
  const number = /^[0-9]+$/;
  if (!number.test(version) || !number.test(than)) return version !== than;
  return BigInt(version) > BigInt(than);
}

/** The object's resourceVersion; empty where it has none. */
export function versionOf(object: JsonObject): string {
  const version = metadataOf(object)["resourceVersion"];
  return typeof version === "string" ? version : "";
}

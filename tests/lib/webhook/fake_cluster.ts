/**
 * A Secret and a MutatingWebhookConfiguration in memory, with resource
 * versions, conflicts and watches as an API server has them, and clients that
 * can be cut off at any call.
 */

import { McaError } from "../../../lib/errors.ts";
import {
  type ApiClient,
  ApiError,
  type ObjectReference,
  type PatchType,
  type WatchEvent,
} from "../../../lib/kube/api_client.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../../lib/kube/json.ts";

type Client = Pick<ApiClient, "read" | "patch" | "watch">;

/** What a client's owner wants to know and to decide. */
export interface ClientHooks {
  /** Before a patch is carried out; false: the caller dies here. */
  readonly before?: (reference: ObjectReference) => boolean;
  /** After a patch was carried out, before the caller hears of it; false: the caller dies here. */
  readonly after?: (reference: ObjectReference) => boolean;
}

/** A client, and how to cut it off. */
export interface FakeClient {
  readonly client: Client;
  /** Watches tell nothing until {@link FakeClient.release}. */
  hold(): void;
  release(): void;
  /** Every call fails, and so do the watches under way, until {@link FakeClient.mend}. */
  sever(): void;
  mend(): void;
  /** No call returns any more. */
  cut(): void;
}

interface Change {
  readonly name: string;
  readonly version: number;
  readonly event: WatchEvent;
}

const never = () => new Promise<never>(() => {});

/** The objects. */
export class FakeCluster {
  readonly #objects = new Map<string, JsonObject>();
  readonly #changes: Change[] = [];
  readonly #wakers = new Set<() => void>();
  #version = 100;
  #uid = 0;

  /** The object as it is; undefined where there is none. */
  get(name: string): JsonObject | undefined {
    return this.#objects.get(name);
  }

  /** Puts an object in place of whatever is there, as an outsider. */
  put(name: string, object: JsonObject): void {
    const old = this.#objects.get(name);
    const metadata = isJsonObject(old?.["metadata"]) ? old["metadata"] : {
      uid: String(++this.#uid),
    };
    this.#store(name, {
      ...object,
      metadata: { ...metadata, name, resourceVersion: "" },
    }, old === undefined ? "ADDED" : "MODIFIED");
  }

  /** Deletes an object, as an outsider. */
  remove(name: string): void {
    const object = this.#objects.get(name);
    if (object === undefined) return;
    this.#objects.delete(name);
    this.#tell(name, "DELETED", object);
  }

  #store(name: string, object: JsonObject, type: string): JsonObject {
    const stored = this.#tell(name, type, object);
    this.#objects.set(name, stored);
    return stored;
  }

  #tell(name: string, type: string, object: JsonObject): JsonObject {
    const version = ++this.#version;
    const metadata = isJsonObject(object["metadata"]) ? object["metadata"] : {};
    const stored = {
      ...object,
      metadata: { ...metadata, resourceVersion: String(version) },
    };
    this.#changes.push({ name, version, event: { type, object: stored } });
    for (const wake of [...this.#wakers]) wake();
    return stored;
  }

  /** A client of its own for each replica. */
  connect(hooks: ClientHooks = {}): FakeClient {
    let isCut = false;
    let isHeld = false;
    let isSevered = false;
    const pass = () => {
      if (isSevered) throw new McaError("upstream", "Connection refused");
    };
    const wakeAll = () => {
      for (const wake of [...this.#wakers]) wake();
    };
    const client: Client = {
      read: async ({ name }) => {
        await Promise.resolve();
        if (isCut) return await never();
        pass();
        return {
          object: this.#objects.get(name),
          resourceVersion: String(this.#version),
        };
      },
      patch: async (reference, type, patch, fieldManager) => {
        await Promise.resolve();
        if (isCut) return await never();
        pass();
        if (hooks.before?.(reference) === false) return await never();
        const result = this.#patch(reference.name, type, patch, fieldManager);
        if (hooks.after?.(reference) === false) return await never();
        // It was carried out, and the answer is lost.
        pass();
        return result;
      },
      watch: (reference, from, signal) =>
        this.#watch(reference.name, Number(from), signal, {
          isSilent: () => isHeld || isCut,
          pass,
        }),
    };
    return {
      client,
      hold: () => isHeld = true,
      release: () => {
        isHeld = false;
        wakeAll();
      },
      sever: () => {
        isSevered = true;
        wakeAll();
      },
      mend: () => isSevered = false,
      cut: () => isCut = true,
    };
  }

  async *#watch(
    name: string,
    from: number,
    signal: AbortSignal,
    { isSilent, pass }: {
      readonly isSilent: () => boolean;
      /** Throws where the client is severed. */
      readonly pass: () => void;
    },
  ): AsyncGenerator<WatchEvent> {
    let at = this.#changes.findIndex(({ version }) => version > from);
    if (at < 0) at = this.#changes.length;
    while (!signal.aborted) {
      pass();
      const change = isSilent() ? undefined : this.#changes[at];
      if (change !== undefined) {
        at++;
        if (change.name === name) yield change.event;
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wakers.add(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      this.#wakers.delete(resolve);
    }
    signal.throwIfAborted();
  }

  #patch(
    name: string,
    type: PatchType,
    patch: JsonValue,
    fieldManager: string,
  ): JsonObject {
    if (!isJsonObject(patch)) throw new Error("Expected an object");
    const old = this.#objects.get(name);
    const metadata = patch["metadata"];
    const version = isJsonObject(metadata) ? metadata["resourceVersion"] : "";
    if (type === "apply") {
      if (!/^mca-webhook-[0-9a-f]{8}$/.test(fieldManager)) {
        throw new Error("Expected a field manager of its own");
      }
      if (old !== undefined) throw conflict(name);
      return this.#store(name, {
        ...patch,
        metadata: { name, uid: String(++this.#uid) },
      }, "ADDED");
    }
    if (old === undefined) throw new ApiError("Not found", 404);
    const oldMetadata = old["metadata"];
    const present = isJsonObject(oldMetadata)
      ? oldMetadata["resourceVersion"]
      : "";
    if (version !== present) throw conflict(name);
    return this.#store(
      name,
      type === "merge" ? mergeData(old, patch) : mergeWebhooks(old, patch),
      "MODIFIED",
    );
  }
}

function conflict(name: string): ApiError {
  return new ApiError(`${name} has been modified`, 409);
}

function mergeData(old: JsonObject, patch: JsonObject): JsonObject {
  const data: JsonObject = isJsonObject(old["data"]) ? { ...old["data"] } : {};
  const change = isJsonObject(patch["data"]) ? patch["data"] : {};
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete data[key];
    else data[key] = value;
  }
  return { ...old, data };
}

function mergeWebhooks(old: JsonObject, patch: JsonObject): JsonObject {
  const webhooks = Array.isArray(old["webhooks"]) ? old["webhooks"] : [];
  const changes = Array.isArray(patch["webhooks"]) ? patch["webhooks"] : [];
  return {
    ...old,
    webhooks: webhooks.map((webhook) => {
      if (!isJsonObject(webhook)) return webhook;
      const change = changes.find((each) =>
        isJsonObject(each) && each["name"] === webhook["name"]
      );
      if (!isJsonObject(change)) return webhook;
      const config = webhook["clientConfig"];
      const more = change["clientConfig"];
      return {
        ...webhook,
        clientConfig: {
          ...(isJsonObject(config) ? config : {}),
          ...(isJsonObject(more) ? more : {}),
        },
      };
    }),
  };
}

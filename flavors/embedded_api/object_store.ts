/**
 * Objects in memory: one counter of revisions for all of them, and a bounded
 * history from which watches and consistent pages of lists are served.
 *
 * @module
 */

import type { JsonObject } from "../../lib/kube/json.ts";
import { objectAt } from "../../lib/kube/object_fields.ts";
import type { ResourceType } from "./resource_types.ts";

/** One write. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  readonly resource: ResourceType;
  readonly namespace: string;
  readonly name: string;
  /** The object afterwards; for DELETED its last state, with this revision. */
  readonly object: JsonObject;
  /** The object before; undefined for ADDED. */
  readonly previous: JsonObject | undefined;
}

/** An object and where it is kept. */
export interface StoredObject {
  /** Sorts as lists are sorted: by namespace, then name. */
  readonly key: string;
  readonly namespace: string;
  readonly object: JsonObject;
}

/** A resource's objects cannot be had as they were at a revision: it is too old. */
export class HistoryGoneError extends Error {
  override readonly name = "HistoryGoneError";
  /** The oldest revision that the history still reaches. */
  readonly oldest: number;

  constructor(oldest: number) {
    super(`The history begins at revision ${oldest}`);
    this.oldest = oldest;
  }
}

function freeze(object: JsonObject): JsonObject {
  const open: unknown[] = [object];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    open.push(...Object.values(value));
    Object.freeze(value);
  }
  return object;
}

function stamped(object: JsonObject, revision: number): JsonObject {
  return freeze(structuredClone({
    ...object,
    metadata: {
      ...objectAt(object, "metadata"),
      resourceVersion: String(revision),
    },
  }));
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/**
 * The objects of one embedded API. Whatever it hands out is frozen.
 *
 * @example
 * ```ts
 * import { ObjectStore } from "./object_store.ts";
 * import { findResourceType } from "./resource_types.ts";
 *
 * const store = new ObjectStore({ historyLength: 1000 });
 * const pods = findResourceType("", "v1", "pods");
 * if (pods !== undefined) {
 *   store.put(pods, "default", "web", { metadata: { name: "web" } });
 *   store.list(pods, "default").length; // 1
 * }
 * ```
 */
export class ObjectStore {
  readonly #objects = new Map<ResourceType, Map<string, StoredObject>>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #historyLength: number;
  #history: Change[] = [];
  /** The revision that the first change of the history came after. */
  #historyStart = 1;
  #revision = 1;

  constructor(options: { readonly historyLength: number }) {
    this.#historyLength = options.historyLength;
  }

  /** The revision of the latest write. */
  get revision(): number {
    return this.#revision;
  }

  get(
    type: ResourceType,
    namespace: string,
    name: string,
  ): JsonObject | undefined {
    return this.#objects.get(type)?.get(keyOf(namespace, name))?.object;
  }

  /** The objects of a resource, sorted; of one namespace where one is given. */
  list(type: ResourceType, namespace: string | undefined): StoredObject[] {
    return sorted(this.#objects.get(type)?.values() ?? [], namespace);
  }

  /**
   * The objects of a resource as they were at a revision.
   *
   * @throws {HistoryGoneError} Where the history does not reach back so far.
   */
  listAt(
    type: ResourceType,
    namespace: string | undefined,
    revision: number,
  ): StoredObject[] {
    const later = this.changesAfter(revision);
    const objects = new Map(this.#objects.get(type) ?? []);
    for (const change of later.reverse()) {
      if (change.resource !== type) continue;
      const key = keyOf(change.namespace, change.name);
      if (change.previous === undefined) objects.delete(key);
      else {
        objects.set(key, {
          key,
          namespace: change.namespace,
          object: change.previous,
        });
      }
    }
    return sorted(objects.values(), namespace);
  }

  /** Writes an object, new or changed, and gives it back with its new resourceVersion. */
  put(
    type: ResourceType,
    namespace: string,
    name: string,
    object: JsonObject,
  ): JsonObject {
    const key = keyOf(namespace, name);
    const objects = this.#objects.get(type) ?? new Map<string, StoredObject>();
    this.#objects.set(type, objects);
    const previous = objects.get(key)?.object;
    const written = stamped(object, ++this.#revision);
    objects.set(key, { key, namespace, object: written });
    this.#record({
      type: previous === undefined ? "ADDED" : "MODIFIED",
      revision: this.#revision,
      resource: type,
      namespace,
      name,
      object: written,
      previous,
    });
    return written;
  }

  /** Removes an object and gives back its last state; undefined where it was not there. */
  remove(
    type: ResourceType,
    namespace: string,
    name: string,
  ): JsonObject | undefined {
    const objects = this.#objects.get(type);
    const key = keyOf(namespace, name);
    const previous = objects?.get(key)?.object;
    if (previous === undefined) return undefined;
    objects?.delete(key);
    const object = stamped(previous, ++this.#revision);
    this.#record({
      type: "DELETED",
      revision: this.#revision,
      resource: type,
      namespace,
      name,
      object,
      previous,
    });
    return object;
  }

  /**
   * The writes after a revision, oldest first.
   *
   * @throws {HistoryGoneError} Where some of them are forgotten.
   */
  changesAfter(revision: number): Change[] {
    if (revision < this.#historyStart) {
      throw new HistoryGoneError(this.#historyStart);
    }
    return this.#history.filter((change) => change.revision > revision);
  }

  /** Calls `listener` on each write from now on; the returned function ends that. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #record(change: Change): void {
    this.#history.push(change);
    // Cut in bulk: shifting one by one would copy the array on each write.
    if (this.#history.length >= 2 * this.#historyLength) {
      this.#history = this.#history.slice(-this.#historyLength);
      const first = this.#history[0];
      if (first !== undefined) this.#historyStart = first.revision - 1;
    }
    for (const listener of [...this.#listeners]) listener(change);
  }
}

function sorted(
  objects: Iterable<StoredObject>,
  namespace: string | undefined,
): StoredObject[] {
  return [...objects]
    .filter((stored) =>
      namespace === undefined || stored.namespace === namespace
    )
    .sort((left, right) =>
      left.key < right.key ? -1 : left.key > right.key ? 1 : 0
    );
}

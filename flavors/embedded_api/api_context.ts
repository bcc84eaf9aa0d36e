/**
 * What every operation of the embedded API works with.
 *
 * @module
 */

import type { JsonObject } from "../../lib/kube/json.ts";
import type { Clock } from "../../lib/platform.ts";
import type { AccountAccess } from "./accounts.ts";
import { notFound } from "./api_error.ts";
import type { FieldWriter } from "./managed_fields.ts";
import type { ObjectStore } from "./object_store.ts";
import type { ResourceType } from "./resource_types.ts";
import type { TokenRegistry } from "./tokens.ts";

/** The state of one embedded API and the effects it may use. */
export interface ApiContext {
  readonly store: ObjectStore;
  readonly tokens: TokenRegistry;
  /** What ServiceAccounts may do: there is no RBAC here. */
  readonly serviceAccountAccess: AccountAccess;
  readonly clock: Pick<Clock, "now" | "after">;
  readonly crypto: Pick<Crypto, "getRandomValues" | "randomUUID">;
}

/** Which object or objects a request is about. */
export interface ObjectTarget {
  readonly type: ResourceType;
  /** Empty: all of them, or the cluster's scope. */
  readonly namespace: string;
  readonly name: string;
  /** `status`, or empty. */
  readonly subresource: string;
}

/** Milliseconds since the Unix epoch as metav1.Time: RFC 3339 in whole seconds. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** What a client may ask of any write. */
export interface WriteOptions {
  /** Do everything but store the result. */
  readonly dryRun: boolean;
  /** Who is recorded as the fields' manager. */
  readonly manager: string;
}

/** The writer that a request stands for. */
export function updateWriter(
  context: ApiContext,
  target: ObjectTarget,
  options: WriteOptions,
): FieldWriter {
  return {
    manager: options.manager,
    operation: "Update",
    subresource: target.subresource,
    time: formatTime(context.clock.now()),
  };
}

/**
 * The object that a target names.
 *
 * @throws {ApiError} 404.
 */
export function storedObject(
  context: ApiContext,
  { type, namespace, name }: ObjectTarget,
): JsonObject {
  const object = context.store.get(type, namespace, name);
  if (object === undefined) throw notFound(type, name);
  return object;
}

/** Stores an object as it is and gives it back with its resourceVersion; a dry run stores nothing. */
export function storeObject(
  context: ApiContext,
  { type, namespace }: ObjectTarget,
  name: string,
  object: JsonObject,
  options: WriteOptions,
): JsonObject {
  if (options.dryRun) return object;
  return context.store.put(type, namespace, name, object);
}

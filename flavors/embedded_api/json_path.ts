/**
 * Reading open JSON by path, without knowing the rest of the object.
 *
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";

/**
 * The value at a path of field names; undefined where there is none.
 *
 * @example
 * ```ts
 * import { valueAt } from "./json_path.ts";
 *
 * valueAt({ metadata: { name: "a" } }, "metadata", "name"); // "a"
 * ```
 */
export function valueAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): JsonValue | undefined {
  let found = value;
  for (const field of path) {
    if (!isJsonObject(found) || !Object.hasOwn(found, field)) return undefined;
    found = found[field];
  }
  return found;
}

/** The text at a path; empty where there is none. */
export function textAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): string {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The number at a path; 0 where there is none. */
export function numberAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): number {
  const found = valueAt(value, ...path);
  return typeof found === "number" ? found : 0;
}

/** The object at a path; a new empty one where there is none. */
export function objectAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): JsonObject {
  const found = valueAt(value, ...path);
  return isJsonObject(found) ? found : {};
}

/** The list at a path; an empty one where there is none. */
export function listAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): readonly JsonValue[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

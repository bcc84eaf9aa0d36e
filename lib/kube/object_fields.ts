/**
 * Reading fields of open objects without knowing the rest of them: what is not
 * there, or is of another type, counts as empty.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/**
 * The value at the path; undefined where it does not go that far.
 *
 * @example
 * ```ts
 * import { valueAt } from "./object_fields.ts";
 *
 * console.log(valueAt({ metadata: { name: "a" } }, "metadata", "name")); // a
 * ```
 */
export function valueAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (at, key) =>
      isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined,
    value,
  );
}

/** The object at the path. */
export function objectAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): JsonObject {
  const found = valueAt(value, ...path);
  return isJsonObject(found) ? found : {};
}

/** The objects in the list at the path. */
export function objectsAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): JsonObject[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
}

/** The list at the path. */
export function listAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): readonly JsonValue[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The text at the path. */
export function textAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): string {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The number at the path. */
export function numberAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): number {
  const found = valueAt(value, ...path);
  return typeof found === "number" ? found : 0;
}

/** The texts in the object at the path, by name: labels. */
export function textsAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(objectAt(value, ...path))) {
    if (typeof text === "string") texts[key] = text;
  }
  return texts;
}

/** The time at the path in milliseconds since the Unix epoch; NaN where there is none. */
export function timeAt(
  value: JsonValue | undefined,
  ...path: readonly string[]
): number {
  return Date.parse(textAt(value, ...path));
}

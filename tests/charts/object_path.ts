/** Looking into objects whose shape a test knows. */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";

/** What stands at the path; undefined where it does not go that far. */
export function at(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (found, key) =>
      Array.isArray(found)
        ? found[Number(key)]
        : isJsonObject(found)
        ? found[key]
        : undefined,
    value,
  );
}

/** The object at the path; empty where there is none. */
export function objectAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): JsonObject {
  const found = at(value, ...path);
  return isJsonObject(found) ? found : {};
}

/** The objects in the list at the path; none where there is no list. */
export function objectsAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): JsonObject[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
}

/** The text at the path; empty where there is none. */
export function textAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The texts in the object at the path: labels, a selector. */
export function textsAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectAt(value, ...path)).map((
      [key, text],
    ) => [key, String(text)]),
  );
}

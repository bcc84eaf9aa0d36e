/**
 * JSON values as Kubernetes uses them: open objects whose unknown fields pass
 * through untouched.
 *
 * @module
 */

/** A JSON object with fields that nobody has to know. */
export interface JsonObject {
  /** Any field. */
  [field: string]: JsonValue;
}

/** Any JSON value (RFC 8259). */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | JsonValue[]
  | JsonObject;

/** Whether the value is a JSON object: not null, not a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

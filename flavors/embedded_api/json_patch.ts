/**
 * JSON patches as clients send them: checked, and with the operations that
 * MCA itself never makes, `move` and `copy` (RFC 6902, section 4).
 *
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";
import { apply, type JsonPatchOperation } from "../../lib/kube/json_patch.ts";
import { parsePointer } from "../../lib/kube/json_pointer.ts";
import { McaError } from "../../lib/errors.ts";
import { valueAt } from "../../lib/kube/object_fields.ts";

function fault(message: string): McaError {
  return new McaError("manifest", message, {
    hint: "Write the patch as RFC 6902 has it.",
  });
}

function pointerOf(operation: JsonObject, field: "path" | "from"): string {
  const pointer = operation[field];
  if (typeof pointer === "string") return pointer;
  throw fault(`Expected the ${field} of an operation to be a JSON pointer`);
}

function valueOf(operation: JsonObject): JsonValue {
  const value = operation["value"];
  if (value !== undefined) return value;
  throw fault("Expected an operation to have a value");
}

/** What is at a pointer. */
function read(document: JsonValue, pointer: string): JsonValue {
  let value: JsonValue | undefined = document;
  for (const token of parsePointer(pointer)) {
    value = Array.isArray(value) ? value[Number(token)] : valueAt(value, token);
  }
  if (value === undefined) throw fault(`Nothing is at ${pointer}`);
  return value;
}

/** Each operation as one or two of those that the library knows. */
const OPERATIONS: Readonly<
  Record<
    string,
    (
      operation: JsonObject,
      path: string,
      document: JsonValue,
    ) => JsonPatchOperation[]
  >
> = {
  add: (operation, path) => [{ op: "add", path, value: valueOf(operation) }],
  replace: (operation, path) => [
    { op: "replace", path, value: valueOf(operation) },
  ],
  test: (operation, path) => [{ op: "test", path, value: valueOf(operation) }],
  remove: (_operation, path) => [{ op: "remove", path }],
  copy: (operation, path, document) => [
    { op: "add", path, value: read(document, pointerOf(operation, "from")) },
  ],
  move: (operation, path, document) => {
    const from = pointerOf(operation, "from");
    const value = read(document, from);
    return [{ op: "remove", path: from }, { op: "add", path, value }];
  },
};

/**
 * The document with a JSON patch applied, all of it or none. The document
 * given does not change.
 *
 * @throws {McaError} `manifest` where the patch is malformed or does not fit.
 * @example
 * ```ts
 * import { applyJsonPatch } from "./json_patch.ts";
 *
 * applyJsonPatch({ a: [1] }, [{ op: "copy", from: "/a/0", path: "/a/-" }]); // { a: [1, 1] }
 * ```
 */
export function applyJsonPatch(
  document: JsonValue,
  patch: JsonValue,
): JsonValue {
  if (!Array.isArray(patch)) throw fault("Expected a list of operations");
  return patch.reduce<JsonValue>((value, operation) => {
    const op = isJsonObject(operation) ? operation["op"] : undefined;
    const expand = typeof op === "string" && Object.hasOwn(OPERATIONS, op)
      ? OPERATIONS[op]
      : undefined;
    if (!isJsonObject(operation) || expand === undefined) {
      throw fault(`Unknown operation ${JSON.stringify(op ?? null)}`);
    }
    return apply(
      expand(operation, pointerOf(operation, "path"), value),
      value,
    );
  }, document);
}

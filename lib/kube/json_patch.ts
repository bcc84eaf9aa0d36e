/**
 * JSON Patch (RFC 6902).
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { isEqual } from "./json_equality.ts";
import { escapeToken, parsePointer } from "./json_pointer.ts";
import { alignLists } from "./list_alignment.ts";

/** One operation of a patch (RFC 6902, section 4); those that {@link diff} makes. */
export type JsonPatchOperation =
  | {
    readonly op: "add" | "replace" | "test";
    readonly path: string;
    readonly value: JsonValue;
  }
  | { readonly op: "remove"; readonly path: string };

/** A patch: operations, applied in order. */
export type JsonPatch = readonly JsonPatchOperation[];

/**
 * The operations that make `after` of `before`. Lists are compared item by
 * item: an item that was put in or taken out is one operation, and items that
 * stayed are entered. Objects in a list are told apart by `mountPath` or `name`
 * where they have one, as Kubernetes tells them apart.
 *
 * @example
 * ```ts
 * import { diff } from "./json_patch.ts";
 *
 * const patch = diff({ env: [{ name: "A" }] }, {
 *   env: [{ name: "B" }, { name: "A" }],
 * });
 * console.log(patch); // [{ op: "add", path: "/env/0", value: { name: "B" } }]
 * ```
 */
export function diff(
  before: JsonValue,
  after: JsonValue,
): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  compare(before, after, "", operations);
  return operations;
}

function compare(
  before: JsonValue,
  after: JsonValue,
  path: string,
  operations: JsonPatchOperation[],
): void {
  if (before === after) return;
  if (isJsonObject(before) && isJsonObject(after)) {
    compareObjects(before, after, path, operations);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, path, operations);
  } else {
    operations.push({ op: "replace", path, value: after });
  }
}

function compareObjects(
  before: JsonObject,
  after: JsonObject,
  path: string,
  operations: JsonPatchOperation[],
): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) {
      operations.push({ op: "remove", path: `${path}/${escapeToken(key)}` });
    }
  }
  for (const [key, value] of Object.entries(after)) {
    const at = `${path}/${escapeToken(key)}`;
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (old === undefined) operations.push({ op: "add", path: at, value });
    else compare(old, value, at, operations);
  }
}

function compareLists(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  path: string,
  operations: JsonPatchOperation[],
): void {
  const pairs = alignLists(before, after);
  const keptBefore = new Set(pairs.map(([index]) => index));
  const keptAfter = new Set(pairs.map(([, index]) => index));
  for (let index = before.length - 1; index >= 0; index--) {
    if (!keptBefore.has(index)) {
      operations.push({ op: "remove", path: `${path}/${index}` });
    }
  }
  after.forEach((value, index) => {
    if (!keptAfter.has(index)) {
      operations.push({ op: "add", path: `${path}/${index}`, value });
    }
  });
  for (const [from, to] of pairs) {
    compare(
      before[from] ?? null,
      after[to] ?? null,
      `${path}/${to}`,
      operations,
    );
  }
}

function failed(operation: JsonPatchOperation, why: string): McaError {
  return new McaError(
    "manifest",
    `Patch operation ${operation.op} at ${operation.path || "the root"} ${why}`,
    { hint: "The patch was made for another object; make it anew." },
  );
}

function listIndex(
  token: string,
  length: number,
  operation: JsonPatchOperation,
): number {
  // RFC 6901, section 4: digits without leading zeros.
  const index = /^(?:0|[1-9]\d*)$/.test(token) ? Number(token) : NaN;
  if (!(index <= length)) throw failed(operation, "has no such place");
  return index;
}

/**
 * The document with the patch applied. Pure: the input is never changed.
 *
 * @throws {McaError} `manifest` where an operation does not fit the document
 *   (RFC 6902, section 5).
 *
 * @example
 * ```ts
 * import { apply } from "./json_patch.ts";
 *
 * console.log(apply([{ op: "remove", path: "/a" }], { a: 1, b: 2 })); // { b: 2 }
 * ```
 */
export function apply(patch: JsonPatch, document: JsonValue): JsonValue {
  return patch.reduce<JsonValue>(
    (value, operation) =>
      applyAt(value, parsePointer(operation.path), operation),
    document,
  );
}

function applyAt(
  value: JsonValue,
  path: readonly string[],
  operation: JsonPatchOperation,
): JsonValue {
  const [token, ...rest] = path;
  if (token === undefined) return applyHere(value, operation);
  if (Array.isArray(value)) return applyToList(value, token, rest, operation);
  if (!isJsonObject(value)) throw failed(operation, "has no such place");
  return applyToObject(value, token, rest, operation);
}

function applyHere(
  value: JsonValue,
  operation: JsonPatchOperation,
): JsonValue {
  if (operation.op === "remove") {
    throw failed(operation, "would leave nothing");
  }
  if (
    operation.op === "test" && !isEqual(value, operation.value)
  ) throw failed(operation, "found another value");
  return operation.value;
}

function applyToObject(
  value: JsonObject,
  token: string,
  rest: readonly string[],
  operation: JsonPatchOperation,
): JsonValue {
  const child = Object.hasOwn(value, token) ? value[token] : undefined;
  if (rest.length === 0 && operation.op === "add") {
    return { ...value, [token]: operation.value };
  }
  if (child === undefined) throw failed(operation, "has no such place");
  if (rest.length === 0 && operation.op === "remove") {
    const { [token]: _, ...others } = value;
    return others;
  }
  return { ...value, [token]: applyAt(child, rest, operation) };
}

function applyToList(
  value: readonly JsonValue[],
  token: string,
  rest: readonly string[],
  operation: JsonPatchOperation,
): JsonValue {
  const adds = rest.length === 0 && operation.op === "add";
  const index = adds && token === "-"
    ? value.length
    : listIndex(token, value.length - (adds ? 0 : 1), operation);
  const before = value.slice(0, index);
  if (adds) return [...before, operation.value, ...value.slice(index)];
  const after = value.slice(index + 1);
  if (rest.length === 0 && operation.op === "remove") {
    return [...before, ...after];
  }
  return [...before, applyAt(value[index] ?? null, rest, operation), ...after];
}

/**
 * Applying a JSON patch (RFC 6902).
 *
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";
import { jsonEquals } from "./json_path.ts";

/** A JSON patch that is malformed or does not fit the document. */
export class JsonPatchError extends Error {
  override readonly name = "JsonPatchError";
}

/** The tokens of a JSON pointer (RFC 6901). */
function parsePointer(pointer: JsonValue | undefined): string[] {
  if (
    typeof pointer !== "string" || (pointer !== "" && !pointer.startsWith("/"))
  ) {
    throw new JsonPatchError("Expected a JSON pointer");
  }
  return pointer.split("/").slice(1).map((token) =>
    token.replaceAll("~1", "/").replaceAll("~0", "~")
  );
}

/** The index that a token stands for; -1 where it stands for none. */
function listIndex(list: readonly JsonValue[], token: string): number {
  if (token === "-") return list.length;
  return /^(0|[1-9][0-9]*)$/.test(token) ? Number(token) : -1;
}

function read(document: JsonValue, tokens: readonly string[]): JsonValue {
  let value = document;
  for (const token of tokens) {
    const next: JsonValue | undefined = Array.isArray(value)
      ? value[listIndex(value, token)]
      : isJsonObject(value) && Object.hasOwn(value, token)
      ? value[token]
      : undefined;
    if (next === undefined) {
      throw new JsonPatchError(`Nothing is at /${tokens.join("/")}`);
    }
    value = next;
  }
  return value;
}

function add(
  document: JsonValue,
  tokens: readonly string[],
  value: JsonValue,
): JsonValue {
  const token = tokens.at(-1);
  if (token === undefined) return value;
  const parent = read(document, tokens.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = listIndex(parent, token);
    if (index < 0 || index > parent.length) {
      throw new JsonPatchError(`No index ${token} in a list`);
    }
    parent.splice(index, 0, value);
  } else if (isJsonObject(parent)) {
    parent[token] = value;
  } else throw new JsonPatchError(`Nothing can be in /${tokens.join("/")}`);
  return document;
}

function remove(document: JsonValue, tokens: readonly string[]): JsonValue {
  const token = tokens.at(-1);
  if (token === undefined) return null;
  read(document, tokens);
  const parent = read(document, tokens.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(listIndex(parent, token), 1);
  else if (isJsonObject(parent)) delete parent[token];
  return document;
}

function valueOf(operation: JsonObject): JsonValue {
  const value = operation["value"];
  if (value === undefined) throw new JsonPatchError("Expected a value");
  return structuredClone(value);
}

/** Each operation; the document is its own to change. */
const OPERATIONS: Readonly<
  Record<
    string,
    (
      document: JsonValue,
      path: readonly string[],
      operation: JsonObject,
    ) => JsonValue
  >
> = {
  add: (document, path, operation) => add(document, path, valueOf(operation)),
  remove: (document, path) => remove(document, path),
  replace: (document, path, operation) => {
    const value = valueOf(operation);
    return path.length === 0 ? value : add(remove(document, path), path, value);
  },
  move: (document, path, operation) => {
    const from = parsePointer(operation["from"]);
    const value = read(document, from);
    return add(remove(document, from), path, value);
  },
  copy: (document, path, operation) =>
    add(
      document,
      path,
      structuredClone(read(document, parsePointer(operation["from"]))),
    ),
  test: (document, path, operation) => {
    if (!jsonEquals(read(document, path), valueOf(operation))) {
      throw new JsonPatchError(`The test of /${path.join("/")} failed`);
    }
    return document;
  },
};

/**
 * The document with a JSON patch applied, all of it or none. The document
 * given does not change.
 *
 * @throws {JsonPatchError} Where an operation cannot be done.
 * @example
 * ```ts
 * import { applyJsonPatch } from "./json_patch.ts";
 *
 * applyJsonPatch({ a: [1] }, [{ op: "add", path: "/a/-", value: 2 }]); // { a: [1, 2] }
 * ```
 */
export function applyJsonPatch(
  document: JsonValue,
  patch: JsonValue,
): JsonValue {
  if (!Array.isArray(patch)) throw new JsonPatchError("Expected a list");
  let result = structuredClone(document);
  for (const operation of patch) {
    if (!isJsonObject(operation)) {
      throw new JsonPatchError("Expected an operation");
    }
    const op = operation["op"];
    const apply = typeof op === "string" && Object.hasOwn(OPERATIONS, op)
      ? OPERATIONS[op]
      : undefined;
    if (apply === undefined) throw new JsonPatchError("Unknown operation");
    result = apply(result, parsePointer(operation["path"]), operation);
  }
  return result;
}

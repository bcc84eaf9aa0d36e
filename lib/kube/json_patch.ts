/**
 * JSON Patch (RFC 6902) and JSON Pointer (RFC 6901).
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

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

/** A reference token as it stands in a pointer (RFC 6901, section 3). */
export function escapeToken(token: string | number): string {
  return String(token).replaceAll("~", "~0").replaceAll("/", "~1");
}

/**
 * The pointer to the value at the path: `["metadata", "a/b", 0]` gives
 * `/metadata/a~1b/0`.
 */
export function formatPointer(path: readonly (string | number)[]): string {
  return path.map((token) => `/${escapeToken(token)}`).join("");
}

/**
 * The reference tokens of a pointer (RFC 6901, section 4).
 *
 * @throws {McaError} `manifest` where the text is not a pointer.
 */
export function parsePointer(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) {
    throw new McaError("manifest", `Not a JSON Pointer: ${pointer}`, {
      hint: "A pointer is empty or begins with a slash; ~ is written ~0.",
    });
  }
  return pointer.slice(1).split("/").map((token) =>
    token.replaceAll("~1", "/").replaceAll("~0", "~")
  );
}

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

/** What tells an item of a list from the others. */
function identify(item: JsonValue): string {
  if (isJsonObject(item)) {
    const { mountPath, name } = item;
    if (typeof mountPath === "string") return `mountPath ${mountPath}`;
    if (typeof name === "string") return `name ${name}`;
  }
  return `value ${JSON.stringify(item)}`;
}

function compareLists(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  path: string,
  operations: JsonPatchOperation[],
): void {
  const pairs = align(before, after);
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

/** A pair of indices: an item's place before and after. */
type Pair = readonly [before: number, after: number];

/** The items that stayed: pairs of equal identity, in an order that both lists keep. */
function align(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
): Pair[] {
  const from = before.map(identify);
  const to = after.map(identify);
  const pairs: Pair[] = [];
  let head = 0;
  while (
    head < from.length && head < to.length &&
    isSame(from, to, before, after, head, head)
  ) pairs.push([head, head++]);
  const tail: Pair[] = [];
  let [lastFrom, lastTo] = [from.length - 1, to.length - 1];
  while (
    lastFrom >= head && lastTo >= head &&
    isSame(from, to, before, after, lastFrom, lastTo)
  ) tail.push([lastFrom--, lastTo--]);
  const weigh = (a: number, b: number) =>
    from[a] !== to[b] ? 0 : isEqual(before[a], after[b]) ? 3 : 2;
  return [
    ...pairs,
    ...alignMiddle(head, lastFrom + 1, head, lastTo + 1, weigh),
    ...tail.reverse(),
  ];
}

function isSame(
  from: readonly string[],
  to: readonly string[],
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  a: number,
  b: number,
): boolean {
  return from[a] === to[b] && isEqual(before[a], after[b]);
}

/** The heaviest common subsequence, by the table of weights from the end: an unchanged item is kept rather than a changed one. */
function alignMiddle(
  fromStart: number,
  fromEnd: number,
  toStart: number,
  toEnd: number,
  weigh: (a: number, b: number) => number,
): Pair[] {
  if (fromStart === fromEnd || toStart === toEnd) return [];
  const width = toEnd - toStart + 1;
  const weights = new Uint32Array((fromEnd - fromStart + 1) * width);
  const index = (a: number, b: number) =>
    (a - fromStart) * width + (b - toStart);
  const at = (a: number, b: number) => weights[index(a, b)] ?? 0;
  const kept = (a: number, b: number) => {
    const weight = weigh(a, b);
    return weight === 0 ? 0 : weight + at(a + 1, b + 1);
  };
  for (let a = fromEnd - 1; a >= fromStart; a--) {
    for (let b = toEnd - 1; b >= toStart; b--) {
      weights[index(a, b)] = Math.max(
        at(a + 1, b),
        at(a, b + 1),
        kept(a, b),
      );
    }
  }
  const pairs: Pair[] = [];
  let [a, b] = [fromStart, toStart];
  while (a < fromEnd && b < toEnd) {
    if (at(a, b) === at(a + 1, b)) a++;
    else if (at(a, b) === at(a, b + 1)) b++;
    else pairs.push([a++, b++]);
  }
  return pairs;
}

/** Whether two JSON values are equal; the order of an object's fields does not count. */
export function isEqual(
  a: JsonValue | undefined,
  b: JsonValue | undefined,
): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length &&
      a.every((item, index) => isEqual(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
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

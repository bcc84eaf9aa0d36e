/**
 * Sets of field paths: what `metadata.managedFields` records (format
 * FieldsV1). A path is written with one element per line.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#managing-fields
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";
import { isAtomicObject, itemKey, listKeysOf } from "./list_keys.ts";

/** Between the elements of a path: they hold JSON or field names, never a line feed. */
const SEPARATOR = "\n";

/** Fields that belong to nobody: they say which object it is, or are the server's own. */
const UNOWNED = new Set([
  "f:apiVersion",
  "f:kind",
  ...[
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generateName",
    "generation",
    "managedFields",
    "name",
    "namespace",
    "resourceVersion",
    "selfLink",
    "uid",
  ].map((field) => `f:metadata${SEPARATOR}f:${field}`),
]);

/** The element of a path for an item of a keyed list. */
function keyElement(key: JsonObject): string {
  const sorted = Object.entries(key).sort(([left], [right]) =>
    left < right ? -1 : 1
  );
  return `k:${JSON.stringify(Object.fromEntries(sorted))}`;
}

/**
 * The paths of an object's leaves with their values. A keyed list's items
 * have a path of their own, ending in `.`.
 *
 * @example
 * ```ts
 * import { fieldPaths } from "./field_sets.ts";
 *
 * fieldPaths({ spec: { replicas: 2 } }); // Map { "f:spec\nf:replicas" => 2 }
 * ```
 */
export function fieldPaths(object: JsonObject): Map<string, JsonValue> {
  const paths = new Map<string, JsonValue>();
  collectFields(object, "", paths);
  return paths;
}

function collectFields(
  object: JsonObject,
  prefix: string,
  paths: Map<string, JsonValue>,
): void {
  for (const [field, value] of Object.entries(object)) {
    const path = `${prefix}f:${field}`;
    if (!UNOWNED.has(path)) collect(field, value, path, paths);
  }
}

function collect(
  field: string,
  value: JsonValue,
  path: string,
  paths: Map<string, JsonValue>,
): void {
  if (isJsonObject(value)) {
    const isLeaf = Object.keys(value).length === 0 || isAtomicObject(field);
    if (isLeaf) paths.set(path, value);
    else collectFields(value, path + SEPARATOR, paths);
    return;
  }
  if (!Array.isArray(value)) {
    paths.set(path, value);
    return;
  }
  const keys = listKeysOf(field, value);
  for (const item of keys.type === "atomic" ? [] : value) {
    if (keys.type === "set") {
      paths.set(`${path}${SEPARATOR}v:${JSON.stringify(item)}`, true);
    }
    const key = keys.type === "map" ? itemKey(item, keys.fields) : undefined;
    if (key === undefined || !isJsonObject(item)) continue;
    const itemPath = path + SEPARATOR + keyElement(key) + SEPARATOR;
    paths.set(`${itemPath}.`, true);
    collectFields(item, itemPath, paths);
  }
  if (keys.type === "atomic") paths.set(path, value);
}

/** The set in the format FieldsV1. */
export function toFieldsV1(paths: Iterable<string>): JsonObject {
  const fields: JsonObject = {};
  for (const path of [...paths].sort()) {
    let place = fields;
    for (const element of path.split(SEPARATOR)) {
      const next = place[element];
      const inner: JsonObject = isJsonObject(next) ? next : {};
      place[element] = inner;
      place = inner;
    }
  }
  return fields;
}

/** The set that a FieldsV1 value stands for. */
export function fromFieldsV1(fields: JsonValue | undefined): Set<string> {
  const paths = new Set<string>();
  const walk = (value: JsonValue | undefined, prefix: string): void => {
    if (!isJsonObject(value)) return;
    for (const [element, inner] of Object.entries(value)) {
      const path = prefix === "" ? element : prefix + SEPARATOR + element;
      if (isJsonObject(inner) && Object.keys(inner).length > 0) {
        walk(inner, path);
      } else paths.add(path);
    }
  };
  walk(fields, "");
  return paths;
}

/** The path as Kubernetes' messages write it: `.spec.containers[name="app"].image`. */
export function formatPath(path: string): string {
  return path.split(SEPARATOR).map((element) => {
    if (element.startsWith("f:")) return `.${element.slice(2)}`;
    if (element.startsWith("v:")) return `[=${element.slice(2)}]`;
    if (!element.startsWith("k:")) return "";
    const key: unknown = JSON.parse(element.slice(2));
    const pairs = isJsonObject(key) ? Object.entries(key) : [];
    return `[${
      pairs.map(([field, value]) => `${field}=${JSON.stringify(value)}`).join(
        ",",
      )
    }]`;
  }).join("");
}

/** Whether a set holds something below the keyed item or field at `path`. */
export function ownsWithin(paths: Iterable<string>, path: string): boolean {
  const prefix = path.endsWith(`${SEPARATOR}.`)
    ? path.slice(0, -1)
    : path + SEPARATOR;
  for (const other of paths) {
    if (other !== path && other.startsWith(prefix)) return true;
  }
  return false;
}

/** Removes what is at a path from an object, and the objects that this leaves empty. */
export function removePath(object: JsonObject, path: string): void {
  removeElements(object, path.split(SEPARATOR));
}

function removeElements(
  object: JsonObject,
  elements: readonly string[],
): void {
  const [first, second, ...rest] = elements;
  if (first === undefined || !first.startsWith("f:")) return;
  const field = first.slice(2);
  const value = object[field];
  if (second === undefined) {
    delete object[field];
  } else if (Array.isArray(value)) {
    object[field] = removeFromList(value, second, rest);
    if (object[field].length === 0) delete object[field];
  } else if (isJsonObject(value)) {
    removeElements(value, [second, ...rest]);
    if (Object.keys(value).length === 0) delete object[field];
  }
}

function removeFromList(
  items: readonly JsonValue[],
  element: string,
  rest: readonly string[],
): JsonValue[] {
  if (element.startsWith("v:")) {
    return items.filter((item) => JSON.stringify(item) !== element.slice(2));
  }
  const parsed: unknown = JSON.parse(element.slice(2));
  const fields = isJsonObject(parsed) ? Object.keys(parsed) : [];
  const isMeant = (item: JsonValue): boolean => {
    const key = itemKey(item, fields);
    return key !== undefined && keyElement(key) === element;
  };
  if (rest.length === 1 && rest[0] === ".") {
    return items.filter((item) => !isMeant(item));
  }
  for (const item of items) {
    if (isJsonObject(item) && isMeant(item)) removeElements(item, rest);
  }
  return [...items];
}

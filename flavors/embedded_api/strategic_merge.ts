/**
 * The two patch formats that are merged into an object: JSON merge patch
 * (RFC 7396) and Kubernetes' strategic merge patch.
 *
 * @see https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";
import { isEqual } from "../../lib/kube/json_equality.ts";
import { badRequest } from "./api_error.ts";
import { listKeysOf } from "./list_keys.ts";

/**
 * An object with a JSON merge patch applied (RFC 7396). Neither argument changes.
 *
 * @example
 * ```ts
 * import { mergePatch } from "./strategic_merge.ts";
 *
 * mergePatch({ a: 1, b: 2 }, { b: null, c: 3 }); // { a: 1, c: 3 }
 * ```
 */
export function mergePatch(target: JsonValue, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return structuredClone(patch);
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else merged[field] = mergePatch(merged[field] ?? null, value);
  }
  return merged;
}

const SET_ORDER = "$setElementOrder/";
const DELETE_FROM = "$deleteFromPrimitiveList/";

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(patch).filter(([field]) => !field.startsWith("$")),
  );
}

/**
 * An object with a strategic merge patch applied. Neither argument changes.
 *
 * @throws {ApiError} 400 where a directive makes no sense.
 */
export function strategicMerge(
  target: JsonObject,
  patch: JsonObject,
): JsonObject {
  if (patch["$patch"] === "replace") return withoutDirectives(patch);
  if (patch["$patch"] === "delete") return {};
  const retained = patch["$retainKeys"];
  const merged: JsonObject = Object.fromEntries(
    Object.entries(target).filter(([field]) =>
      !Array.isArray(retained) || retained.includes(field)
    ),
  );
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith(DELETE_FROM)) {
      deleteScalars(merged, field.slice(DELETE_FROM.length), value);
    } else if (!field.startsWith("$")) {
      mergeField(merged, field, value);
    }
  }
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith(SET_ORDER)) {
      orderList(merged, field.slice(SET_ORDER.length), value);
    }
  }
  return merged;
}

function mergeField(merged: JsonObject, field: string, value: JsonValue): void {
  const current = merged[field];
  if (value === null) {
    delete merged[field];
  } else if (isJsonObject(value)) {
    if (value["$patch"] === "delete") delete merged[field];
    else {
      merged[field] = strategicMerge(
        isJsonObject(current) ? current : {},
        value,
      );
    }
  } else if (Array.isArray(value)) {
    merged[field] = mergeList(
      field,
      Array.isArray(current) ? current : [],
      value,
    );
  } else {
    merged[field] = value;
  }
}

function mergeList(
  field: string,
  current: readonly JsonValue[],
  patch: readonly JsonValue[],
): JsonValue[] {
  const items = patch.filter((item) =>
    !(isJsonObject(item) && item["$patch"] === "replace")
  );
  if (items.length < patch.length) return structuredClone(items);
  const keys = listKeysOf(field, patch);
  if (keys.type === "set") {
    return [...current, ...patch.filter((item) => !current.includes(item))];
  }
  const key = keys.type === "map" ? keys.fields[0] : undefined;
  if (key === undefined) return structuredClone(items);
  const merged = [...current];
  for (const item of patch) {
    if (!isJsonObject(item)) continue;
    mergeItem(merged, key, item, field);
  }
  return merged;
}

function mergeItem(
  merged: JsonValue[],
  key: string,
  item: JsonObject,
  field: string,
): void {
  const wanted = item[key];
  if (wanted === undefined) {
    throw badRequest(
      `map: ${field} does not contain declared merge key: ${key}`,
    );
  }
  const index = merged.findIndex((other) =>
    isJsonObject(other) && isEqual(other[key], wanted)
  );
  if (item["$patch"] === "delete") {
    if (index >= 0) merged.splice(index, 1);
    return;
  }
  const current = merged[index];
  const result = strategicMerge(isJsonObject(current) ? current : {}, item);
  if (index >= 0) merged[index] = result;
  else merged.push(result);
}

function deleteScalars(
  merged: JsonObject,
  field: string,
  values: JsonValue,
): void {
  const current = merged[field];
  if (!Array.isArray(current) || !Array.isArray(values)) return;
  merged[field] = current.filter((item) => !values.includes(item));
}

/**
 * Brings a list into the order that the patch asks for. Items that the patch
 * does not know stay in front of the item that followed them.
 */
function orderList(merged: JsonObject, field: string, order: JsonValue): void {
  const current = merged[field];
  if (!Array.isArray(current) || !Array.isArray(order)) return;
  const keys = listKeysOf(field, order);
  const key = keys.type === "map" ? keys.fields[0] : undefined;
  const placeOf = (item: JsonValue): number =>
    order.findIndex((wanted) =>
      key === undefined
        ? isEqual(wanted, item)
        : isJsonObject(wanted) && isJsonObject(item) &&
          isEqual(wanted[key], item[key])
    );
  const known = current.filter((item) => placeOf(item) >= 0)
    .sort((left, right) => placeOf(left) - placeOf(right));
  const ordered: JsonValue[] = [...known];
  for (const [index, item] of [...current.entries()].reverse()) {
    if (placeOf(item) >= 0) continue;
    const next = current[index + 1];
    const at = next === undefined ? -1 : ordered.indexOf(next);
    ordered.splice(at < 0 ? ordered.length : at, 0, item);
  }
  merged[field] = ordered;
}

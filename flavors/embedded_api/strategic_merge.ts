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
    } else if (field.startsWith(SET_ORDER)) {
      orderList(merged, field.slice(SET_ORDER.length), value, patch, target);
    } else if (!field.startsWith("$")) {
      const hasOrder = patch[SET_ORDER + field] !== undefined;
      if (!hasOrder) mergeField(merged, field, value);
    }
  }
  return merged;
}

/** Merges a list where the patch has it, and brings it into the order that the patch asks for. */
function orderList(
  merged: JsonObject,
  field: string,
  order: JsonValue,
  patch: JsonObject,
  target: JsonObject,
): void {
  const value = patch[field];
  if (value !== undefined) mergeField(merged, field, value);
  const current = merged[field];
  const live = target[field];
  if (!Array.isArray(current) || !Array.isArray(order)) return;
  merged[field] = inOrder(
    field,
    current,
    order,
    Array.isArray(live) ? live : [],
  );
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
    const added = patch.filter((item) => !current.includes(item));
    return inOrder(field, [...current, ...added], patch, current);
  }
  const key = keys.type === "map" ? keys.fields[0] : undefined;
  if (key === undefined) return structuredClone(items);
  const merged = [...current];
  for (const item of patch) {
    if (isJsonObject(item)) mergeItem(merged, key, item, field);
  }
  return inOrder(field, merged, patch, current);
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
 * The items of a merged list in their final order, as kube-apiserver has it:
 * those that the patch names in its order, and the others, in the order they
 * had, each as soon as it was in front of the next named one.
 */
function inOrder(
  field: string,
  merged: readonly JsonValue[],
  order: readonly JsonValue[],
  live: readonly JsonValue[],
): JsonValue[] {
  const keys = listKeysOf(field, order);
  const key = keys.type === "map" ? keys.fields[0] : undefined;
  const placeIn = (list: readonly JsonValue[], item: JsonValue): number =>
    list.findIndex((other) =>
      key === undefined
        ? isEqual(other, item)
        : isJsonObject(other) && isJsonObject(item) &&
          isEqual(other[key], item[key])
    );
  const named = merged.filter((item) => placeIn(order, item) >= 0)
    .sort((left, right) => placeIn(order, left) - placeIn(order, right));
  const others = merged.filter((item) => placeIn(order, item) < 0);
  const ordered: JsonValue[] = [];
  for (const item of named) {
    const place = placeIn(live, item);
    while (others[0] !== undefined && placeIn(live, others[0]) < place) {
      ordered.push(...others.splice(0, 1));
    }
    ordered.push(item);
  }
  return [...ordered, ...others];
}

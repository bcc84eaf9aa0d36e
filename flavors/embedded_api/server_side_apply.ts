/**
 * Server-side apply: merging a configuration, with conflicts between managers.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";
import { isEqual } from "../../lib/kube/json_equality.ts";
import { ApiError } from "./api_error.ts";
import {
  fieldPaths,
  formatPath,
  ownsWithin,
  removePath,
} from "./field_sets.ts";
import { isAtomicObject, itemKey, listKeysOf } from "./list_keys.ts";
import {
  type FieldWriter,
  isSameWriter,
  type OwnershipEntry,
  readEntries,
  writeEntries,
} from "./managed_fields.ts";
import { apiVersionOf, type ResourceType } from "./resource_types.ts";

/**
 * The live object with a configuration applied server-side.
 *
 * @throws {ApiError} 409 where another manager has set a field to another
 * value, unless `force`.
 */
export function applyConfiguration(
  type: ResourceType,
  live: JsonObject,
  applied: JsonObject,
  writer: FieldWriter,
  force: boolean,
): JsonObject {
  const livePaths = fieldPaths(live);
  const appliedPaths = fieldPaths(applied);
  const entries = readEntries(live);
  const others = entries.filter((entry) => !isSameWriter(entry.writer, writer));
  const contested = [...appliedPaths].filter(([path, value]) =>
    livePaths.has(path) && !isEqual(livePaths.get(path), value)
  ).map(([path]) => path);
  if (!force) refuseConflicts(type, contested, others);
  for (const other of others) {
    for (const path of contested) other.paths.delete(path);
  }
  const merged = mergeApplied(live, applied);
  const own = entries.find((entry) => isSameWriter(entry.writer, writer));
  removeDropped(merged, own?.paths ?? new Set(), appliedPaths, others);
  return writeEntries(type, merged, [
    ...others,
    { writer, paths: new Set(appliedPaths.keys()) },
  ]);
}

function refuseConflicts(
  type: ResourceType,
  contested: readonly string[],
  others: readonly OwnershipEntry[],
): void {
  const conflicts = others.flatMap(({ writer, paths }) => {
    const how = writer.operation === "Apply"
      ? ""
      : ` using ${apiVersionOf(type)}`;
    const manager = `"${writer.manager}"${how}`;
    return contested.filter((path) => paths.has(path))
      .map((path) => ({ manager, field: formatPath(path) }));
  });
  if (conflicts.length === 0) return;
  throw new ApiError("Conflict", conflictMessage(conflicts), {
    causes: conflicts.map(({ manager, field }) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${manager}`,
      field,
    })),
  });
}

/** One field on one line; several by manager. */
function conflictMessage(
  conflicts: readonly { readonly manager: string; readonly field: string }[],
): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.field}`;
  }
  const byManager = Map.groupBy(conflicts, ({ manager }) => manager);
  const lines = [...byManager].sort(([left], [right]) => left < right ? -1 : 1)
    .flatMap(([manager, fields]) => [
      `conflicts with ${manager}:`,
      ...fields.map(({ field }) => `- ${field}`),
    ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}

/** What this manager applied before and applies no more goes, unless others have it. */
function removeDropped(
  merged: JsonObject,
  before: ReadonlySet<string>,
  applied: ReadonlyMap<string, JsonValue>,
  others: readonly OwnershipEntry[],
): void {
  const kept = new Set([
    ...applied.keys(),
    ...others.flatMap((other) => [...other.paths]),
  ]);
  const dropped = [...before].filter((path) => !kept.has(path));
  // Items before their fields: without its key an item cannot be found.
  const isItem = (path: string): boolean => path.endsWith("\n.");
  for (const path of dropped.filter(isItem)) {
    if (!ownsWithin(kept, path)) removePath(merged, path);
  }
  for (const path of dropped.filter((path) => !isItem(path))) {
    removePath(merged, path);
  }
}

function mergeApplied(live: JsonObject, applied: JsonObject): JsonObject {
  const merged = structuredClone(live);
  for (const [field, value] of Object.entries(applied)) {
    const current = merged[field];
    const isMerged = isJsonObject(value) && !isAtomicObject(field);
    if (isMerged && isJsonObject(current)) {
      merged[field] = mergeApplied(current, value);
    } else if (Array.isArray(value) && Array.isArray(current)) {
      merged[field] = mergeAppliedList(field, current, value);
    } else {
      merged[field] = structuredClone(value);
    }
  }
  return merged;
}

function mergeAppliedList(
  field: string,
  live: readonly JsonValue[],
  applied: readonly JsonValue[],
): JsonValue[] {
  const keys = listKeysOf(field, [...live, ...applied]);
  if (keys.type === "atomic") return structuredClone([...applied]);
  const sameItem = (left: JsonValue, right: JsonValue): boolean =>
    keys.type === "set"
      ? left === right
      : isEqual(itemKey(left, keys.fields), itemKey(right, keys.fields));
  const inLive = (item: JsonValue) => live.find((l) => sameItem(l, item));
  const isApplied = (item: JsonValue) =>
    applied.some((other) => sameItem(other, item));
  const merged: JsonValue[] = [];
  const rest = [...live];
  for (const item of applied) {
    const current = inLive(item);
    // What only others set stays in front of the item that followed it; before
    // a new item comes what is in front of the next shared one.
    while (
      rest[0] !== undefined && rest[0] !== current &&
      (current !== undefined || !isApplied(rest[0]))
    ) {
      merged.push(...rest.splice(0, 1).filter((other) => !isApplied(other)));
    }
    if (rest[0] === current) rest.shift();
    merged.push(
      isJsonObject(item) && isJsonObject(current)
        ? mergeApplied(current, item)
        : structuredClone(item),
    );
  }
  return [...merged, ...rest.filter((item) => !isApplied(item))];
}

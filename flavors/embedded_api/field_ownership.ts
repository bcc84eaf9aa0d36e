/**
 * Who set which field: `metadata.managedFields`, kept on every write, and
 * server-side apply, which is decided by it.
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
  fromFieldsV1,
  ownsWithin,
  removePath,
  toFieldsV1,
} from "./field_sets.ts";
import { listAt, objectAt, textAt } from "./json_path.ts";
import { itemKey, listKeysOf } from "./list_keys.ts";
import { apiVersionOf, type ResourceType } from "./resource_types.ts";

/** Who writes, and how. */
export interface FieldWriter {
  /** The field manager's name. */
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  /** `status`, or empty. */
  readonly subresource: string;
  /** When, as metav1.Time. */
  readonly time: string;
}

interface OwnershipEntry {
  readonly writer: FieldWriter;
  readonly paths: Set<string>;
}

function readEntries(object: JsonObject | undefined): OwnershipEntry[] {
  return listAt(object, "metadata", "managedFields").map((entry) => ({
    writer: {
      manager: textAt(entry, "manager"),
      operation: textAt(entry, "operation") === "Apply" ? "Apply" : "Update",
      subresource: textAt(entry, "subresource"),
      time: textAt(entry, "time"),
    },
    paths: fromFieldsV1(objectAt(entry, "fieldsV1")),
  }));
}

/** Appliers first, then by time, then by name. */
function compareEntries(left: OwnershipEntry, right: OwnershipEntry): number {
  const keys = [left, right].map(({ writer }) =>
    [writer.operation, writer.time, writer.manager].join("\n")
  );
  const [a = "", b = ""] = keys;
  return a < b ? -1 : a > b ? 1 : 0;
}

function writeEntries(
  type: ResourceType,
  object: JsonObject,
  entries: readonly OwnershipEntry[],
): JsonObject {
  const managedFields: JsonValue[] = entries
    .filter((entry) => entry.paths.size > 0)
    .sort(compareEntries)
    .map(({ writer, paths }) => ({
      manager: writer.manager,
      operation: writer.operation,
      apiVersion: apiVersionOf(type),
      time: writer.time,
      fieldsType: "FieldsV1",
      fieldsV1: toFieldsV1(paths),
      ...(writer.subresource === "" ? {} : { subresource: writer.subresource }),
    }));
  const metadata = { ...objectAt(object, "metadata") };
  if (managedFields.length > 0) metadata["managedFields"] = managedFields;
  else delete metadata["managedFields"];
  return { ...object, metadata };
}

function isSameWriter(left: FieldWriter, right: FieldWriter): boolean {
  return left.manager === right.manager &&
    left.operation === right.operation &&
    left.subresource === right.subresource;
}

/** Whether a write can set the field: the status has a subresource of its own. */
function isOwnable(
  type: ResourceType,
  writer: FieldWriter,
  path: string,
): boolean {
  return !type.hasStatus || writer.subresource !== "" ||
    !/^f:status(\n|$)/.test(path);
}

/**
 * The object with managedFields that say what this write (create, update or
 * patch, but not apply) changed. A client that sends a list of managedFields
 * replaces what was recorded; an empty one resets it.
 */
export function recordUpdate(
  type: ResourceType,
  before: JsonObject | undefined,
  after: JsonObject,
  writer: FieldWriter,
): JsonObject {
  const sent = objectAt(after, "metadata")["managedFields"];
  const known = readEntries(Array.isArray(sent) ? after : before);
  const oldPaths = fieldPaths(before ?? {});
  const newPaths = fieldPaths(after);
  const changed = new Set(
    [...newPaths].filter(([path, value]) =>
      isOwnable(type, writer, path) &&
      (!oldPaths.has(path) || !isEqual(oldPaths.get(path), value))
    ).map(([path]) => path),
  );
  const entries = known.map((entry) => ({
    writer: entry.writer,
    paths: new Set(
      [...entry.paths].filter((path) =>
        newPaths.has(path) &&
        (isSameWriter(entry.writer, writer) || !changed.has(path))
      ),
    ),
  }));
  const own = entries.find((entry) => isSameWriter(entry.writer, writer));
  if (changed.size === 0) return writeEntries(type, after, entries);
  const updated = {
    writer,
    paths: new Set([...own?.paths ?? [], ...changed]),
  };
  return writeEntries(type, after, [
    ...entries.filter((entry) => entry !== own),
    updated,
  ]);
}

/** A new object with managedFields that say that `writer` applied `applied`. */
export function recordApply(
  type: ResourceType,
  object: JsonObject,
  applied: JsonObject,
  writer: FieldWriter,
): JsonObject {
  const paths = new Set(fieldPaths(applied).keys());
  return writeEntries(type, object, [{ writer, paths }]);
}

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
  // Items after their fields, so that an item that others own a field of stays.
  const isItem = (path: string): boolean => path.endsWith("\n.");
  for (const path of dropped.filter((path) => !isItem(path))) {
    removePath(merged, path);
  }
  for (const path of dropped.filter(isItem)) {
    if (!ownsWithin(kept, path)) removePath(merged, path);
  }
}

function mergeApplied(live: JsonObject, applied: JsonObject): JsonObject {
  const merged = structuredClone(live);
  for (const [field, value] of Object.entries(applied)) {
    const current = merged[field];
    if (isJsonObject(value) && isJsonObject(current)) {
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
  const merged = applied.map((item) => {
    const current = live.find((other) => sameItem(other, item));
    return isJsonObject(item) && isJsonObject(current)
      ? mergeApplied(current, item)
      : structuredClone(item);
  });
  // Applied order first; what only others set keeps its order behind it.
  const rest = live.filter((item) =>
    !applied.some((other) => sameItem(other, item))
  );
  return [...merged, ...structuredClone(rest)];
}

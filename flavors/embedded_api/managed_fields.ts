/**
 * Who set which field: `metadata.managedFields`, kept on every write.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#managing-fields
 * @module
 */

import type { JsonObject, JsonValue } from "../../lib/kube/json.ts";
import { isEqual } from "../../lib/kube/json_equality.ts";
import { fieldPaths, fromFieldsV1, toFieldsV1 } from "./field_sets.ts";
import { listAt, objectAt, textAt } from "../../lib/kube/object_fields.ts";
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

/** What a writer owns. */
export interface OwnershipEntry {
  readonly writer: FieldWriter;
  readonly paths: Set<string>;
}

/** What the object's managedFields say. */
export function readEntries(object: JsonObject | undefined): OwnershipEntry[] {
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

/** The object with managedFields that say that. */
export function writeEntries(
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

/** Whether the two share an entry. */
export function isSameWriter(left: FieldWriter, right: FieldWriter): boolean {
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

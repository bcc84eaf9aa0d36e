/**
 * One step applied to every pod and pod template of a manifest document.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import { diff, type JsonPatch } from "../kube/json_patch.ts";
import { formatPointer } from "../kube/json_pointer.ts";
import type { GivenReason } from "./reasons.ts";
import {
  findObjects,
  formatField,
  type ManifestObject,
  type PodPlace,
  prefixField,
} from "./workloads.ts";

/** What came of one pod. */
export type Outcome =
  | "injected"
  | "updated"
  | "unchanged"
  | "uninjected"
  | "skipped";

/** What a step made of one pod. */
export interface PodChange {
  /** What became of it. */
  readonly outcome: Outcome;
  readonly pod: JsonObject;
  readonly reason?: GivenReason;
}

/** What is done to each pod; must not change its input. */
export type PodStep = (pod: JsonObject) => PodChange;

/** What came of one object of a document. */
export interface ObjectReport {
  /** Which object. */
  readonly object: ManifestObject;
  /** What became of it. */
  readonly outcome: Outcome;
  /** Why, where nothing was changed. */
  readonly reason?: GivenReason;
  /** What was changed, seen from the object. */
  readonly patch: JsonPatch;
}

/** What came of a document. */
export interface DocumentChange {
  /** The value that came of it; the given one itself where nothing changed. */
  readonly value: JsonValue;
  /** What makes that value of the given one; empty where nothing changed. */
  readonly patch: JsonPatch;
  readonly reports: readonly ObjectReport[];
}

function takeStep(
  step: PodStep,
  pod: JsonObject,
  path: readonly (string | number)[],
): PodChange {
  try {
    return step(pod);
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    throw prefixField(error, formatField(path));
  }
}

/** The reason with its field seen from the document's root. */
function prefixReason(
  { code, field }: GivenReason,
  path: readonly (string | number)[],
): GivenReason {
  if (field === undefined) return { code };
  const prefix = formatField(path);
  return { code, field: prefix === "" ? field : `${prefix}.${field}` };
}

/** The patch with its pointers seen from the document's root. */
function prefixPatch(
  patch: JsonPatch,
  path: readonly (string | number)[],
): JsonPatch {
  const prefix = formatPointer(path);
  return patch.map((operation) => ({
    ...operation,
    path: `${prefix}${operation.path}`,
  }));
}

/** The object with what lies at the end of the path replaced. */
function replaceAt(
  value: JsonValue,
  path: readonly (string | number)[],
  replacement: JsonObject,
): JsonValue {
  const [head, ...rest] = path;
  if (head === undefined || !isJsonObject(value)) return replacement;
  return {
    ...value,
    [head]: replaceAt(value[head] ?? null, rest, replacement),
  };
}

/** The document with its pods replaced; a list is copied once, however many items change. */
function replacePods(
  document: JsonValue,
  changes: readonly PodPlace[],
): JsonValue {
  let result = document;
  let items: JsonValue[] | undefined;
  for (const { path, object } of changes) {
    const [head, index, ...rest] = path;
    if (head !== "items" || typeof index !== "number") {
      result = replaceAt(document, path, object);
      continue;
    }
    const list = isJsonObject(document) ? document["items"] : undefined;
    items ??= Array.isArray(list) ? [...list] : [];
    items[index] = replaceAt(items[index] ?? null, rest, object);
  }
  return items !== undefined && isJsonObject(document)
    ? { ...document, items }
    : result;
}

/**
 * Applies the step to each pod and pod template of the document. Pure: the
 * input is never changed.
 *
 * @throws {McaError} What the step throws, and `manifest` for what is no
 *   Kubernetes object; `place.field` is seen from the document's root.
 *
 * @example
 * ```ts
 * import { injectPod } from "./inject_pod.ts";
 * import { DEFAULT_SETTINGS } from "./settings.ts";
 * import { transformDocument } from "./transform_document.ts";
 *
 * const job = {
 *   apiVersion: "batch/v1",
 *   kind: "Job",
 *   spec: { template: { spec: { containers: [{ name: "app" }] } } },
 * };
 * const { reports } = transformDocument(
 *   job,
 *   (pod) => injectPod(pod, DEFAULT_SETTINGS),
 * );
 * console.log(reports[0]?.outcome); // injected
 * ```
 */
export function transformDocument(
  document: JsonValue,
  step: PodStep,
): DocumentChange {
  const reports: ObjectReport[] = [];
  const changes: PodPlace[] = [];
  for (const object of findObjects(document)) {
    if (object.pod === undefined) {
      const code = object.resemblesWorkload
        ? "unknown-workload"
        : "not-a-workload";
      reports.push({ object, outcome: "skipped", reason: { code }, patch: [] });
      continue;
    }
    const { path, object: pod } = object.pod;
    const change = takeStep(step, pod, path);
    const changed = change.pod !== pod;
    if (changed) changes.push({ path, object: change.pod });
    const patch = changed ? diff(pod, change.pod) : [];
    reports.push({
      object,
      outcome: change.outcome,
      ...(change.reason === undefined
        ? {}
        : { reason: prefixReason(change.reason, path) }),
      patch: prefixPatch(patch, path.slice(object.path.length)),
    });
  }
  const patch = reports.flatMap(({ object, patch }) =>
    prefixPatch(patch, object.path)
  );
  return { value: replacePods(document, changes), patch, reports };
}

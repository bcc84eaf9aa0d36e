/**
 * Injection and its undoing in the text of a manifest document: what has to
 * change changes, and every other byte stays.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../kube/json.ts";
import { isEqual } from "../kube/json_equality.ts";
import { formatPointer } from "../kube/json_pointer.ts";
import { readPod } from "../kube/pod.ts";
import { type InjectOptions, injectPod } from "./inject_pod.ts";
import { editDocument, patchDocument } from "./manifest/edit_document.ts";
import {
  type ManifestDocument,
  parseDocument,
} from "./manifest/manifest_document.ts";
import type { SourceDocument } from "./manifest/source_document.ts";
import { checkPlacement } from "./setting_placement.ts";
import type { InjectSettings } from "./settings.ts";
import { readStatus, withText } from "./status.ts";
import { recordText, restoreText } from "./text_record.ts";
import {
  type DocumentChange,
  type ObjectReport,
  type PodStep,
  transformDocument,
} from "./transform_document.ts";
import { uninjectPod } from "./uninject_pod.ts";
import { findObjects } from "./workloads.ts";

/** What came of the text of a document. */
export interface TextChange {
  /** The text that came of it; the given one, character for character, where nothing changed. */
  readonly text: string;
  /** The notation it is written in. */
  readonly kind: "yaml" | "json";
  /** The value that came of it; undefined for a document that holds nothing. */
  readonly value: JsonValue | undefined;
  /** What came of each of its objects. */
  readonly reports: readonly ObjectReport[];
}

/** What is done to the text of a document. */
export type TextStep = (source: SourceDocument) => TextChange;

/** The tokens of a field in the notation of Kubernetes' own messages. */
function fieldPath(field: string): (string | number)[] {
  const tokens = field.matchAll(
    /\["(?<quoted>(?:[^"\\]|\\.)*)"\]|\[(?<index>\d+)\]|(?<plain>[^.[\]]+)/g,
  );
  return [...tokens].map(({ groups = {} }) => {
    const { quoted, index, plain } = groups;
    if (index !== undefined) return Number(index);
    return quoted === undefined
      ? plain ?? ""
      : String(JSON.parse(`"${quoted}"`));
  });
}

/** Runs what reads the document; errors get their line and column. */
function inDocument<T>(document: ManifestDocument, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    const { file, index } = document.source;
    const path = fieldPath(error.place.field ?? "");
    throw error.at({
      ...(file === undefined ? {} : { file }),
      document: index,
      ...document.locate(formatPointer(path)),
    });
  }
}

function transform(
  document: ManifestDocument,
  value: JsonValue,
  step: PodStep,
): DocumentChange {
  return inDocument(document, () => transformDocument(value, step));
}

function unchanged(document: ManifestDocument): TextChange {
  const { source, kind, value } = document;
  return { text: source.text, kind, value, reports: [] };
}

/** The records of text in a pod's status, in the order of the document's pods. */
function collectRecords(records: JsonValue[]): PodStep {
  return (pod) => {
    const text = readStatus(readPod(pod))?.text;
    if (text !== undefined) records.push(text);
    return uninjectPod(pod);
  };
}

function uninjectDocument(
  document: ManifestDocument,
  value: JsonValue,
): TextChange {
  const records: JsonValue[] = [];
  const change = transform(document, value, collectRecords(records));
  if (change.patch.length === 0) {
    return { ...unchanged(document), reports: change.reports };
  }
  const undone = editDocument(document, change.patch);
  return {
    text: records.reduce<string>(
      (text, record) => restoreWithin(document, text, record, change.value),
      undone,
    ),
    kind: document.kind,
    value: change.value,
    reports: change.reports,
  };
}

/** The text with the record's corrections, unless they would change a value. */
function restoreWithin(
  document: ManifestDocument,
  text: string,
  record: JsonValue,
  value: JsonValue,
): string {
  const restored = restoreText(text, record);
  if (restored === text) return text;
  try {
    const { value: found } = parseDocument({
      ...document.source,
      text: restored,
    });
    return isEqual(found, value) ? restored : text;
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    return text;
  }
}

/**
 * Takes out of a document what injection put in, and puts back what it took
 * away: where the text is as injection left it, the original byte for byte.
 *
 * @throws {McaError} `manifest`, with document, line, column and field.
 */
export function uninjectText(source: SourceDocument): TextChange {
  const document = parseDocument(source);
  return document.value === undefined
    ? unchanged(document)
    : uninjectDocument(document, document.value);
}

/** How often the record is made anew where its presence in the text changes what is left to record. */
const MAX_RECORDINGS = 3;

/**
 * The injected text, made so that undoing it gives the original back: where
 * values alone would not, the status annotation remembers the lines.
 */
function injectReversibly(
  document: ManifestDocument,
  value: JsonValue,
  step: PodStep,
): { readonly text: string; readonly value: JsonValue } {
  const original = document.source.text;
  let record: JsonValue | undefined;
  for (let recordings = 0;; recordings++) {
    const recording = record === undefined ? step : recordInFirst(step, record);
    const change = transform(document, value, recording);
    const injected = patchDocument(document, change.patch);
    const result = { text: injected.source.text, value: change.value };
    const undone = undoValues(injected, change.value);
    const left = recordText(undone, original) ?? (record && []);
    const isSettled = left === undefined ||
      (record !== undefined && isEqual(left, record));
    if (isSettled || recordings === MAX_RECORDINGS) return result;
    record = left;
  }
}

/** The text with injection undone as far as values tell. */
function undoValues(document: ManifestDocument, value: JsonValue): string {
  return editDocument(document, transform(document, value, uninjectPod).patch);
}

/** The step, with the record put into the status of the first pod it changes. */
function recordInFirst(step: PodStep, record: JsonValue): PodStep {
  let isFirst = true;
  return (pod) => {
    const change = step(pod);
    if (!isFirst || change.pod === pod) return change;
    isFirst = false;
    return { ...change, pod: withText(change.pod, record) };
  };
}

/** Undoes the pods that are out of date, so that they can be injected from their original text. */
function uninjectOutdated(reports: readonly ObjectReport[]): PodStep {
  const outcomes = reports.filter(({ object }) => object.pod !== undefined)
    .map(({ outcome }) => outcome).values();
  return (pod) =>
    outcomes.next().value === "updated"
      ? uninjectPod(pod)
      : { outcome: "unchanged", pod };
}

/**
 * Injects the pods and pod templates of a document.
 *
 * @throws {McaError} `manifest` or `setting`, with document, line, column and field.
 *
 * @example
 * ```ts
 * import { DEFAULT_SETTINGS } from "./settings.ts";
 * import { injectText } from "./transform_text.ts";
 *
 * const text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: app # mine\n";
 * const source = { text, index: 1, startLine: 1 };
 * console.log(injectText(source, DEFAULT_SETTINGS).text);
 * ```
 */
export function injectText(
  source: SourceDocument,
  settings: InjectSettings,
  options: InjectOptions = {},
): TextChange {
  const document = parseDocument(source);
  const { value } = document;
  if (value === undefined) return unchanged(document);
  inDocument(document, () => findObjects(value).forEach(checkPlacement));
  const step = (pod: JsonObject) => injectPod(pod, settings, options);
  const change = transform(document, value, step);
  const { reports } = change;
  if (change.patch.length === 0) return { ...unchanged(document), reports };
  const start = reports.some(({ outcome }) => outcome === "updated")
    ? undoOutdated(document, value, reports)
    : document;
  if (start.value === undefined) return { ...unchanged(document), reports };
  const injected = injectReversibly(start, start.value, step);
  return { ...injected, kind: document.kind, reports };
}

function undoOutdated(
  document: ManifestDocument,
  value: JsonValue,
  reports: readonly ObjectReport[],
): ManifestDocument {
  const records: JsonValue[] = [];
  const undo = uninjectOutdated(reports);
  const change = transform(document, value, (pod) => {
    const undone = undo(pod);
    if (undone.pod !== pod) collectRecords(records)(pod);
    return undone;
  });
  const text = records.reduce<string>(
    (undone, record) => restoreWithin(document, undone, record, change.value),
    editDocument(document, change.patch),
  );
  return parseDocument({ ...document.source, text });
}

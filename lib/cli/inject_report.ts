/**
 * The report: one line per object, on stderr.
 *
 * @module
 */

import { type McaError, visibleText } from "../errors.ts";
import { REASONS } from "../inject/reasons.ts";
import type { ObjectReport } from "../inject/transform_document.ts";
import { STANDARD_INPUT } from "./inject_inputs.ts";

/** How the report is written: as text, or as a JSON object per line. */
export const REPORT_FORMATS = ["text", "json"] as const;

/** How the report is written. */
export type ReportFormat = typeof REPORT_FORMATS[number];

/** Where an object stands. */
export interface ReportPlace {
  /** The file as the user named it; `-` is standard input. */
  readonly file: string;
  /** The document in the file, counted from 1. */
  readonly document: number;
}

function nameOf({ object }: ObjectReport): string {
  const { kind, namespace, name } = object;
  if (name === undefined) return kind;
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

function formatText(report: ObjectReport, place: ReportPlace): string {
  return `${visibleText(textOf(report, place))}\n`;
}

function textOf(report: ObjectReport, { file }: ReportPlace): string {
  const place = file === STANDARD_INPUT ? "" : `${file}: `;
  const { outcome, reason } = report;
  if (reason === undefined || outcome === "unchanged") {
    return `${place}${nameOf(report)}: ${outcome}`;
  }
  const { sentence } = REASONS[reason.code];
  const field = reason.field === undefined ? "" : ` at ${reason.field}`;
  return `${place}${
    nameOf(report)
  }: ${outcome}: ${sentence} (${reason.code}${field})`;
}

function formatJson(report: ObjectReport, place: ReportPlace): string {
  const { object, outcome, reason } = report;
  return `${
    JSON.stringify({
      file: place.file,
      document: place.document,
      kind: object.kind,
      namespace: object.namespace,
      name: object.name,
      outcome,
      ...(reason === undefined ? {} : {
        reason: reason.code,
        field: reason.field,
        message: REASONS[reason.code].sentence,
        remedy: REASONS[reason.code].remedy,
      }),
    })
  }\n`;
}

const FORMATS: Readonly<Record<ReportFormat, typeof formatText>> = {
  text: formatText,
  json: formatJson,
};

/** The line of the report for one object. */
export function formatReport(
  report: ObjectReport,
  place: ReportPlace,
  format: ReportFormat,
): string {
  return FORMATS[format](report, place);
}

/** The line of the JSON report for a document that could not be read. */
export function formatFailure(error: McaError): string {
  return `${
    JSON.stringify({
      ...error.place,
      outcome: "failed",
      reason: error.code,
      message: error.message,
      remedy: error.hint,
    })
  }\n`;
}

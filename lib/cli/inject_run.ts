/**
 * One run over manifests: read, change, and write as asked. `inject` and
 * `uninject` differ in the step alone.
 *
 * @module
 */

import { formatError, McaError } from "../errors.ts";
import { INJECT_LABEL } from "../inject/contract.ts";
import { splitDocuments } from "../inject/manifest/split_documents.ts";
import type { SourceDocument } from "../inject/manifest/source_document.ts";
import { REASONS } from "../inject/reasons.ts";
import type { ObjectReport } from "../inject/transform_document.ts";
import type { TextChange, TextStep } from "../inject/transform_text.ts";
import { isJsonObject } from "../kube/json.ts";
import type { Platform } from "../platform.ts";
import { expandInputs, fileError, STANDARD_INPUT } from "./inject_inputs.ts";
import type { RunOptions } from "./inject_options.ts";
import { formatFailure, formatReport } from "./inject_report.ts";
import { type ReportWriter, reportWriter } from "./inject_report_writer.ts";
import { type ResultWriter, resultWriter } from "./inject_results.ts";

/** What a run is to do. */
export interface Run {
  readonly options: RunOptions;
  /** What is done to each document. */
  readonly step: TextStep;
  readonly platform: Platform;
}

/** What has come of a run so far. */
interface Progress {
  /** Errors that --keep-going went past. */
  failures: number;
  /** Objects that were changed or would be, and those that ask to be but cannot. */
  changes: number;
  documents: number;
}

/** What a run has at hand. */
interface RunState {
  readonly progress: Progress;
  readonly reports: ReportWriter;
  readonly writer: ResultWriter;
}

async function* readInput(
  file: string,
  { platform, options }: Run,
): AsyncGenerator<Uint8Array> {
  const { terminal, files } = platform;
  if (file !== STANDARD_INPUT) {
    try {
      yield await files.read(file);
    } catch (cause) {
      throw fileError(file, cause);
    }
    return;
  }
  if (terminal.isTerminal.stdin && options.inputs.length === 1) {
    terminal.writeError(
      "Reading a manifest from the terminal; end it with Ctrl-D.\n",
    );
  }
  for await (const chunk of terminal.stdin) yield chunk;
}

function isBlank(text: string): boolean {
  return text.split("\n").every((line) => /^\s*(?:#.*|---\s*)?$/.test(line));
}

function tell(error: McaError, { platform, options }: Run): void {
  platform.terminal.writeError(
    options.report === "json" && !options.quiet
      ? formatFailure(error)
      : `${formatError("mca", error)}\n`,
  );
}

/** The change of a document; with --keep-going a document with an error is left as it is. */
function takeStep(
  source: SourceDocument,
  run: Run,
  progress: Progress,
): TextChange | undefined {
  try {
    return run.step(source);
  } catch (error) {
    if (!(error instanceof McaError) || !run.options.keepGoing) throw error;
    tell(error, run);
    progress.failures++;
    return undefined;
  }
}

/** Whether the pod asks for injection by its label, but cannot have it. */
function isDenied({ object, reason }: ObjectReport): boolean {
  if (reason === undefined || REASONS[reason.code].kind !== "refusal") {
    return false;
  }
  const metadata = object.pod?.object["metadata"];
  const labels = isJsonObject(metadata) ? metadata["labels"] : undefined;
  return isJsonObject(labels) && labels[INJECT_LABEL] === "true";
}

async function report(
  change: TextChange,
  source: SourceDocument,
  file: string,
  { options }: Run,
  { progress, reports }: RunState,
): Promise<void> {
  const place = { file, document: source.index };
  for (const each of change.reports) {
    if (each.patch.length > 0 || isDenied(each)) progress.changes++;
    if (options.quiet) continue;
    await reports.write(formatReport(each, place, options.report));
  }
}

async function runFile(
  file: string,
  run: Run,
  state: RunState,
): Promise<void> {
  const { progress, reports, writer } = state;
  await writer.begin(file);
  const place = { file };
  for await (const source of splitDocuments(readInput(file, run), place)) {
    if (!isBlank(source.text)) progress.documents++;
    const change = takeStep(source, run, progress);
    if (change !== undefined) await report(change, source, file, run, state);
    await writer.write(source, change);
    reports.advance(progress.documents);
  }
  await writer.end();
}

function emptyInput(): McaError {
  return new McaError("manifest", "There is no manifest in it", {
    place: { file: STANDARD_INPUT },
    hint:
      "Pipe a manifest in, such as `kubectl create … --dry-run=client -o yaml | mca inject`, or name files with -f.",
  });
}

/**
 * Runs the step over all inputs. The exit code is 0, or 1 where --keep-going
 * went past errors or --check found something to do.
 *
 * @throws {McaError} The first error, where --keep-going is not given; then
 *   nothing was written.
 */
export async function runOverManifests(run: Run): Promise<number> {
  const { options, platform } = run;
  const reports = reportWriter(options, platform);
  try {
    return await runOverInputs(run, {
      progress: { failures: 0, changes: 0, documents: 0 },
      reports,
      writer: resultWriter(options, platform),
    });
  } finally {
    reports.clear();
  }
}

async function runOverInputs(run: Run, state: RunState): Promise<number> {
  const { options, platform } = run;
  const { progress, reports, writer } = state;
  const inputs = await expandInputs(
    options.inputs,
    options.recursive,
    platform.files,
  );
  for (const file of inputs) {
    try {
      await runFile(file, run, state);
    } catch (error) {
      if (!(error instanceof McaError) || !options.keepGoing) throw error;
      tell(error, run);
      progress.failures++;
      writer.abandon();
    }
  }
  const isOnlyStandardInput = inputs.every((file) => file === STANDARD_INPUT);
  if (progress.documents === 0 && isOnlyStandardInput) throw emptyInput();
  reports.clear();
  await writer.finish();
  await reports.finish();
  const isCheckFailed = options.mode === "check" && progress.changes > 0;
  return progress.failures > 0 || isCheckFailed ? 1 : 0;
}

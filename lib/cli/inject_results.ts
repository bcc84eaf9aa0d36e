/**
 * Where the results of a run go: to stdout, into the files, into a difference,
 * or nowhere.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type { SourceDocument } from "../inject/manifest/source_document.ts";
import type { TextChange } from "../inject/transform_text.ts";
import type { Platform } from "../platform.ts";
import { usesColor } from "./color.ts";
import { formatDiff, formatDiffHead } from "./inject_diff.ts";
import { fileError, STANDARD_INPUT } from "./inject_inputs.ts";
import type { Mode, RunOptions } from "./inject_options.ts";
import { documentFormatter } from "./inject_formats.ts";
import { OutputSpool } from "./inject_spool.ts";

/** Takes the results of a run, file by file and document by document. */
export interface ResultWriter {
  begin(file: string): void | Promise<void>;
  /** One document; `change` is undefined where it could not be read and stays as it is. */
  write(
    source: SourceDocument,
    change: TextChange | undefined,
  ): void | Promise<void>;
  /** The file's end. */
  end(): void | Promise<void>;
  /** The file cannot be read to its end; nothing of it is to be changed. */
  abandon(): void;
  /** The end of a run that has succeeded, or was told to keep going. */
  finish(): Promise<void>;
}

function printWriter(
  { output, keepGoing }: RunOptions,
  { terminal }: Platform,
): ResultWriter {
  const spool = new OutputSpool();
  const format = documentFormatter(output);
  // What errors cannot take back need not be held back.
  const write = (text: string) =>
    keepGoing ? terminal.writeOut(text) : spool.write(text);
  return {
    begin: () => format.begin(),
    write: async (source, change) => {
      const text = await format.format(source, change);
      if (text !== "") await write(text);
    },
    end: () => {},
    abandon: () => {},
    finish: () => spool.drain((data) => terminal.writeOut(data)),
  };
}

interface ChangedFile {
  readonly file: string;
  readonly spool: OutputSpool;
}

function inPlaceWriter({ files }: Platform): ResultWriter {
  const changed: ChangedFile[] = [];
  let file = "";
  let spool = new OutputSpool();
  let isChanged = false;
  return {
    begin: async (name) => {
      file = name;
      spool = new OutputSpool();
      isChanged = false;
      // A pipe would be replaced by a file, and nobody would read that.
      if ((await files.info(name))?.isFile === false) {
        throw new McaError("file", "Only files can be changed in place", {
          place: { file: name },
          hint: "Leave out --in-place, and the result goes to standard output.",
        });
      }
    },
    write: async (source, change) => {
      const text = change?.text ?? source.text;
      if (text !== source.text) isChanged = true;
      await spool.write(text);
    },
    end: () => {
      if (isChanged) changed.push({ file, spool });
    },
    abandon: () => {},
    finish: async () => {
      for (const { file, spool } of changed) {
        const text = await spool.text();
        try {
          const mode = (await files.info(file))?.mode ?? 0o644;
          // A link stays a link: what it leads to is replaced.
          const path = await files.realPath(file);
          await files.writeAtomic(path, text, mode & 0o7777);
        } catch (cause) {
          throw fileError(file, cause);
        }
      }
    },
  };
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}

function diffWriter(
  { keepGoing }: RunOptions,
  platform: Platform,
): ResultWriter {
  const { terminal } = platform;
  const spool = new OutputSpool();
  const isColored = usesColor(platform, "stdout");
  const write = (text: string) =>
    keepGoing ? terminal.writeOut(text) : spool.write(text);
  let file = "";
  let added = 0;
  let isHeadWritten = false;
  return {
    begin: (name) => {
      file = name === STANDARD_INPUT ? "stdin" : name;
      added = 0;
      isHeadWritten = false;
    },
    write: async (source, change) => {
      const after = change?.text ?? source.text;
      if (after === source.text) return;
      if (!isHeadWritten) await write(formatDiffHead(file, isColored));
      isHeadWritten = true;
      const text = formatDiff({
        before: source.text,
        after,
        beforeLine: source.startLine,
        afterLine: source.startLine + added,
      }, isColored);
      added += countLines(after) - countLines(source.text);
      await write(text);
    },
    end: () => {},
    abandon: () => {},
    finish: () => spool.drain((data) => terminal.writeOut(data)),
  };
}

function noWriter(): ResultWriter {
  return {
    begin: () => {},
    write: () => {},
    end: () => {},
    abandon: () => {},
    finish: () => Promise.resolve(),
  };
}

const WRITERS: Readonly<
  Record<Mode, (options: RunOptions, platform: Platform) => ResultWriter>
> = {
  print: printWriter,
  "in-place": (_, platform) => inPlaceWriter(platform),
  diff: diffWriter,
  check: noWriter,
  "dry-run": noWriter,
};

/** The writer that the options ask for. */
export function resultWriter(
  options: RunOptions,
  platform: Platform,
): ResultWriter {
  return WRITERS[options.mode](options, platform);
}

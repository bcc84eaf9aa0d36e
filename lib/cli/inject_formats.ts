/**
 * How each document of the result is written.
 *
 * @module
 */

import type { SourceDocument } from "../inject/manifest/source_document.ts";
import { guardPatch } from "../inject/guard_patch.ts";
import type { TextChange } from "../inject/transform_text.ts";
import type { JsonValue } from "../kube/json.ts";
import type { OutputFormat } from "./inject_options.ts";

/** Writes documents, one after the other. */
export interface DocumentFormatter {
  /** The start of another file. */
  begin(): void;
  /** The text of one document; `change` is undefined where it could not be read. */
  format(
    source: SourceDocument,
    change: TextChange | undefined,
  ): string | Promise<string>;
}

/** Whether the text starts with a document's start, or with what belongs in front of one. */
const STARTS_DOCUMENT =
  /^\ufeff?(?:(?:[ \t]*(?:#.*)?|%.*)\r?\n)*---(?:[ \t\r\n]|$)/;

/** Puts `---` between the documents of different files, and a line end where the last one lacks it. */
function joiner(): {
  begin(): void;
  join(text: string): string;
} {
  let isAtFileStart = false;
  let isFirst = true;
  let endsLine = true;
  return {
    begin: () => {
      isAtFileStart = true;
    },
    join: (text) => {
      if (text === "") return text;
      let prefix = "";
      if (isAtFileStart && !isFirst) {
        if (!endsLine) prefix = "\n";
        if (!STARTS_DOCUMENT.test(text)) prefix += "---\n";
      }
      isAtFileStart = false;
      isFirst = false;
      endsLine = text.endsWith("\n");
      return prefix + text;
    },
  };
}

function sameFormatter(): DocumentFormatter {
  const { begin, join } = joiner();
  return {
    begin,
    format: (source, change) => join(change?.text ?? source.text),
  };
}

async function printYaml(value: JsonValue): Promise<string> {
  const { stringify } = await import("yaml");
  // kubectl reads YAML 1.1: `yes`, `on` and `0777` have to be quoted.
  return stringify(value, { version: "1.1", aliasDuplicateObjects: false });
}

function yamlFormatter(): DocumentFormatter {
  const { begin, join } = joiner();
  let isFirst = true;
  return {
    begin,
    format: async (source, change) => {
      if (change === undefined || change.kind === "yaml") {
        isFirst = false;
        return join(change?.text ?? source.text);
      }
      if (change.value === undefined) return "";
      const text = `${isFirst ? "" : "---\n"}${await printYaml(change.value)}`;
      isFirst = false;
      return join(text);
    },
  };
}

function jsonFormatter(): DocumentFormatter {
  return {
    begin: () => {},
    format: (_, change) =>
      change?.value === undefined
        ? ""
        : `${JSON.stringify(change.value, null, 4)}\n`,
  };
}

/** One patch a line, for each object: an empty one where nothing changes, so that lines count objects. */
function patchFormatter(): DocumentFormatter {
  return {
    begin: () => {},
    format: (_, change) =>
      (change?.reports ?? []).map(({ patch, object }) =>
        `${JSON.stringify(guardPatch(patch, object.value))}\n`
      ).join(""),
  };
}

const FORMATTERS: Readonly<Record<OutputFormat, () => DocumentFormatter>> = {
  same: sameFormatter,
  yaml: yamlFormatter,
  json: jsonFormatter,
  patch: patchFormatter,
};

/** The formatter for an output format. */
export function documentFormatter(output: OutputFormat): DocumentFormatter {
  return FORMATTERS[output]();
}

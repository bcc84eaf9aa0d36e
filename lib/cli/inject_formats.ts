/**
 * How each document of the result is written.
 *
 * @module
 */

import { guardPatch } from "../inject/guard_patch.ts";
import { printJson } from "../inject/manifest/json_printer.ts";
import { parseDocument } from "../inject/manifest/manifest_document.ts";
import type { SourceDocument } from "../inject/manifest/source_document.ts";
import type { SourceNode } from "../inject/manifest/source_tree.ts";
import { effectiveEntries } from "../inject/manifest/source_value.ts";
import type { TextChange } from "../inject/transform_text.ts";
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

/** kubectl's own layout. */
const JSON_LAYOUT = {
  indent: "    ",
  colon: ": ",
  comma: ", ",
  newline: "\n",
} as const;

/**
 * The root of the result's text, to print in another notation. It knows the
 * digits of integers that a JavaScript number cannot hold exactly; the value
 * does not. Undefined for a document that holds nothing.
 */
function resultRoot(
  source: SourceDocument,
  change: TextChange | undefined,
): SourceNode | undefined {
  if (change?.value === undefined) return undefined;
  return parseDocument({ ...source, text: change.text }).root;
}

/** A value with every integer exact. */
type ExactValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly ExactValue[]
  | { readonly [key: string]: ExactValue };

function exactValue(node: SourceNode): ExactValue {
  if (node.type === "alias") return exactValue(node.target);
  if (node.type === "sequence") {
    return node.items.map(({ value }) => exactValue(value));
  }
  if (node.type === "scalar") {
    return node.digits === undefined ? node.value : BigInt(node.digits);
  }
  const entries = [...effectiveEntries(node)].map(([key, { value }]) =>
    [key, exactValue(value)] as const
  );
  return Object.fromEntries(entries);
}

/** Line ends to YAML 1.1, which only an escape keeps as they are. */
const BREAKS = /[\x85\u2028\u2029]/g;

async function printYaml(node: SourceNode): Promise<string> {
  const { Document, visit } = await import("yaml");
  // kubectl reads YAML 1.1: `yes`, `on` and `0777` have to be quoted.
  const document = new Document(exactValue(node), {
    version: "1.1",
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Scalar: (_, scalar) => {
      const { value } = scalar;
      const hasBreak = typeof value === "string" && value.search(BREAKS) !== -1;
      if (hasBreak) scalar.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ directives: false }).replaceAll(
    BREAKS,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
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
      const node = resultRoot(source, change);
      if (node === undefined) return "";
      const text = `${isFirst ? "" : "---\n"}${await printYaml(node)}`;
      isFirst = false;
      return join(text);
    },
  };
}

function jsonFormatter(): DocumentFormatter {
  return {
    begin: () => {},
    format: (source, change) => {
      const node = resultRoot(source, change);
      return node === undefined
        ? ""
        : `${printJson({ type: "source", node }, JSON_LAYOUT, "")}\n`;
    },
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

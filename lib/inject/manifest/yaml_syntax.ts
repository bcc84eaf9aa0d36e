/**
 * YAML text to the nodes of the `yaml` package, with its errors turned into
 * this project's.
 *
 * @module
 */

import { Composer, type CST, Parser, type YAMLParseError } from "yaml";
import type { McaError } from "../../errors.ts";
import { MAX_DEPTH } from "./limits.ts";
import { readingError } from "./reading_error.ts";
import type { SourceDocument } from "./source_document.ts";

/**
 * Composed without a schema: every scalar stays text, for what it means to
 * kubectl is decided here and not there. The same goes for keys that stand
 * twice, which the package looks for in quadratic time.
 */
const COMPOSE_OPTIONS = {
  schema: "failsafe",
  resolveKnownTags: false,
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
} as const;

/** A YAML document that has been found correct. */
export interface YamlSyntax {
  readonly token: CST.Document;
  /** The full name of a tag: `tag:yaml.org,2002:int` for `!!int`. */
  readonly tagName: (tag: string) => string;
}

/**
 * Parses one YAML document.
 *
 * @returns undefined for a text that holds nothing but comments
 * @throws {McaError} `manifest`: the text is not YAML 1.2, or nests too deeply
 */
export function parseYaml(source: SourceDocument): YamlSyntax | undefined {
  checkCharacters(source);
  const tokens: CST.Token[] = [];
  for (const token of new Parser().parse(source.text)) {
    checkDepth(source, token);
    tokens.push(token);
  }
  const documents = [...new Composer(COMPOSE_OPTIONS).compose(tokens, true)];
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) throw syntaxError(source, error);
  }
  const [token, second] = tokens.filter((token) => token.type === "document");
  if (second !== undefined) {
    throw readingError(
      source,
      second.offset,
      "A second document starts without a --- line",
      "Write --- on a line of its own between two documents.",
    );
  }
  if (token === undefined) return undefined;
  const directives = documents[0]?.directives;
  return {
    token,
    tagName: (tag) => directives?.tagName(tag, () => {}) ?? tag,
  };
}

// deno-lint-ignore no-control-regex -- these are what YAML excludes
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\uFFFE\uFFFF]/;

/** YAML 1.2, section 5.1. */
function checkCharacters(source: SourceDocument): void {
  const found = FORBIDDEN.exec(source.text);
  if (found === null) return;
  const code = found[0].charCodeAt(0).toString(16).toUpperCase();
  throw readingError(
    source,
    found.index,
    `YAML does not allow the control character U+${code.padStart(4, "0")}`,
    "Remove it, or write it as an escape in double quotes.",
  );
}

/** Composing descends by recursion; the tokens are walked without. */
function checkDepth(source: SourceDocument, token: CST.Token): void {
  const pending: [CST.Token, number][] = [[token, 0]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [at, depth] = next;
    if (depth > MAX_DEPTH) {
      throw readingError(
        source,
        at.offset,
        `The nesting is deeper than ${MAX_DEPTH} levels`,
        "Check for brackets that are never closed.",
      );
    }
    if (at.type === "document") {
      if (at.value !== undefined) pending.push([at.value, depth]);
    } else if ("items" in at) {
      for (const { key, value } of at.items) {
        if (key !== undefined && key !== null) pending.push([key, depth + 1]);
        if (value !== undefined) pending.push([value, depth + 1]);
      }
    }
  }
}

const HINTS: Readonly<Partial<Record<YAMLParseError["code"], string>>> = {
  TAB_AS_INDENT: "Indent with spaces; YAML takes no tabs for it.",
  BAD_INDENT: "Align this line with the entries it belongs to.",
  BAD_ALIAS: "Define the anchor (&name) before the alias (*name) that uses it.",
  BAD_DQ_ESCAPE:
    "Double the backslash, or use single quotes, in which it has no meaning.",
  BLOCK_AS_IMPLICIT_KEY:
    "Put a value that contains ': ' in quotes, or start a nested map on a line of its own.",
  MULTILINE_IMPLICIT_KEY:
    "Check for a missing ':' after the key, or a missing quote.",
  BAD_SCALAR_START: "Put a value that starts with this character in quotes.",
};

const TEMPLATE_HINT =
  "This looks like a template: render it first, for instance with `helm template`.";

function syntaxError(source: SourceDocument, error: YAMLParseError): McaError {
  const [offset] = error.pos;
  const isTemplate = source.text.includes("{{");
  const message = error.message.replace(/\.$/, "").replace(/\s+/g, " ");
  return readingError(
    source,
    offset,
    `Not valid YAML: ${message}`,
    isTemplate
      ? TEMPLATE_HINT
      : HINTS[error.code] ?? "Check the indentation, quotes and brackets here.",
  );
}

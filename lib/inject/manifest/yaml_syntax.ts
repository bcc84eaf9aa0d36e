/**
 * YAML text to the nodes of the `yaml` package, with its errors turned into
 * this project's.
 *
 * @module
 */

import { Composer, type CST, Lexer, Parser, type YAMLParseError } from "yaml";
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
  const tokens = readTokens(source);
  checkLineBreaks(source, tokens);
  const documents = [...new Composer(COMPOSE_OPTIONS).compose(tokens, true)];
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) throw syntaxError(source, error, tokens);
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
  throw readingError(
    source,
    found.index,
    `YAML does not allow ${nameOf(found[0])}`,
    "Remove it, or write it as an escape in double quotes.",
  );
}

const ODD_LINE_BREAK = /\r(?!\n)|[\u0085\u2028\u2029]/g;

/**
 * What ends a line to kubectl (YAML 1.1, section 4.1.4) and not to the parser
 * used here could hide a key from it. Within quotes it can do no harm.
 */
function checkLineBreaks(
  source: SourceDocument,
  tokens: readonly CST.Token[],
): void {
  const breaks = [...source.text.matchAll(ODD_LINE_BREAK)];
  if (breaks.length === 0) return;
  const quoted = [...walkTokens(tokens)].flatMap((token) =>
    token.type === "single-quoted-scalar" ||
      token.type === "double-quoted-scalar"
      ? [{ start: token.offset, end: token.offset + token.source.length }]
      : []
  );
  for (const { 0: character, index } of breaks) {
    if (quoted.some(({ start, end }) => start < index && index < end)) continue;
    throw readingError(
      source,
      index,
      `kubectl reads ${
        nameOf(character)
      } as the end of a line, YAML 1.2 does not`,
      "End lines with a line feed; write this character as an escape in double quotes.",
    );
  }
}

function nameOf(character: string): string {
  const code = character.charCodeAt(0).toString(16).toUpperCase();
  return `the character U+${code.padStart(4, "0")}`;
}

/** All nodes of token trees. */
function* walkTokens(tokens: readonly CST.Token[]): Generator<CST.Token> {
  const pending = [...tokens];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    if (next.type === "document") {
      if (next.value !== undefined) pending.push(next.value);
    } else if ("items" in next) {
      for (const { key, value } of next.items) {
        if (key !== undefined && key !== null) pending.push(key);
        if (value !== undefined) pending.push(value);
      }
    }
  }
}

/**
 * The trees of tokens. Depth is watched while they grow: composing them descends
 * by recursion, and a stretch of brackets alone could fill the memory.
 */
function readTokens(source: SourceDocument): CST.Token[] {
  const tokens: CST.Token[] = [];
  const parser = new Parser();
  // The stack holds the document and a scalar besides the lists and maps.
  const most = MAX_DEPTH + 2;
  for (const lexeme of new Lexer().lex(source.text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length <= most) continue;
    throw readingError(
      source,
      parser.offset - 1,
      `The nesting is deeper than ${MAX_DEPTH} levels`,
      "Check for brackets that are never closed.",
    );
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

const HINTS: Readonly<Partial<Record<YAMLParseError["code"], string>>> = {
  TAB_AS_INDENT: "Use spaces; YAML takes no tabs in front of a key or dash.",
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

/** What to do about braces that only a template engine understands. */
export const TEMPLATE_HINT =
  "This looks like a template: render it first, for instance with `helm template`.";

function syntaxError(
  source: SourceDocument,
  error: YAMLParseError,
  tokens: readonly CST.Token[],
): McaError {
  const { text } = source;
  const [offset] = error.pos;
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const indentation = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
  const tab = indentation.indexOf("\t");
  if (tab !== -1) {
    return readingError(
      source,
      lineStart + tab,
      "Not valid YAML: Tabs are not allowed as indentation",
      "Indent with spaces; YAML takes no tabs for it.",
    );
  }
  const open = error.message.startsWith("Missing closing")
    ? quoteStart(tokens, offset)
    : undefined;
  const message = open === undefined
    ? error.message.replace(/\.$/, "").replace(/\s+/g, " ")
    : "A quote is never closed";
  return readingError(
    source,
    open ?? offset,
    `Not valid YAML: ${message}`,
    text.includes("{{")
      ? TEMPLATE_HINT
      : HINTS[error.code] ?? "Check the indentation, quotes and brackets here.",
  );
}

/** Where the quoted scalar starts that an offset is in, or at the end of. */
function quoteStart(
  tokens: readonly CST.Token[],
  offset: number,
): number | undefined {
  for (const token of walkTokens(tokens)) {
    const isQuoted = token.type === "single-quoted-scalar" ||
      token.type === "double-quoted-scalar";
    const reaches = isQuoted && token.offset <= offset &&
      offset <= token.offset + token.source.length;
    if (reaches) return token.offset;
  }
  return undefined;
}

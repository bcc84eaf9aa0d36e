/**
 * Label selectors in their query-parameter form, as kube-apiserver reads them
 * (Kubernetes documentation, "Labels and Selectors"; k8s.io/apimachinery/pkg/labels).
 *
 * @module
 */

/** One condition of a label selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted, without repeats; empty for `exists` and `!`. */
  readonly values: readonly string[];
}

/** How a {@link LabelRequirement} compares. */
export type LabelOperator =
  | "="
  | "!="
  | "in"
  | "notin"
  | "exists"
  | "!"
  | "gt"
  | "lt";

/** What may stand between a key and its values. */
const OPERATORS: ReadonlyMap<string, LabelOperator> = new Map([
  ["=", "="],
  ["==", "="],
  ["!=", "!="],
  ["in", "in"],
  ["notin", "notin"],
  [">", "gt"],
  ["<", "lt"],
]);

const SYMBOL_PAIRS = new Set(["==", "!="]);
const SYMBOL_CHARACTER = /[=!(),><]/;
const WHITE_SPACE = /[ \t\r\n]/;
const WORD_END = /[=!(),>< \t\r\n\0]/;
/** At most 63 characters, alphanumeric at both ends. */
const NAME = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;
const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const DIGITS = /^[0-9]+$/;
const INT64_MAX = (1n << 63n) - 1n;

/**
 * A lexical unit: an operator or punctuation where `symbol`, else a word.
 * The list of them ends with {@link END}.
 */
interface Token {
  readonly text: string;
  readonly symbol: boolean;
}

const END: Token = { text: "", symbol: true };

/**
 * The requirements of a label selector, all of which must hold, in the order
 * they are written; null where the selector is malformed.
 *
 * @example
 * ```ts
 * import { parseLabelSelector } from "./label_selector.ts";
 *
 * console.log(parseLabelSelector("app=web,tier in (a, b),!canary"));
 * ```
 */
export function parseLabelSelector(
  selector: string,
): LabelRequirement[] | null {
  const reader = new TokenReader(tokenize(selector));
  const requirements: LabelRequirement[] = [];
  while (!reader.at(END)) {
    const requirement = parseRequirement(reader);
    if (requirement === null || !isValid(requirement)) return null;
    requirements.push(requirement);
    if (reader.at(END)) break;
    // A comma asks for another requirement.
    if (!reader.skipSymbol(",") || reader.at(END)) return null;
  }
  return requirements;
}

/** The byte 0 ends a word, symbol or the whole input, as it does in Go's lexer. */
function tokenize(selector: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (WHITE_SPACE.test(selector.charAt(at))) at++;
    const first = selector.charAt(at);
    if (first === "" || first === "\0") return [...tokens, END];
    const symbol = SYMBOL_CHARACTER.test(first);
    const end = symbol ? symbolEnd(selector, at) : wordEnd(selector, at);
    tokens.push({ text: selector.slice(at, end), symbol });
    at = selector.charAt(end) === "\0" ? end + 1 : end;
  }
}

function symbolEnd(selector: string, start: number): number {
  return start + (SYMBOL_PAIRS.has(selector.slice(start, start + 2)) ? 2 : 1);
}

function wordEnd(selector: string, start: number): number {
  let end = start;
  while (end < selector.length && !WORD_END.test(selector.charAt(end))) end++;
  return end;
}

/** Walks over tokens, never past the {@link END}. */
class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token {
    return this.#tokens[this.#next] ?? END;
  }

  read(): Token {
    const token = this.peek();
    this.#next++;
    return token;
  }

  at(token: Token): boolean {
    return this.peek() === token;
  }

  atSymbol(text: string): boolean {
    const token = this.peek();
    return token.symbol && token.text === text;
  }

  skipSymbol(text: string): boolean {
    if (!this.atSymbol(text)) return false;
    this.#next++;
    return true;
  }
}

function parseRequirement(reader: TokenReader): LabelRequirement | null {
  const negated = reader.skipSymbol("!");
  const key = reader.read();
  if (key.symbol) return null;
  if (negated) return { key: key.text, operator: "!", values: [] };
  if (reader.at(END) || reader.atSymbol(",")) {
    return { key: key.text, operator: "exists", values: [] };
  }
  const operator = OPERATORS.get(reader.read().text);
  if (operator === undefined) return null;
  const values = operator === "in" || operator === "notin"
    ? parseValueSet(reader)
    : parseExactValue(reader);
  return values === null ? null : { key: key.text, operator, values };
}

/** One word, or nothing, which is the empty value. */
function parseExactValue(reader: TokenReader): string[] | null {
  if (reader.at(END) || reader.atSymbol(",")) return [""];
  const value = reader.read();
  return value.symbol ? null : [value.text];
}

/** `(a,b)`: between two commas, or a comma and a parenthesis, stands the empty value. */
function parseValueSet(reader: TokenReader): string[] | null {
  if (!reader.skipSymbol("(")) return null;
  const values = new Set<string>();
  for (;;) {
    values.add(reader.peek().symbol ? "" : reader.read().text);
    if (reader.skipSymbol(")")) return [...values].sort();
    if (!reader.skipSymbol(",")) return null;
  }
}

function isValid({ key, operator, values }: LabelRequirement): boolean {
  if (!isLabelKey(key)) return false;
  if (operator === "gt" || operator === "lt") {
    return values.every(isInt64);
  }
  return values.every(isLabelValue);
}

/** Whether the text is a label key: a name, with a DNS subdomain and a slash before it or not. */
function isLabelKey(key: string): boolean {
  const slash = key.indexOf("/");
  if (slash < 0) return NAME.test(key);
  const prefix = key.slice(0, slash);
  return prefix.length <= 253 &&
    prefix.split(".").every((label) => DNS_LABEL.test(label)) &&
    NAME.test(key.slice(slash + 1));
}

function isLabelValue(value: string): boolean {
  return value === "" || NAME.test(value);
}

/** A label value cannot begin with a sign, so digits are all there is. */
function isInt64(value: string): boolean {
  return value.length <= 63 && DIGITS.test(value) && BigInt(value) <= INT64_MAX;
}

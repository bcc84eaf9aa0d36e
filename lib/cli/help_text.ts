/**
 * A help text, read back: completions, the manual page and suggestions follow
 * from what `--help` says, so that there is one place to say it.
 *
 * A help text begins with `Usage: …`, has paragraphs, and then sections: a title
 * that ends with a colon, and lines that are indented. An item of a section is a
 * term and, two spaces on or on the lines below, its text.
 *
 * @module
 */

/** An item of a section: an option, a variable, a command. */
export interface HelpItem {
  /** As it is written: `-o, --output FORMAT`. */
  readonly term: string;
  /** In one line. */
  readonly text: string;
}

/** A section of a help text. */
export interface HelpSection {
  /** Without the colon, in one line. */
  readonly title: string;
  readonly items: readonly HelpItem[];
  /** The lines as they are written, without the indentation that all have. */
  readonly lines: readonly string[];
}

/** A help text in its parts. */
export interface HelpText {
  /** What stands behind `Usage:`. */
  readonly usage: string;
  /** The paragraphs outside of sections, each in one line. */
  readonly paragraphs: readonly string[];
  readonly sections: readonly HelpSection[];
}

/** An option of a command. */
export interface HelpOption {
  /** With two hyphens. */
  readonly name: string;
  /** With one hyphen; null where there is none. */
  readonly short: string | null;
  /** What stands for its value: `FORMAT`; null where it takes none. */
  readonly value: string | null;
  /** The words that the value may be; empty where it is free. */
  readonly words: readonly string[];
  readonly text: string;
}

/**
 * Reads a help text.
 *
 * @example
 * ```ts
 * import { readHelp } from "./help_text.ts";
 *
 * const help = readHelp("Usage: tool work\n\nWorks.\n\nOptions:\n  --help  Show.\n");
 * console.log(help.sections[0]?.items); // [{ term: "--help", text: "Show." }]
 * ```
 */
export function readHelp(text: string): HelpText {
  const [first = "", ...blocks] = text.trimEnd().split(/\n\n+/);
  const paragraphs: string[] = [];
  const sections: HelpSection[] = [];
  for (const block of blocks) {
    const section = readSection(block);
    const last = sections.at(-1);
    if (section !== undefined) sections.push(section);
    // A section may have gaps: what is indented goes on with it.
    else if (/^ /.test(block) && last !== undefined) {
      sections[sections.length - 1] = longer(last, block);
    } else paragraphs.push(joined(block));
  }
  return { usage: joined(first.replace(/^Usage: /, "")), paragraphs, sections };
}

/** A title, of one line or more, with indented lines below. */
function readSection(block: string): HelpSection | undefined {
  const found = /^((?:\S.*\n)*?\S.*):\n((?: .*(?:\n|$))+)$/.exec(block);
  if (found === null) return undefined;
  const [, title = "", body = ""] = found;
  return { title: joined(title), ...readBody(body) };
}

function longer(section: HelpSection, block: string): HelpSection {
  const { items, lines } = readBody(block);
  return {
    title: section.title,
    items: [...section.items, ...items],
    lines: [...section.lines, "", ...lines],
  };
}

/** Lines that begin further right than this go on with the item above. */
const DEEPEST_TERM = 6;

function readBody(body: string): Pick<HelpSection, "items" | "lines"> {
  const lines = body.replace(/\n$/, "").split("\n");
  const items: { term: string; text: string }[] = [];
  for (const line of lines) {
    const indent = line.length - line.trimStart().length;
    const last = items.at(-1);
    if (last !== undefined && indent > DEEPEST_TERM) {
      last.text = `${last.text} ${line.trim()}`.trim();
      continue;
    }
    const [term = "", ...text] = line.trim().split(/ {2,}/);
    // A list of names may take more than one line.
    if (last?.term.endsWith(",") && last.text === "") {
      last.term = `${last.term} ${term}`;
      last.text = text.join(" ");
    } else items.push({ term, text: text.join(" ") });
  }
  return { items, lines: lines.map((line) => line.replace(/^ {2}/, "")) };
}

function joined(lines: string): string {
  return lines.split("\n").map((line) => line.trim()).join(" ");
}

/**
 * The options of a help text, in its order; one for each long name.
 *
 * @example
 * ```ts
 * import { helpOptions, readHelp } from "./help_text.ts";
 *
 * const help = readHelp(
 *   "Usage: tool\n\nOptions:\n  -o, --output FORMAT  text (default) or json.\n",
 * );
 * console.log(helpOptions(help)[0]?.words); // ["text", "json"]
 * ```
 */
export function helpOptions(help: HelpText): HelpOption[] {
  const items = help.sections.flatMap((section) => section.items);
  return items.filter(({ term }) => term.startsWith("-")).flatMap(readOption);
}

function readOption({ term, text }: HelpItem): HelpOption[] {
  const parts = term.split(/,? +/);
  const short = parts.find((part) => /^-[^-]/.test(part)) ?? null;
  const value = parts.find((part) => !part.startsWith("-")) ?? null;
  return parts.filter((part) => part.startsWith("--")).map((name) => ({
    name,
    short,
    value,
    words: value === null ? [] : listedWords(text),
    text,
  }));
}

const WORD = String.raw`[A-Za-z0-9][A-Za-z0-9-]*(?: \([^)]*\))?`;
const WORD_LIST = new RegExp(
  `(?:^|: )(${WORD}(?:, ${WORD})*,? or ${WORD})(?=[.,:;]| \\(|$)`,
);

/** The words of a text that lists them at its begin or behind a colon: `text (default) or json.` */
function listedWords(text: string): string[] {
  const list = WORD_LIST.exec(text)?.[1];
  if (list === undefined) return [];
  return list.replaceAll(/ \([^)]*\)/g, "").split(/,? or |, /);
}

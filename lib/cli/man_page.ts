/**
 * The manual page, from the help texts.
 *
 * @module
 */

import { type HelpSection, type HelpText, readHelp } from "./help_text.ts";

/** What a manual page is made from. */
export interface ManPageOptions {
  /** The program's name. */
  readonly name: string;
  readonly version: string;
  /** The help of the program. */
  readonly help: string;
  /** The help of each of its commands. */
  readonly commands: readonly string[];
}

/** Sections whose lines are examples or a table, and stay as they are. */
const VERBATIM: ReadonlySet<string> = new Set(["Examples"]);

/** Sections of the program's own help that the page shows in another way. */
const LEFT_OUT: ReadonlySet<string> = new Set(["Commands"]);

/**
 * The page in the language of man(7).
 *
 * @example
 * ```ts
 * import { manPage } from "./man_page.ts";
 *
 * const page = manPage({
 *   name: "tool",
 *   version: "1.0.0",
 *   help: "Usage: tool COMMAND\n\nWorks.\n",
 *   commands: ["Usage: tool work\n\nDoes some work.\n"],
 * });
 * ```
 */
export function manPage(options: ManPageOptions): string {
  const { name, version } = options;
  const help = readHelp(options.help);
  const [description = "", ...rest] = help.paragraphs;
  const lines = [
    `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`${name} ${version}`)}`,
    ".SH NAME",
    `${text(name)} \\- ${text(sentence(description))}`,
    ".SH SYNOPSIS",
    `.B ${text(help.usage)}`,
    ".SH DESCRIPTION",
    text(description),
    ".SH COMMANDS",
    ...options.commands.flatMap((command) => commandLines(readHelp(command))),
    ...help.sections.filter(({ title }) => !LEFT_OUT.has(title))
      .flatMap((section) => [
        `.SH ${quoted(section.title.toUpperCase())}`,
        ...sectionLines(section),
      ]),
    ...rest.flatMap((paragraph) => [".PP", text(paragraph)]),
  ];
  return `${lines.join("\n")}\n`;
}

function commandLines({ usage, paragraphs, sections }: HelpText): string[] {
  return [
    `.SS ${quoted(usage)}`,
    ...paragraphs.flatMap((paragraph) => [".PP", text(paragraph)]),
    ...sections.flatMap((section) => [
      ".PP",
      `.B ${quoted(`${section.title}:`)}`,
      ...sectionLines(section),
    ]),
  ];
}

function sectionLines({ title, items, lines }: HelpSection): string[] {
  if (VERBATIM.has(title)) {
    return [".PP", ".nf", ...lines.map(text), ".fi"];
  }
  return items.flatMap((item) => [
    ".TP",
    `.B ${text(item.term)}`,
    text(item.text),
  ]);
}

/** As the NAME section has it: no capital, no period. */
function sentence(description: string): string {
  return `${description.slice(0, 1).toLowerCase()}${
    description.slice(1).replace(/\.$/, "")
  }`;
}

/** Text that troff takes as it is. */
function text(words: string): string {
  return words
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    // Else it would be taken for a request.
    .replace(/^(?=[.'])/, "\\&");
}

/** An argument of a request. */
function quoted(words: string): string {
  return `"${text(words).replaceAll('"', '""')}"`;
}

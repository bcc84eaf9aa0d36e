/**
 * What the completions of all shells are made from.
 *
 * @module
 */

import { type HelpOption, helpOptions, readHelp } from "./help_text.ts";

/** A command to complete. */
export interface CompletedCommand {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Whether files can stand behind it. */
  readonly takesFiles: boolean;
  /** Words that can stand behind it. */
  readonly words: readonly string[];
}

/** An option to complete. */
export interface CompletedOption extends HelpOption {
  /** What its value is: nothing, one of its words, a file, or anything. */
  readonly completes: "nothing" | "words" | "files" | "anything";
}

/** A program to complete. */
export interface CompletedProgram {
  readonly name: string;
  readonly commands: readonly CompletedCommand[];
}

/** What a command says of itself. */
export interface Described {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
}

/** Values that are files, by what stands for them. */
const FILE_VALUES: ReadonlySet<string> = new Set(["FILE", "DIR"]);

/**
 * Makes the model from the commands' help texts.
 *
 * @example
 * ```ts
 * import { completedProgram } from "./completion_model.ts";
 *
 * const model = completedProgram("tool", [{
 *   name: "work",
 *   summary: "Do some work",
 *   help: "Usage: tool work [FILE...]\n\nOptions:\n  --fast  At once.\n",
 * }]);
 * console.log(model.commands[0]?.takesFiles); // true
 * ```
 */
export function completedProgram(
  name: string,
  commands: readonly Described[],
): CompletedProgram {
  const completed = commands.map(completedCommand);
  return {
    name,
    commands: [...completed, {
      name: "help",
      summary: "Show the help of a command",
      options: [],
      takesFiles: false,
      words: completed.map((command) => command.name),
    }],
  };
}

function completedCommand(
  { name, summary, help: text }: Described,
): CompletedCommand {
  const help = readHelp(text);
  return {
    name,
    summary,
    options: helpOptions(help).map((option) => ({
      ...option,
      completes: completes(option),
    })),
    takesFiles: /\bFILE\b/.test(help.usage),
    words: /\b([a-z]+(?:\|[a-z]+)+)\b/.exec(help.usage)?.[1]?.split("|") ?? [],
  };
}

function completes(
  { value, words }: HelpOption,
): CompletedOption["completes"] {
  if (value === null) return "nothing";
  if (words.length > 0) return "words";
  return FILE_VALUES.has(value) ? "files" : "anything";
}

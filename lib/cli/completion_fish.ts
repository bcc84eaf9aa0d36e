/**
 * Completions for fish, from version 3 on.
 *
 * @module
 */

import type {
  CompletedCommand,
  CompletedOption,
  CompletedProgram,
} from "./completion_model.ts";
import { firstSentence } from "./completion_text.ts";

/**
 * The script that fish sources.
 *
 * @see https://fishshell.com/docs/current/cmds/complete.html
 *
 * @example
 * ```ts
 * import { fishCompletion } from "./completion_fish.ts";
 * import { completedProgram } from "./completion_model.ts";
 *
 * const script = fishCompletion(completedProgram("tool", []));
 * ```
 */
export function fishCompletion({ name, commands }: CompletedProgram): string {
  const complete = `complete -c ${name}`;
  const names = commands.map((command) =>
    `${complete} -n __fish_use_subcommand -a ${command.name} -d ${
      quoted(command.summary)
    }\n`
  );
  const details = commands.map((command) => commandLines(complete, command));
  return `# fish completion for ${name}
${complete} -f
${complete} -n __fish_use_subcommand -l help -d 'Show the commands'
${complete} -n __fish_use_subcommand -l version -d 'Tell which build this is'
${names.join("")}${details.join("")}`;
}

function commandLines(
  complete: string,
  { name, options, takesFiles, words }: CompletedCommand,
): string {
  const behind = `${complete} -n '__fish_seen_subcommand_from ${name}'`;
  const lines = options.map((option) => `${behind}${optionPart(option)}`);
  if (takesFiles) lines.push(`${behind} -F`);
  if (words.length > 0) lines.push(`${behind} -a ${quoted(words.join(" "))}`);
  return lines.map((line) => `${line}\n`).join("");
}

function optionPart(
  { name, short, completes, words, text }: CompletedOption,
): string {
  const value = {
    nothing: "",
    anything: " -x",
    files: " -r -F",
    words: ` -x -a ${quoted(words.join(" "))}`,
  }[completes];
  const names = `${short === null ? "" : ` -s ${short.slice(1)}`} -l ${
    name.slice(2)
  }`;
  return `${names}${value} -d ${quoted(firstSentence(text))}`;
}

/** A word in single quotes, as fish reads it. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}

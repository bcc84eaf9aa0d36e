/**
 * Completions for zsh.
 *
 * @module
 */

import type {
  CompletedCommand,
  CompletedOption,
  CompletedProgram,
} from "./completion_model.ts";
import {
  firstSentence,
  functionName,
  singleQuoted,
} from "./completion_text.ts";

/**
 * The script that zsh sources, or finds as a file `_NAME` in its `fpath`.
 *
 * @see https://zsh.sourceforge.io/Doc/Release/Completion-System.html
 *
 * @example
 * ```ts
 * import { completedProgram } from "./completion_model.ts";
 * import { zshCompletion } from "./completion_zsh.ts";
 *
 * const script = zshCompletion(completedProgram("tool", []));
 * ```
 */
export function zshCompletion({ name, commands }: CompletedProgram): string {
  const fn = functionName(name);
  const described = commands.map((command) =>
    `    ${singleQuoted(`${command.name}:${command.summary}`)}\n`
  );
  return `#compdef ${name}
# zsh completion for ${name}
${fn}() {
  local context state line
  typeset -A opt_args
  local -a commands
  commands=(
${described.join("")}  )
  _arguments -C \\
    '(-)--help[Show the commands]' \\
    '(-)--version[Tell which build this is]' \\
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
  command)
    _describe command commands
    ;;
  argument)
    case $words[1] in
${commands.map(commandCase).join("")}    esac
    ;;
  esac
}
if [ "$funcstack[1]" = "${fn}" ]; then
  ${fn} "$@"
else
  compdef ${fn} ${name}
fi
`;
}

function commandCase(
  { name, options, takesFiles, words }: CompletedCommand,
): string {
  const others = words.length > 0
    ? [singleQuoted(`1:word:(${words.join(" ")})`)]
    : takesFiles
    ? ["'*:file:_files'"]
    : [];
  const specs = [...options.map(optionSpec), ...others];
  const lines = specs.map((spec) => ` \\\n        ${spec}`).join("");
  return `    ${name})
      _arguments${lines}
      ;;
`;
}

function optionSpec(
  { name, short, value, completes, words, text }: CompletedOption,
): string {
  const often = /several times/.test(text);
  const action = completes === "files"
    ? "_files"
    : completes === "words"
    ? `(${words.join(" ")})`
    : " ";
  const argument = value === null ? "" : `:${escaped(value)}:${action}`;
  const rest = singleQuoted(`[${escaped(firstSentence(text))}]${argument}`);
  // A long option's value may follow an equals sign.
  const long = value === null ? name : `${name}=`;
  if (short === null) return `${often ? "'*'" : ""}${long}${rest}`;
  const others = often ? "'*'" : singleQuoted(`(${short} ${name})`);
  return `${others}{${short},${long}}${rest}`;
}

/** What \`_arguments\` would take for its own. */
function escaped(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, "\\$&");
}

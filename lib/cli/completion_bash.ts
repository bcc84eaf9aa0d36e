/**
 * Completions for bash, from version 3.2 on.
 *
 * @module
 */

import type {
  CompletedCommand,
  CompletedOption,
  CompletedProgram,
} from "./completion_model.ts";
import { functionName } from "./completion_text.ts";

/**
 * The script that bash sources.
 *
 * @see https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
 *
 * @example
 * ```ts
 * import { bashCompletion } from "./completion_bash.ts";
 * import { completedProgram } from "./completion_model.ts";
 *
 * const script = bashCompletion(completedProgram("tool", []));
 * ```
 */
export function bashCompletion({ name, commands }: CompletedProgram): string {
  const fn = functionName(name);
  const names = commands.map((command) => command.name).join(" ");
  return `# bash completion for ${name}
${fn}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  # Bash takes --option=value apart.
  if [ "$current" = "=" ]; then
    current=
  elif [ "$previous" = "=" ]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    compopt +o default +o bashdefault 2>/dev/null
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]#--}" in
${commands.map(commandCase).join("")}  esac
}
complete -o bashdefault -o default -F ${fn} ${name}
`;
}

/** Where nothing is offered, bash offers files; this keeps it from that. */
const NO_FILES = "compopt +o default +o bashdefault 2>/dev/null";

function commandCase(
  { name, options, takesFiles, words }: CompletedCommand,
): string {
  const flags = options.flatMap(spellings).join(" ");
  const others = words.length > 0
    ? `${NO_FILES}
        COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$current"))`
    : takesFiles
    ? ":"
    : NO_FILES;
  const values = options.filter(({ completes }) => completes !== "nothing");
  return `  ${name})
    case "$previous" in
${values.map(valueCase).join("")}    *)
      if [[ "$current" == -* ]]; then
        ${NO_FILES}
        COMPREPLY=($(compgen -W "${flags}" -- "$current"))
      else
        ${others}
      fi
      ;;
    esac
    ;;
`;
}

function spellings({ name, short }: CompletedOption): string[] {
  return short === null ? [name] : [short, name];
}

function valueCase(option: CompletedOption): string {
  const { completes, words } = option;
  const action = completes === "files"
    ? ":"
    : completes === "words"
    ? `${NO_FILES}
      COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$current"))`
    : NO_FILES;
  return `    ${spellings(option).join("|")})
      ${action}
      ;;
`;
}

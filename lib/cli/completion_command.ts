/**
 * `mca completion`: completions for shells.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { McaError } from "../errors.ts";
import type { Command } from "./command.ts";
import { bashCompletion } from "./completion_bash.ts";
import { fishCompletion } from "./completion_fish.ts";
import {
  type CompletedProgram,
  completedProgram,
  type Described,
} from "./completion_model.ts";
import { zshCompletion } from "./completion_zsh.ts";
import { didYouMean, nearestWord } from "../suggestion.ts";
import { usage } from "./option_values.ts";

const SHELLS: ReadonlyMap<string, (program: CompletedProgram) => string> =
  new Map([
    ["bash", bashCompletion],
    ["zsh", zshCompletion],
    ["fish", fishCompletion],
  ]);

const HELP = `Usage: mca completion bash|zsh|fish

Writes a script that makes the shell complete mca's commands, options and
values.

Options:
  -h, --help  Show this text.

Examples:
  source <(mca completion bash)
                        In ~/.bashrc.
  source <(mca completion zsh)
                        In ~/.zshrc, after compinit.
  mca completion fish > ~/.config/fish/completions/mca.fish
`;

/** `completion`, for the program whose commands `describe` tells. */
export function completionCommand(
  program: string,
  describe: () => Promise<readonly Described[]>,
): Command {
  return {
    name: "completion",
    summary: "Write completions for bash, zsh or fish",
    help: HELP,
    run: async (args, { terminal }) => {
      const { values, positionals } = usage("completion", () =>
        parseArgs({
          args: [...args],
          allowPositionals: true,
          options: { help: { type: "boolean", short: "h", default: false } },
        }));
      if (values.help) {
        await terminal.writeOut(HELP);
        return 0;
      }
      const write = SHELLS.get(positionals.join(" "));
      if (write === undefined) {
        const shells = [...SHELLS.keys()];
        throw new McaError(
          "usage",
          positionals.length === 0
            ? "No shell was given"
            : `There are no completions for ${positionals.join(" ")}`,
          {
            hint: didYouMean(
              nearestWord(positionals.join(" "), shells),
              `Give one of: ${shells.join(", ")}.`,
            ),
          },
        );
      }
      await terminal.writeOut(
        write(completedProgram(program, await describe())),
      );
      return 0;
    },
  };
}

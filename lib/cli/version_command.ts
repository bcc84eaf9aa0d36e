/**
 * `mca version`: which build this is.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { Platform } from "../platform.ts";
import { VERSION } from "../version.ts";
import type { Command } from "./command.ts";
import { oneOf, usage } from "./option_values.ts";
import { COMMIT } from "./version_commit.ts";
import {
  type Build,
  type Runtime,
  versionJson,
  versionText,
} from "./version_text.ts";

const FORMATS = ["text", "json"] as const;

function helpOf(program: string): string {
  return `Usage: ${program} version [OPTIONS]

Tells the version, the flavor (release, develop or testing), the system it was
made for, the commit, and the version of Deno in it. --version does the same.

Options:
  -o, --output FORMAT  text (default) or json.
  -h, --help           Show this text.

Examples:
  ${program} version
  ${program} version -o json
`;
}

/** `version`, for the executable of that name. */
export function versionCommand(program: string, runtime: Runtime): Command {
  const help = helpOf(program);
  return {
    name: "version",
    summary: "Tell which build this is",
    help,
    run: async (args, platform) => {
      const { values } = usage("version", () =>
        parseArgs({
          args: [...args],
          allowPositionals: false,
          options: {
            output: { type: "string", short: "o" },
            help: { type: "boolean", short: "h", default: false },
          },
        }));
      const format = oneOf(
        FORMATS,
        { name: "--output", text: values.output },
        "text",
      );
      const print = format === "json" ? versionJson : versionText;
      await platform.terminal.writeOut(
        values.help ? help : print(buildOf(program, runtime, platform)),
      );
      return 0;
    },
  };
}

function buildOf(
  name: string,
  { target, deno }: Runtime,
  { flavor }: Platform,
): Build {
  return { name, version: VERSION, flavor, target, commit: COMMIT, deno };
}

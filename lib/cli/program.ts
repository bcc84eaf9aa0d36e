/**
 * From arguments to a command, and from errors to exit codes.
 *
 * @module
 */

import { formatError, McaError } from "../errors.ts";
import type { Platform, Signals } from "../platform.ts";
import { didYouMean, nearestWord } from "../suggestion.ts";
import type { Command } from "./command.ts";
import { helpOptions, readHelp } from "./help_text.ts";
import { versionCommand } from "./version_command.ts";
import type { Runtime } from "./version_text.ts";

/** A command that is loaded when it is called. */
export interface CommandEntry {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** One executable. */
export interface Program {
  /** As it is typed: `mca`. */
  readonly name: string;
  /** What it is for, in a line or two. */
  readonly description: string;
  readonly commands: readonly CommandEntry[];
  /** The command that runs where none is named. */
  readonly defaultCommand?: string;
  /** What it runs on, for `version`. */
  readonly runtime: Runtime;
}

/**
 * Runs a program and returns its exit code. A command may be written as a flag
 * too (`--proxy` for `proxy`): the arguments of containers are.
 */
export async function runProgram(
  program: Program,
  args: readonly string[],
  platform: Platform,
  signals: Signals,
): Promise<number> {
  const { terminal } = platform;
  try {
    return await dispatch(program, args, platform, signals);
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    terminal.writeError(`${formatError(program.name, error)}\n`);
    return error.exitCode;
  }
}

async function dispatch(
  program: Program,
  args: readonly string[],
  platform: Platform,
  signals: Signals,
): Promise<number> {
  const [first = "", ...rest] = args;
  const entry = entryOf(program, first);
  if (entry !== undefined) {
    return await runCommand(await entry.load(), rest, platform, signals);
  }
  if (first === "--help" || first === "-h" || first === "help") {
    await platform.terminal.writeOut(await help(program, rest));
    return 0;
  }
  if (program.defaultCommand !== undefined) {
    const command = entryOf(program, program.defaultCommand);
    if (command !== undefined) {
      return await runCommand(await command.load(), args, platform, signals);
    }
  }
  if (first === "") {
    const hint = seeCommands(program);
    throw new McaError("usage", "No command was given", { hint });
  }
  throw unknownCommand(program, first);
}

function seeCommands({ name }: Program): string {
  return `Run \`${name} --help\` to see the commands.`;
}

function unknownCommand(program: Program, word: string): McaError {
  const names = [...commandsOf(program).map(({ name }) => name), "help"];
  const nearest = nearestWord(word.replace(/^--/, ""), names);
  return new McaError("usage", `There is no command ${word}`, {
    hint: didYouMean(nearest, seeCommands(program)),
  });
}

/** Runs the command; an error about an unknown option also tells the nearest one that there is. */
async function runCommand(
  command: Command,
  args: readonly string[],
  platform: Platform,
  signals: Signals,
): Promise<number> {
  try {
    return await command.run(args, platform, signals);
  } catch (error) {
    if (!(error instanceof McaError) || error.code !== "usage") throw error;
    const unknown = /^Unknown option '(--[^']+)'/.exec(error.message)?.[1];
    if (unknown === undefined) throw error;
    const names = helpOptions(readHelp(command.help)).map(({ name }) => name);
    const hint = didYouMean(nearestWord(unknown, names), error.hint ?? "");
    throw new McaError(error.code, error.message, { hint, cause: error });
  }
}

/** What each command of a program says of itself. */
export function describeCommands(program: Program): Promise<Command[]> {
  return Promise.all(commandsOf(program).map(({ load }) => load()));
}

/** The program's own commands, and those that each program has. */
function commandsOf(program: Program): readonly CommandEntry[] {
  const version = versionCommand(program.name, program.runtime);
  const { name, summary } = version;
  return [...program.commands, {
    name,
    summary,
    load: () => Promise.resolve(version),
  }];
}

function entryOf(program: Program, word: string): CommandEntry | undefined {
  const name = word.startsWith("--") ? word.slice(2) : word;
  return commandsOf(program).find((command) => command.name === name);
}

async function help(
  program: Program,
  args: readonly string[],
): Promise<string> {
  const [word] = args;
  if (word !== undefined) {
    const entry = entryOf(program, word);
    if (entry === undefined) throw unknownCommand(program, word);
    return (await entry.load()).help;
  }
  const commands = commandsOf(program);
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) =>
    `  ${name.padEnd(width)}  ${summary}`
  );
  return `Usage: ${program.name} COMMAND [OPTIONS]

${program.description}

Commands:
${lines.join("\n")}

Exit codes:
  0  done
  1  bad input, or a check that failed
  2  wrong usage

Run \`${program.name} COMMAND --help\` for a command's options and examples.
`;
}

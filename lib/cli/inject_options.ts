/**
 * The options that `inject` and `uninject` share.
 *
 * @module
 */

import { parseArgs, type ParseArgsConfig } from "node:util";
import { McaError } from "../errors.ts";
import { STANDARD_INPUT } from "./inject_inputs.ts";
import { REPORT_FORMATS, type ReportFormat } from "./inject_report.ts";
import { oneOf, usage } from "./option_values.ts";

/** How the result is written: as it came, converted, or as patches. */
export const OUTPUT_FORMATS = ["same", "yaml", "json", "patch"] as const;

/** How the result is written. */
export type OutputFormat = typeof OUTPUT_FORMATS[number];

/** What becomes of the result. */
export type Mode = "print" | "in-place" | "diff" | "check" | "dry-run";

/** What the shared options say. */
export interface RunOptions {
  /** Files, directories, patterns and `-`, as the user named them. */
  readonly inputs: readonly string[];
  readonly recursive: boolean;
  readonly output: OutputFormat;
  readonly mode: Mode;
  readonly keepGoing: boolean;
  readonly quiet: boolean;
  readonly report: ReportFormat;
}

/** What was given on the command line. */
export interface ParsedOptions extends RunOptions {
  readonly isHelp: boolean;
  /** The values of the command's own options. */
  readonly own: Readonly<Record<string, readonly string[]>>;
}

const SHARED = {
  filename: { type: "string", short: "f", multiple: true },
  recursive: { type: "boolean", short: "R" },
  output: { type: "string", short: "o" },
  "in-place": { type: "boolean", short: "i" },
  diff: { type: "boolean" },
  "dry-run": { type: "boolean" },
  check: { type: "boolean" },
  "keep-going": { type: "boolean", short: "k" },
  quiet: { type: "boolean", short: "q" },
  report: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const satisfies ParseArgsConfig["options"];

/** The modes, by the flags that ask for them. A later one wins over those it may stand beside. */
const MODES = [
  { flag: "in-place", mode: "in-place" },
  { flag: "diff", mode: "diff" },
  { flag: "check", mode: "check" },
  { flag: "dry-run", mode: "dry-run" },
] as const;

/** Flags that may be given together, and what they come to. */
const COMBINED: readonly {
  readonly flags: readonly string[];
  readonly mode: Mode;
}[] = [
  { flags: ["in-place", "dry-run"], mode: "dry-run" },
  { flags: ["diff", "dry-run"], mode: "diff" },
  { flags: ["in-place", "diff", "dry-run"], mode: "diff" },
];

function fail(command: string, message: string): McaError {
  return new McaError("usage", message, {
    hint: `Run \`mca ${command} --help\` to see what goes together.`,
  });
}

function chooseMode(command: string, given: (flag: string) => boolean): Mode {
  const flags = MODES.filter(({ flag }) => given(flag));
  const [first, second] = flags;
  if (second === undefined) return first?.mode ?? "print";
  const combined = COMBINED.find((combination) =>
    combination.flags.length === flags.length &&
    flags.every(({ flag }) => combination.flags.includes(flag))
  );
  if (combined !== undefined) return combined.mode;
  throw fail(
    command,
    `${flags.map(({ flag }) => `--${flag}`).join(" and ")} exclude each other`,
  );
}

function checkInPlace(command: string, options: RunOptions): void {
  if (options.inputs.includes(STANDARD_INPUT)) {
    throw fail(command, "Standard input cannot be changed in place");
  }
  if (options.output !== "same") {
    throw fail(
      command,
      "--in-place keeps each file's format; it takes no --output",
    );
  }
}

/**
 * Reads a command line. `own` names the command's own options that take a value.
 *
 * @throws {McaError} `usage`
 */
export function parseRunOptions(
  command: string,
  args: readonly string[],
  own: readonly string[],
): ParsedOptions {
  const ownOptions = Object.fromEntries(
    own.map((name) => [name, { type: "string", multiple: true }] as const),
  );
  const { values, positionals } = usage(command, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...ownOptions, ...SHARED },
    }));
  const given: Readonly<Record<string, unknown>> = values;
  const texts = (name: string) =>
    [given[name]].flat().filter((value) => typeof value === "string");
  const is = (name: string) => given[name] === true;
  const named = [...texts("filename"), ...positionals];
  const options: ParsedOptions = {
    inputs: named.length === 0 ? [STANDARD_INPUT] : named,
    recursive: is("recursive"),
    output: oneOf(
      OUTPUT_FORMATS,
      { name: "--output", text: texts("output").at(-1) },
      "same",
    ),
    mode: chooseMode(command, is),
    keepGoing: is("keep-going"),
    quiet: is("quiet"),
    report: oneOf(
      REPORT_FORMATS,
      { name: "--report", text: texts("report").at(-1) },
      "text",
    ),
    isHelp: is("help"),
    own: Object.fromEntries(own.map((name) => [name, texts(name)])),
  };
  if (is("in-place")) checkInPlace(command, options);
  return options;
}

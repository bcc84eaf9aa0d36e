/** Commands that people type, one after the other, and what they see on each way. */

import type { CommandResult } from "../command.ts";
import type { AppWay } from "./two_ways.ts";

/** One command of a session. */
export interface SessionCommand {
  readonly args: readonly string[];
  readonly stdin?: string;
}

/** A command by its words; no word holds a space. */
export function words(text: string, stdin?: string): SessionCommand {
  const args = text.split(" ");
  return stdin === undefined ? { args } : { args, stdin };
}

/** What was seen of one command. */
export interface SessionEntry extends CommandResult {
  readonly command: string;
}

/** Where a session takes place. */
export interface SessionPlace {
  readonly namespace: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the commands in their order. Their namespace is called NAMESPACE, in what they say and are told. */
export async function session(
  way: AppWay,
  program: string,
  commands: readonly SessionCommand[],
  place: SessionPlace,
): Promise<readonly SessionEntry[]> {
  const entries: SessionEntry[] = [];
  for (const { args, stdin } of commands) {
    const { code, stdout, stderr } = await way.run(
      program,
      args.map((arg) => arg.replaceAll("NAMESPACE", place.namespace)),
      {
        cwd: place.cwd,
        ...(place.env === undefined ? {} : { env: place.env }),
        ...(stdin === undefined ? {} : { stdin }),
        signal: AbortSignal.timeout(60_000),
      },
    );
    entries.push({
      command: args.join(" "),
      code,
      stdout: steadyText(stdout, place.namespace),
      stderr: steadyText(stderr, place.namespace),
    });
  }
  return entries;
}

/** What differs from run to run on one way too, and what stands in its stead. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "UID"],
  [
    /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?(Z|[+-]\d{4}( \w+)?))?/g,
    "TIME",
  ],
  [
    /\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (\w{3} +\d+|\d+ \w{3}) [\d: ]{13,}( [+-]\d{4})?/g,
    "TIME",
  ],
  [/(resourceVersion"?: ?)"\d+"/g, '$1"VERSION"'],
  [/\b\d+m?s\b/g, "AGE"],
  [/\b10\.\d+\.\d+\.\d+\b/g, "ADDRESS"],
  [/\b(kube-api-access|node-debugger-node-0)-[a-z0-9]{5}\b/g, "$1-RANDOM"],
  [/\b(LIVE|MERGED)-\d+/g, "$1-RANDOM"],
  [/\b127\.0\.0\.1:\d+\b/g, "SERVER"],
  [/ +/g, " "],
];

function steadyText(text: string, namespace: string): string {
  return VARYING.reduce<string>(
    (steady, [pattern, by]) => steady.replaceAll(pattern, by),
    text.replaceAll(namespace, "NAMESPACE"),
  );
}

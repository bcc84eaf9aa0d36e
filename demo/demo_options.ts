/**
 * The demo's command line.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { McaError } from "../lib/errors.ts";

/** What `deno task demo --help` prints. */
export const HELP = `Usage: deno task demo [OPTIONS]

Shows what MCA does: injects a manifest, starts the proxy, sends requests
through it, and shows the credentials before and after. Then the proxy goes on,
for kubectl, until Ctrl-C; nothing is left behind.

Options:
  --cluster    Use a real control plane, built from source the first time (needs
               Go and about 12 minutes), in place of the embedded API.
  --port PORT  Port of the proxy; 0 takes a free one. Default 6443, or a free one
               where that is taken.
  --exit       End after the last step.
  --help       Show this text.
`;

/** What the options come to. */
export interface DemoOptions {
  readonly isCluster: boolean;
  /** Undefined: 6443, or a free one. */
  readonly port: number | undefined;
  readonly exits: boolean;
  readonly isHelp: boolean;
}

/**
 * Reads the demo's arguments.
 *
 * @throws {McaError} `usage`.
 */
export function readOptions(args: readonly string[]): DemoOptions {
  const { cluster, exit, help, port } = parse(args);
  if (port !== undefined && !(/^[0-9]{1,5}$/.test(port) && +port < 65_536)) {
    throw new McaError("usage", "--port is not a port number", {
      hint: "Give a number from 0 to 65535.",
    });
  }
  return {
    isCluster: cluster,
    port: port === undefined ? undefined : Number(port),
    exits: exit,
    isHelp: help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        cluster: { type: "boolean", default: false },
        exit: { type: "boolean", default: false },
        help: { type: "boolean", default: false, short: "h" },
        port: { type: "string" },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new McaError("usage", message.split(". ")[0] ?? message, {
      hint: "Run `deno task demo --help` to see the options.",
      cause: error,
    });
  }
}

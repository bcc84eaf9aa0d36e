/**
 * The benchmark's command line.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { McaError } from "../lib/errors.ts";
import { PEERS } from "./peers/peers.ts";

/** What `deno task bench --help` prints. */
export const HELP = `Usage: deno task bench [OPTIONS]
       deno task bench inject
       deno task bench webhook [--quick] [--json FILE]

Measures the proxy next to a direct connection, to Go's ReverseProxy and to
nginx, then the webhook and the executables, and prints tables: requests per
second, latencies, start-up, memory. Takes about fifteen minutes, and means
something only on a machine that does nothing else. "inject" measures injection
instead, "webhook" the reviews of pods at admission.

Options:
  --quick           A few seconds, to see that it works; the figures mean nothing.
  --peers NAMES     Only these proxies, separated by commas: ${
  PEERS.map(({ name }) => name).join(",")
}.
  --json FILE       Write every round's figures to FILE too.
  --write-docs      Write docs/performance.md and its plot.
  --soak [SECONDS]  Instead: lists, watches, tunnels and uploads at once for that
                    long (default 600), and how much memory MCA takes meanwhile.
                    Fails where it ends more than 10 % above minute one.
  --help            Show this text.
`;

/** What is measured in place of the proxy. */
const WORDS = ["inject", "webhook"] as const;

type MeasuredWord = typeof WORDS[number];

/** What the options come to. */
export interface BenchOptions {
  readonly kind: "compare" | "soak" | MeasuredWord | "help";
  readonly isQuick: boolean;
  /** Names of peers. */
  readonly peers: readonly string[];
  readonly jsonFile: string | undefined;
  readonly writesDocs: boolean;
  readonly soakSeconds: number;
}

/**
 * Reads the benchmark's arguments.
 *
 * @throws {McaError} `usage`.
 */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const [word, ...more] = positionals;
  const measured = more.length === 0
    ? WORDS.find((known) => known === word)
    : undefined;
  const isSoak = values.soak && more.length === 0 &&
    (word === undefined || /^[1-9][0-9]{0,5}$/.test(word));
  if (word !== undefined && measured === undefined && !isSoak) {
    throw usage(`${positionals.join(" ")} is not understood`);
  }
  return {
    kind: values.help ? "help" : measured ?? (isSoak ? "soak" : "compare"),
    isQuick: values.quick,
    peers: peerNames(values.peers),
    jsonFile: values.json,
    writesDocs: values["write-docs"],
    soakSeconds: isSoak ? Number(word ?? 600) : 0,
  };
}

function peerNames(list: string | undefined): readonly string[] {
  const known = PEERS.map(({ name }) => name);
  if (list === undefined) return known;
  const wanted = list.split(",");
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw usage(`--peers: there is no ${unknown}`);
  }
  return known.filter((name) => wanted.includes(name));
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: "boolean", default: false },
        peers: { type: "string" },
        json: { type: "string" },
        "write-docs": { type: "boolean", default: false },
        soak: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // What comes after the first sentence is advice that does not fit here.
    const [sentence = text] = text.split(". ");
    throw usage(sentence);
  }
}

function usage(message: string): McaError {
  return new McaError("usage", message, {
    hint: "deno task bench --help tells what there is.",
  });
}

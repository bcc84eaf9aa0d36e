/** What the words on the command line of `deno task cluster` mean. */

import { parseArgs } from "node:util";
import { isClusterName } from "./named_clusters.ts";

/** The help text. */
export const help =
  `Runs a real Kubernetes control plane on this machine, for tests and to try things.

Usage: deno task cluster COMMAND [OPTIONS]

Commands:
  up       start a cluster; prints the path of its kubeconfig
  down     stop it and remove all that belongs to it
  status   show the clusters there are
  env      print the lines that point a shell at it: eval "$(deno task cluster env)"
  build    build all programs into the cache, helm too

Options:
  --name NAME     the cluster (default: default); several can run side by side
  --nodes N       up: how many nodes, with stand-ins for kubelets (default: 1)
  --audit         up: record requests in logs/audit.log
  --foreground    up: stay, and stop the cluster at Ctrl-C
  -o json         status: as JSON
  -h, --help      show this help

Environment:
  KUBEBUILDER_ASSETS   folder with kube-apiserver, etcd and kubectl to use
  MCA_CLUSTER_CACHE    folder for built programs (default: ~/.cache/mca-cluster)
  MCA_CLUSTER_DIR      folder for clusters (default: tmp/cluster)

Without KUBEBUILDER_ASSETS the programs are built from source once, which takes
Go and some minutes. Commands of kubectl exec run on this machine, as you.
`;

/** The words cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What is asked for. */
export type Request =
  | { readonly command: "help" }
  | { readonly command: "build" }
  | { readonly command: "down"; readonly name: string }
  | { readonly command: "env"; readonly name: string }
  | {
    readonly command: "status";
    readonly name: string | undefined;
    readonly json: boolean;
  }
  | {
    readonly command: "up";
    readonly name: string;
    readonly nodes: number;
    readonly audit: boolean;
    readonly foreground: boolean;
  };

const allOptions = {
  name: { type: "string" },
  nodes: { type: "string" },
  audit: { type: "boolean" },
  foreground: { type: "boolean" },
  output: { type: "string", short: "o" },
  help: { type: "boolean", short: "h" },
} as const;

const optionsOf: Readonly<Record<string, readonly string[]>> = {
  up: ["name", "nodes", "audit", "foreground"],
  down: ["name"],
  status: ["name", "output"],
  env: ["name"],
  build: [],
};

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: allOptions,
      allowPositionals: true,
    });
  } catch (error) {
    // its messages go on with advice that does not fit here
    throw new UsageError(
      error instanceof Error ? error.message.replace(/\. .*$/s, "") : "",
    );
  }
}

function nodeCount(text: string | undefined): number {
  if (text === undefined) return 1;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count > 100) {
    throw new UsageError(`--nodes takes a number up to 100, not '${text}'`);
  }
  return count;
}

/** @throws {UsageError} When the words cannot be understood. */
export function parseCommandLine(args: readonly string[]): Request {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  if (values.help) return { command: "help" };
  if (command === undefined) throw new UsageError("There is no command");
  const allowed = Object.hasOwn(optionsOf, command)
    ? optionsOf[command]
    : undefined;
  if (allowed === undefined) {
    throw new UsageError(`There is no command '${command}'`);
  }
  if (rest.length > 0) {
    throw new UsageError(`${command} takes no argument '${rest[0]}'`);
  }
  const wrong = Object.keys(values).find((option) => !allowed.includes(option));
  if (wrong !== undefined) {
    throw new UsageError(`${command} takes no option --${wrong}`);
  }
  const { name = "default", output, audit = false, foreground = false } =
    values;
  if (!isClusterName(name)) {
    throw new UsageError(
      `'${name}' cannot name a cluster: use small letters, digits and dashes`,
    );
  }
  if (output !== undefined && output !== "json") {
    throw new UsageError(`-o takes json, not '${output}'`);
  }
  switch (command) {
    case "up": {
      const nodes = nodeCount(values.nodes);
      return { command, name, nodes, audit, foreground };
    }
    case "down":
    case "env":
      return { command, name };
    case "status":
      return { command, name: values.name, json: output === "json" };
    default:
      return { command: "build" };
  }
}

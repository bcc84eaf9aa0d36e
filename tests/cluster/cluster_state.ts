/** What there is to know about a running cluster, as a file that other processes read. */

import { dirname, join } from "node:path";
import { isJsonObject, type JsonObject } from "../../lib/kube/json.ts";
import { ClusterError } from "./cluster_error.ts";
import type { ProcessRecord } from "./process_identity.ts";

/** The environment variable that names the state file of a cluster to share. */
export const stateVariable = "MCA_CLUSTER_STATE";

/** The file's version: it changes when a reader of the old one would be misled. */
const formatVersion = 1;

/** A running cluster. Holds tokens: for the owner's eyes only. */
export interface ClusterState {
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly caPem: string;
  readonly kubeconfig: string;
  readonly kubectl: string;
  /** The token of each user. */
  readonly tokens: Readonly<Record<string, string>>;
  /** The nodes whose kubelets are played. */
  readonly nodes: readonly string[];
  /** Where requests are recorded, when they are. */
  readonly auditLog?: string;
  /** In the order in which they are to be stopped. */
  readonly processes: readonly ProcessRecord[];
  readonly startedAt: string;
}

/** The state file of the cluster in the folder. */
export function stateFile(directory: string): string {
  return join(directory, "state.json");
}

/** Writes the file at once or not at all. */
export async function writeState(state: ClusterState): Promise<void> {
  const file = stateFile(state.directory);
  const text = JSON.stringify({ version: formatVersion, ...state }, null, 2);
  await Deno.writeTextFile(`${file}.new`, `${text}\n`, { mode: 0o600 });
  await Deno.rename(`${file}.new`, file);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isStringRecord(value: unknown): value is Record<string, string> {
  return isJsonObject(value) && Object.values(value).every(isString);
}

function isProcessRecord(value: unknown): value is ProcessRecord {
  return isJsonObject(value) && isString(value["name"]) &&
    typeof value["pid"] === "number" && isString(value["startedAt"]);
}

function isState(value: JsonObject): value is JsonObject & ClusterState {
  const { tokens, nodes, processes, auditLog } = value;
  return value["version"] === formatVersion &&
    ["directory", "host", "caPem", "kubeconfig", "kubectl", "startedAt"]
      .every((field) => isString(value[field])) &&
    typeof value["port"] === "number" && isStringRecord(tokens) &&
    Array.isArray(nodes) && nodes.every(isString) &&
    Array.isArray(processes) && processes.every(isProcessRecord) &&
    (auditLog === undefined || isString(auditLog));
}

/**
 * Reads a state file.
 *
 * @throws {ClusterError} When there is none, or it is not one.
 */
export async function readState(file: string): Promise<ClusterState> {
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(file));
  } catch (cause) {
    throw new ClusterError(
      `There is no readable state of a cluster at ${file}`,
      {
        hint: cause instanceof Deno.errors.NotFound
          ? "Start one with: deno task cluster up"
          : `End its processes (their numbers are in ${
            dirname(file)
          }/run), remove ${dirname(file)} and start the cluster again.`,
        cause,
      },
    );
  }
  if (!isJsonObject(value) || !isState(value)) {
    throw new ClusterError(`${file} is not the state of a cluster`, {
      hint: `Remove ${dirname(file)} and start the cluster again.`,
    });
  }
  return value;
}

/**
 * The options of `mca status`.
 *
 * @module
 */

import { parseArgs, type ParseArgsConfig } from "node:util";
import { McaError } from "../errors.ts";
import type { Platform } from "../platform.ts";
import { DEFAULT_WEBHOOK_NAME } from "../webhook/webhook_objects.ts";
import { oneOf, usage } from "./option_values.ts";

/** What is looked at. */
export const PARTS = ["all", "webhook", "pods"] as const;
/** How the webhook is tried. */
export const CALLS = ["dry-run", "direct", "none"] as const;
/** How the report is written. */
export const OUTPUTS = ["text", "json"] as const;

/** Where the API server is. */
export type ClusterChoice =
  | {
    readonly source: "kubeconfig";
    /** Undefined: where kubectl finds it. */
    readonly file: string | undefined;
    /** Undefined: the current one. */
    readonly context: string | undefined;
  }
  | { readonly source: "server"; readonly url: string }
  | { readonly source: "in-cluster" };

/** What the options come to. */
export interface StatusOptions {
  readonly isHelp: boolean;
  readonly cluster: ClusterChoice;
  readonly webhookName: string;
  /** Whose pods to look at; undefined: everybody's. */
  readonly namespace: string | undefined;
  readonly only: typeof PARTS[number];
  readonly call: typeof CALLS[number];
  readonly output: typeof OUTPUTS[number];
}

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  context: { type: "string" },
  kubeconfig: { type: "string" },
  server: { type: "string" },
  "in-cluster": { type: "boolean" },
  "webhook-name": { type: "string" },
  namespace: { type: "string", short: "n" },
  only: { type: "string" },
  call: { type: "string" },
  output: { type: "string", short: "o" },
} as const satisfies ParseArgsConfig["options"];

/**
 * Reads a command line and the environment.
 *
 * @throws {McaError} `usage`
 */
export function readStatusOptions(
  args: readonly string[],
  { environment }: Pick<Platform, "environment">,
): StatusOptions {
  const { values } = usage(
    "status",
    () =>
      parseArgs({ args: [...args], allowPositionals: false, options: OPTIONS }),
  );
  const webhookName = values["webhook-name"] ??
    environment.get("MCA_WEBHOOK_NAME") ?? "";
  return {
    isHelp: values.help === true,
    cluster: clusterChoice(values, environment),
    webhookName: objectName("--webhook-name", webhookName) ??
      DEFAULT_WEBHOOK_NAME,
    namespace: objectName("--namespace", values.namespace ?? ""),
    only: oneOf(PARTS, { name: "--only", text: values.only }, "all"),
    call: oneOf(CALLS, { name: "--call", text: values.call }, "dry-run"),
    output: oneOf(OUTPUTS, { name: "--output", text: values.output }, "text"),
  };
}

interface ClusterValues {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly server?: string | undefined;
  readonly "in-cluster"?: boolean | undefined;
}

function clusterChoice(
  values: ClusterValues,
  environment: Platform["environment"],
): ClusterChoice {
  const { context, kubeconfig, server } = values;
  const isInside = values["in-cluster"] === true;
  const isKubeconfig = context !== undefined || kubeconfig !== undefined;
  if (
    Number(isInside) + Number(server !== undefined) + Number(isKubeconfig) > 1
  ) {
    throw new McaError(
      "usage",
      "--in-cluster, --server and a kubeconfig exclude each other",
      { hint: "Say in one way where the API server is." },
    );
  }
  if (isInside) return { source: "in-cluster" };
  if (server !== undefined) return { source: "server", url: server };
  const preset = environment.get("MCA_K8S_CTX") ?? "";
  return {
    source: "kubeconfig",
    file: kubeconfig,
    context: context ?? (preset === "" ? undefined : preset),
  };
}

/** A name as objects have it (RFC 1123): it ends up in a request's path. */
function objectName(option: string, text: string): string | undefined {
  if (text === "") return undefined;
  if (text.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text)) {
    return text;
  }
  throw new McaError(
    "usage",
    `${option} is not a name that an object can have`,
    { hint: "Use lower-case letters, digits, hyphens and dots." },
  );
}

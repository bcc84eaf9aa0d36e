/** helm, and what it makes of the chart. */

import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { isJsonObject, type JsonObject } from "../../lib/kube/json.ts";
import { type CommandResult, runCommand } from "../cluster/command.ts";
import { locateProgram } from "../cluster/find_program.ts";

/** The chart's folder. */
export const CHART = fileURLToPath(
  new URL("../../charts/mca/", import.meta.url),
);

/** The release and the namespace that the chart is rendered for. */
export const RELEASE: ReleaseName = { name: "shop", namespace: "mca-system" };

/** A release and its namespace. */
export interface ReleaseName {
  readonly name: string;
  readonly namespace: string;
}

/** helm's path; undefined where it is neither built nor installed. */
export async function locateHelm(): Promise<string | undefined> {
  const built = await locateProgram("helm");
  if (built !== undefined) return built;
  try {
    const { code } = await runCommand("helm", ["version"]);
    return code === 0 ? "helm" : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Values as they stand in a values file. */
export type Values = Readonly<Record<string, unknown>>;

/** Runs helm with nothing of the developer's own configuration. */
export async function runHelm(
  helm: string,
  args: readonly string[],
  options: { readonly values?: Values; readonly kubeconfig?: string } = {},
): Promise<CommandResult> {
  const { values, kubeconfig = "/nonexistent" } = options;
  const home = await Deno.makeTempDir({ prefix: "mca-helm-" });
  try {
    return await runCommand(
      helm,
      values === undefined ? args : [...args, "--values=-"],
      {
        ...(values === undefined ? {} : { stdin: JSON.stringify(values) }),
        env: {
          KUBECONFIG: kubeconfig,
          HELM_CACHE_HOME: `${home}/cache`,
          HELM_CONFIG_HOME: `${home}/config`,
          HELM_DATA_HOME: `${home}/data`,
        },
      },
    );
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** Renders the chart with the values over its own. */
export function template(
  helm: string,
  values: Values,
  args: readonly string[] = [],
  { name, namespace }: ReleaseName = RELEASE,
): Promise<CommandResult> {
  return runHelm(
    helm,
    ["template", name, CHART, `--namespace=${namespace}`, ...args],
    { values },
  );
}

/** The objects in a stream of YAML 1.1, which is what Kubernetes reads: `on` is no string there. */
export function readManifests(text: string): JsonObject[] {
  return parseAllDocuments(text, { version: "1.1" }).flatMap((document) => {
    const value: unknown = document.toJS();
    return isJsonObject(value) ? [value] : [];
  });
}

/**
 * The objects that the chart makes of the values.
 *
 * @throws {Error} Where helm refuses them.
 */
export async function render(
  helm: string,
  values: Values,
  release: ReleaseName = RELEASE,
): Promise<JsonObject[]> {
  const { code, stdout, stderr } = await template(helm, values, [], release);
  if (code !== 0) throw new Error(`helm template failed: ${stderr}`);
  return readManifests(stdout);
}

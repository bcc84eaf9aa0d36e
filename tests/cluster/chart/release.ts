/** The chart as a release in a cluster, by a real helm. */

import { CHART, runHelm, type Values } from "../../charts/helm.ts";
import type { Cluster } from "../cluster.ts";
import { ClusterError } from "../cluster_error.ts";

/** Which release, and by which helm. */
export interface ReleaseOptions {
  readonly helm: string;
  readonly name: string;
  readonly namespace: string;
}

/** A release. */
export class Release {
  readonly #cluster: Cluster;
  readonly #options: ReleaseOptions;

  constructor(cluster: Cluster, options: ReleaseOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  /**
   * Runs helm on the release.
   *
   * @throws {ClusterError} Where helm fails.
   */
  async run(
    command: string,
    args: readonly string[] = [],
    values?: Values,
  ): Promise<string> {
    const { helm, name, namespace } = this.#options;
    const { code, stdout, stderr } = await runHelm(
      helm,
      [command, name, ...args, `--namespace=${namespace}`],
      {
        ...(values === undefined ? {} : { values }),
        kubeconfig: this.#cluster.kubeconfig,
      },
    );
    if (code === 0) return stdout;
    throw new ClusterError(`helm ${command} failed: ${stderr}${stdout}`);
  }

  install(values: Values): Promise<string> {
    return this.run("install", [CHART], values);
  }

  upgrade(values: Values, ...args: string[]): Promise<string> {
    return this.run("upgrade", [CHART, ...args], values);
  }

  rollback(revision: number): Promise<string> {
    return this.run("rollback", [String(revision)]);
  }

  uninstall(): Promise<string> {
    return this.run("uninstall");
  }
}

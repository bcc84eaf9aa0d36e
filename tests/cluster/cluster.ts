/** A running cluster, as tests use it. */

import { join } from "node:path";
import { isJsonObject } from "../../lib/kube/json.ts";
import {
  apiJson,
  type ApiRequestOptions,
  type ApiTarget,
} from "./api_client.ts";
import { ClusterError } from "./cluster_error.ts";
import { type ClusterState, readState, stateFile } from "./cluster_state.ts";
import {
  type CommandOptions,
  type CommandResult,
  runCommand,
} from "./command.ts";
import { formatKubeconfig } from "./kubeconfig.ts";
import { appendToPodLog, type ContainerName } from "./pod_log.ts";
import { isRunning, type ProcessRecord } from "./process_identity.ts";
import { RunningCommand } from "./running_command.ts";

/** How kubectl is run. */
export interface KubectlOptions extends CommandOptions {
  /** Another kubeconfig than the administrator's. */
  readonly kubeconfig?: string;
}

/** What a ServiceAccount's token is asked for with. */
export interface TokenOptions {
  readonly audiences?: readonly string[];
  /** At least 600. */
  readonly expirationSeconds?: number;
}

/** A cluster that runs, whoever started it. */
export class Cluster {
  /** Everything known about it. */
  readonly state: ClusterState;
  /** The administrator's way to the API. */
  readonly target: ApiTarget;

  constructor(state: ClusterState) {
    this.state = state;
    this.target = {
      host: state.host,
      port: state.port,
      caPem: state.caPem,
      token: state.tokens["admin"] ?? "",
    };
  }

  /** The API server's URL. */
  get server(): string {
    return `https://${this.state.host}:${this.state.port}`;
  }

  get host(): string {
    return this.state.host;
  }

  get port(): number {
    return this.state.port;
  }

  /** The certificate authority that the API server's certificate comes from. */
  get caPem(): string {
    return this.state.caPem;
  }

  /** The same, as a file. */
  get caFile(): string {
    return join(this.state.directory, "credentials", "ca.crt");
  }

  /** The administrator's kubeconfig. */
  get kubeconfig(): string {
    return this.state.kubeconfig;
  }

  /** The token of a user in group system:masters. */
  get adminToken(): string {
    return this.target.token;
  }

  /** The folder of the cluster's files and logs. */
  get directory(): string {
    return this.state.directory;
  }

  /** What {@link attachControlPlane} reads. */
  get stateFile(): string {
    return stateFile(this.state.directory);
  }

  /** The processes it consists of. */
  get processes(): readonly ProcessRecord[] {
    return this.state.processes;
  }

  /** @throws {ClusterError} When the cluster was started without that user. */
  tokenOf(user: string): string {
    const token = this.state.tokens[user];
    if (token === undefined) {
      throw new ClusterError(`The cluster knows no user ${user}`, {
        hint: "Name the user in the options of startControlPlane().",
      });
    }
    return token;
  }

  /** The text of a kubeconfig for this cluster, as the administrator unless told otherwise. */
  kubeconfigText(
    options: {
      readonly token?: string;
      readonly server?: string;
      readonly caPem?: string;
      readonly namespace?: string;
    } = {},
  ): string {
    return formatKubeconfig({
      server: this.server,
      caPem: this.caPem,
      token: this.adminToken,
      ...options,
    });
  }

  /** kubectl's environment: nothing of the developer's own configuration. */
  #environment(options: KubectlOptions): Readonly<Record<string, string>> {
    return {
      KUBECONFIG: options.kubeconfig ?? this.kubeconfig,
      KUBECACHEDIR: join(this.directory, "kubectl-cache"),
      KUBERC: "off",
      ...options.env,
    };
  }

  /** Runs kubectl to its end. */
  kubectl(
    args: readonly string[],
    options: KubectlOptions = {},
  ): Promise<CommandResult> {
    const env = this.#environment(options);
    return runCommand(this.state.kubectl, args, { ...options, env });
  }

  /** Starts kubectl to run beside the test: `logs -f`, `port-forward`, `attach`. */
  spawnKubectl(
    args: readonly string[],
    options: Omit<KubectlOptions, "stdin"> = {},
  ): RunningCommand {
    const env = this.#environment(options);
    return new RunningCommand(this.state.kubectl, args, { ...options, env });
  }

  /**
   * One request as the administrator; the JSON of the response.
   *
   * @throws {ClusterError} When the status is not a success.
   */
  request(
    method: string,
    path: string,
    options: ApiRequestOptions & { readonly accept?: readonly number[] } = {},
  ): Promise<unknown> {
    return apiJson(this.target, method, path, options);
  }

  /** A namespace with what its controllers would put there; no error if it exists. */
  async createNamespace(
    name: string,
    options: { readonly labels?: Readonly<Record<string, string>> } = {},
  ): Promise<void> {
    await this.request("POST", "/api/v1/namespaces", {
      body: { metadata: { name, labels: options.labels ?? {} } },
      accept: [409],
    });
    await this.request("POST", `/api/v1/namespaces/${name}/serviceaccounts`, {
      body: { metadata: { name: "default" } },
      accept: [409],
    });
    await this.request("POST", `/api/v1/namespaces/${name}/configmaps`, {
      body: {
        metadata: { name: "kube-root-ca.crt" },
        data: { "ca.crt": this.caPem },
      },
      accept: [409],
    });
  }

  /** A token of the ServiceAccount, as a pod would get it. */
  async createToken(
    serviceAccount: string,
    namespace: string,
    options: TokenOptions = {},
  ): Promise<string> {
    const response = await this.request(
      "POST",
      `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
      { body: { spec: { expirationSeconds: 3600, ...options } } },
    );
    const status = isJsonObject(response) ? response["status"] : undefined;
    const token = isJsonObject(status) ? status["token"] : undefined;
    if (typeof token !== "string") {
      throw new ClusterError(
        "The API server answered a TokenRequest without a token",
      );
    }
    return token;
  }

  /** Lets a container print lines: `kubectl logs` shows them. */
  printInContainer(
    name: ContainerName,
    lines: readonly string[],
  ): Promise<void> {
    return appendToPodLog(this.directory, name, lines);
  }
}

/**
 * The cluster that a state file describes, started by another process, which
 * also stops it.
 *
 * @throws {ClusterError} When the file cannot be read, or one of the processes is gone.
 */
export async function attachControlPlane(file: string): Promise<Cluster> {
  const state = await readState(file);
  const gone = state.processes.filter((process) => !isRunning(process));
  if (gone.length > 0) {
    throw new ClusterError(
      `The cluster of ${file} is not complete: ${
        gone.map((process) => process.name).join(", ")
      } ended`,
      {
        hint:
          "Start it again with: deno task cluster down; deno task cluster up",
      },
    );
  }
  return new Cluster(state);
}

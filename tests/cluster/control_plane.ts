/**
 * A real control plane for tests: etcd and kube-apiserver, and on request
 * nodes whose kubelets are played by a stand-in.
 *
 * ```ts
 * await using cluster = await startControlPlane({ nodes: ["node-0"] });
 * await cluster.createNamespace("apps");
 * const { stdout } = await cluster.kubectl(["get", "pods", "-n", "apps"]);
 * ```
 */

import { join } from "node:path";
import {
  type ApiServerOptions,
  prepareAudit,
  startApiServer,
} from "./api_server.ts";
import { Cluster } from "./cluster.ts";
import { ClusterError } from "./cluster_error.ts";
import { type ClusterState, writeState } from "./cluster_state.ts";
import { ControlPlaneParts } from "./control_plane_parts.ts";
import {
  randomToken,
  type TokenUser,
  writeCredentials,
} from "./credentials.ts";
import { startEtcd } from "./etcd.ts";
import { findProgram } from "./find_program.ts";
import { startKubelet } from "./kubelet.ts";
import type { ProcessRecord } from "./process_identity.ts";
import { onFreePort } from "./start_failure.ts";

export { attachControlPlane, Cluster } from "./cluster.ts";

/** What kind of control plane is wanted. */
export interface ControlPlaneOptions {
  /** Names of nodes, for pods that become ready and can be looked into. Else there are none. */
  readonly nodes?: readonly string[];
  /** Users besides `admin`, each with a random token. */
  readonly users?: readonly {
    readonly name: string;
    readonly groups?: readonly string[];
  }[];
  /** Records requests: their metadata, or what an audit policy object says. */
  readonly audit?: boolean | Readonly<Record<string, unknown>>;
  /** Flags for kube-apiserver after the usual ones. */
  readonly apiServerFlags?: readonly string[];
  /** The folder to make and, in the end, to remove; else a temporary one. */
  readonly directory?: string;
  /** Ends the start (and a build) early; everything started so far is stopped. */
  readonly signal?: AbortSignal;
}

/** A control plane that this process started, and stops. */
export class ControlPlane extends Cluster implements AsyncDisposable {
  readonly #apiServerOptions: ApiServerOptions;
  readonly #parts: ControlPlaneParts;

  constructor(
    state: ClusterState,
    apiServerOptions: ApiServerOptions,
    parts: ControlPlaneParts,
  ) {
    super(state);
    this.#apiServerOptions = apiServerOptions;
    this.#parts = parts;
  }

  override get processes(): readonly ProcessRecord[] {
    return this.#parts.records;
  }

  /** Kills the API server as a crash would. The data stays in etcd. */
  async stopApiServer(): Promise<void> {
    await this.#parts.apiServer?.kill();
  }

  /** Starts the API server again on the port it had, and waits until it is ready. */
  async startApiServer(): Promise<void> {
    await this.stopApiServer();
    const { etcd } = this.#parts;
    if (etcd === undefined) throw new ClusterError("There is no etcd");
    this.#parts.apiServer = await startApiServer(this.#apiServerOptions, etcd);
    await writeState({ ...this.state, processes: this.processes });
  }

  /** Lets everything go on when this process ends; others stop it then. */
  detach(): Promise<void> {
    return this.#parts.detach();
  }

  /** Kills everything and removes the folder. */
  stop(): Promise<void> {
    return this.#parts.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** The folder, new or empty: in the end it is removed with all that is in it. */
async function makeDirectory(path: string | undefined): Promise<string> {
  if (path === undefined) {
    return await Deno.makeTempDir({ prefix: "mca-cluster-" });
  }
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  for await (const _ of Deno.readDir(path)) {
    throw new ClusterError(`${path} is not empty`, {
      hint: "Remove it, or name another folder for the cluster.",
    });
  }
  return await Deno.realPath(path);
}

interface Programs {
  readonly apiServer: string;
  readonly etcd: string;
  readonly kubectl: string;
  readonly kubelet: string | undefined;
}

async function findAll(
  needsKubelet: boolean,
  signal: AbortSignal | undefined,
): Promise<Programs> {
  // one after the other: a build takes the whole machine
  return {
    apiServer: await findProgram("kube-apiserver", { signal }),
    etcd: await findProgram("etcd", { signal }),
    kubectl: await findProgram("kubectl", { signal }),
    kubelet: needsKubelet
      ? await findProgram("kubelet-stand-in", { signal })
      : undefined,
  };
}

async function bringUp(
  parts: ControlPlaneParts,
  programs: Programs,
  options: ControlPlaneOptions,
): Promise<ControlPlane> {
  const { directory } = parts;
  const { signal, nodes = [] } = options;
  const etcd = startEtcd(programs.etcd, directory);
  parts.etcd = etcd;
  const admin = {
    name: "admin",
    token: randomToken(),
    groups: ["system:masters"],
  };
  const users: readonly TokenUser[] = [
    admin,
    ...(options.users ?? []).map(({ name, groups = [] }) => ({
      name,
      token: randomToken(),
      groups,
    })),
  ];
  const { files, caPem } = await writeCredentials(
    join(directory, "credentials"),
    users,
  );
  const audit = options.audit
    ? await prepareAudit(directory, options.audit)
    : undefined;
  const apiServerOptions = await onFreePort(async (port) => {
    const settings: ApiServerOptions = {
      program: programs.apiServer,
      directory,
      files,
      target: { host: "127.0.0.1", port, caPem, token: admin.token },
      extraFlags: options.apiServerFlags ?? [],
      audit,
    };
    parts.apiServer = await startApiServer(settings, etcd, signal);
    return settings;
  });
  const { target } = apiServerOptions;
  const plane = new ControlPlane(
    {
      directory,
      host: target.host,
      port: target.port,
      caPem,
      kubeconfig: join(directory, "kubeconfig"),
      kubectl: programs.kubectl,
      tokens: Object.fromEntries(users.map(({ name, token }) => [name, token])),
      nodes,
      ...(audit === undefined ? {} : { auditLog: audit.log }),
      processes: [],
      startedAt: new Date().toISOString(),
    },
    apiServerOptions,
    parts,
  );
  await Deno.writeTextFile(plane.kubeconfig, plane.kubeconfigText(), {
    mode: 0o600,
  });
  for (const name of ["default", "kube-system"]) {
    await plane.createNamespace(name);
  }
  const { kubelet: program } = programs;
  if (program !== undefined) {
    const { kubeconfig } = plane;
    parts.kubelet = await onFreePort((port) =>
      startKubelet(
        { program, directory, kubeconfig, files, target, port, nodes },
        signal,
      )
    );
  }
  await writeState({ ...plane.state, processes: plane.processes });
  return plane;
}

/**
 * Starts a control plane and waits until it is ready. The programs are found or
 * built first.
 *
 * @throws {ClusterError} When a program cannot be had or does not start; nothing is left running.
 */
export async function startControlPlane(
  options: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const needsKubelet = options.nodes !== undefined && options.nodes.length > 0;
  const programs = await findAll(needsKubelet, options.signal);
  const parts = new ControlPlaneParts(await makeDirectory(options.directory));
  try {
    return await bringUp(parts, programs, options);
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

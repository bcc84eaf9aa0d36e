/**
 * `mca proxy` as it runs in an injected pod: the executable of the image, with
 * the permissions that it ships with, on the real paths, in a mount namespace
 * where those are the pod's volumes.
 */

import { dirname, join } from "node:path";
import { PodProcess } from "../../pod/pod_process.ts";
import { shippedCommand } from "../../ship/shipped.ts";
import type { Cluster } from "../cluster.ts";
import { ClusterError } from "../cluster_error.ts";
import { waitUntil } from "../wait_until.ts";

/** What the proxy gets. */
export interface PodProxyOptions {
  readonly namespace: string;
  /** Whose token the pod has; `default` unless told. */
  readonly serviceAccount?: string;
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the API server is reached on 127.0.0.1, where not on its own port. */
  readonly serverPort?: number;
}

/** What a proxy has to do with, a cluster or something in its stead. */
export type ProxiedCluster = Pick<
  Cluster,
  "host" | "port" | "caPem" | "createToken" | "kubeconfigText"
>;

/** What a running proxy says of its connections. */
export interface ProxyConnections {
  readonly clients: number;
  readonly upstream: number;
  readonly upstreamIdle: number;
}

/** A running `mca proxy` with the volumes of its pod. */
export class PodProxy implements AsyncDisposable {
  readonly #cluster: ProxiedCluster;
  readonly #options: PodProxyOptions;
  readonly #process: PodProcess;
  /** The port it listens on. */
  readonly port: number;

  private constructor(
    cluster: ProxiedCluster,
    options: PodProxyOptions,
    process: PodProcess,
    port: number,
  ) {
    this.#cluster = cluster;
    this.#options = options;
    this.#process = process;
    this.port = port;
  }

  /** Starts it and waits until it serves. */
  static async start(
    cluster: ProxiedCluster,
    options: PodProxyOptions,
  ): Promise<PodProxy> {
    const process = await PodProcess.prepare({
      server: {
        host: cluster.host,
        port: options.serverPort ?? cluster.port,
        caCertificate: cluster.caPem,
      },
      token: await newToken(cluster, options),
      namespace: options.namespace,
      command: [...await shippedCommand("mca-proxy"), "--proxy"],
      env: { MCA_PROXY_PORT: "0", MCA_LOG_FORMAT: "json", ...options.env },
    });
    try {
      await process.start();
      return new PodProxy(cluster, options, process, await portOf(process, 1));
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
  }

  get namespace(): string {
    return this.#options.namespace;
  }

  /** The directory that the pod's other containers see as their ServiceAccount's. */
  get appDirectory(): string {
    return this.#process.appDirectory;
  }

  /** What the proxy has logged so far. */
  log(): Promise<string> {
    return this.#process.log();
  }

  /** The token that only the proxy may know. */
  realToken(): Promise<string> {
    return Deno.readTextFile(this.#process.tokenFile);
  }

  /** The token that the pod's other containers have. */
  appToken(): Promise<string> {
    return Deno.readTextFile(join(this.appDirectory, "token"));
  }

  /** The CA that the pod's other containers trust. */
  appCa(): Promise<string> {
    return Deno.readTextFile(join(this.appDirectory, "ca.crt"));
  }

  /** Puts a new token in place of the old one, as kubelet does; tells the new one. */
  async rotateToken(): Promise<string> {
    const token = await newToken(this.#cluster, this.#options);
    const path = this.#process.tokenFile;
    await Deno.writeTextFile(`${path}.new`, token);
    await Deno.rename(`${path}.new`, path);
    return token;
  }

  /** Puts other roots in place of those that the proxy trusts. */
  async replaceCa(caPem: string): Promise<void> {
    const path = join(dirname(this.#process.tokenFile), "ca.crt");
    await Deno.writeTextFile(`${path}.new`, caPem);
    await Deno.rename(`${path}.new`, path);
  }

  /** Ends it with the signal, and starts it again on the same volumes; MCA_PROXY_PORT has to name its port. */
  async restart(signal: Deno.Signal): Promise<void> {
    const starts = servingPorts(await this.log()).length;
    await this.#process.end(signal);
    await this.#process.restart();
    await this.#process.start();
    await portOf(this.#process, starts + 1);
  }

  /** What it says of its connections, asked by SIGUSR2. */
  async connections(): Promise<ProxyConnections> {
    const before = descriptions(await this.log()).length;
    Deno.kill(this.#process.pid, "SIGUSR2");
    let last: ProxyConnections | undefined;
    await waitUntil("the proxy to tell of its connections", async () => {
      last = descriptions(await this.log())[before];
      return last !== undefined;
    });
    return last ?? { clients: -1, upstream: -1, upstreamIdle: -1 };
  }

  /** How many connections its process has open, dead ones included. */
  async openConnections(): Promise<number> {
    const folder = `/proc/${this.#process.pid}`;
    const others = await otherSockets(`${folder}/net`);
    let count = 0;
    for await (const { name } of Deno.readDir(`${folder}/fd`)) {
      // It may be closed at this moment.
      const target = await Deno.readLink(`${folder}/fd/${name}`).catch(() =>
        ""
      );
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && !others.has(inode)) count++;
    }
    return count;
  }

  /** How much memory its process has in use, in octets. */
  async residentMemory(): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.#process.pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** A kubeconfig with what an app has: its CA, its token, 127.0.0.1. Returns the file's path. */
  async kubeconfig(): Promise<string> {
    const path = this.#process.path("kubeconfig");
    await Deno.writeTextFile(
      path,
      this.#cluster.kubeconfigText({
        server: `https://127.0.0.1:${this.port}`,
        caPem: await this.appCa(),
        token: await this.appToken(),
        namespace: this.#options.namespace,
      }),
    );
    return path;
  }

  /** Sends a signal and waits for the end; tells the exit code. */
  end(signal: Deno.Signal): Promise<number> {
    return this.#process.end(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}

async function newToken(
  cluster: ProxiedCluster,
  { serviceAccount = "default", namespace }: PodProxyOptions,
): Promise<string> {
  return await cluster.createToken(serviceAccount, namespace);
}

/** The port, once it serves for that time. */
async function portOf(process: PodProcess, start: number): Promise<number> {
  let port: number | undefined;
  await waitUntil("the proxy to serve", async () => {
    port = servingPorts(await process.log())[start - 1];
    if (port === undefined && await hasEnded(process)) {
      throw new ClusterError(`The proxy ended: ${await process.log()}`);
    }
    return port !== undefined;
  });
  return port ?? 0;
}

/** The port in each line that says where it serves. */
function servingPorts(log: string): readonly number[] {
  const lines = log.matchAll(
    /"message":"Serving","address":"127\.0\.0\.1:(\d+)"/g,
  );
  return Array.from(lines, ([, port]) => Number(port));
}

/** What SIGUSR2 makes it print, each time. */
function descriptions(log: string): readonly ProxyConnections[] {
  const lines = log.matchAll(
    /^listening on .*: (\d+) clients,.*\nupstream .*: (\d+) open, (\d+) of them idle/gm,
  );
  return Array.from(lines, ([, clients, upstream, upstreamIdle]) => ({
    clients: Number(clients),
    upstream: Number(upstream),
    upstreamIdle: Number(upstreamIdle),
  }));
}

/** The inodes of sockets that are no connections to others: listeners, and pairs within a process. */
async function otherSockets(folder: string): Promise<ReadonlySet<string>> {
  const inodes = new Set<string>();
  for (const name of ["tcp", "tcp6"]) {
    for (const line of await linesOf(`${folder}/${name}`)) {
      const [, , , state, , , , , , inode] = line;
      if (state === LISTEN && inode !== undefined) inodes.add(inode);
    }
  }
  for (const line of await linesOf(`${folder}/unix`)) {
    const [, , , , , , inode] = line;
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

/** As the kernel writes it (TCP_LISTEN). */
const LISTEN = "0A";

async function linesOf(path: string): Promise<readonly string[][]> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\n").map((line) => line.trim().split(/\s+/));
}

async function hasEnded({ status }: PodProcess): Promise<boolean> {
  return await Promise.race([status, undefined]) !== undefined;
}

/**
 * `mca proxy` as it runs in an injected pod: the executable of the image, with
 * the permissions that it ships with, on the real paths, in a mount namespace
 * where those are the pod's volumes.
 */

import { join } from "node:path";
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
}

/** A running `mca proxy` with the volumes of its pod. */
export class PodProxy implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly #options: PodProxyOptions;
  readonly #process: PodProcess;
  /** The port it listens on. */
  readonly port: number;

  private constructor(
    cluster: Cluster,
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
    cluster: Cluster,
    options: PodProxyOptions,
  ): Promise<PodProxy> {
    const process = await PodProcess.prepare({
      server: {
        host: cluster.host,
        port: cluster.port,
        caCertificate: cluster.caPem,
      },
      token: await newToken(cluster, options),
      namespace: options.namespace,
      command: [...await shippedCommand("mca-proxy"), "--proxy"],
      env: { MCA_PROXY_PORT: "0", MCA_LOG_FORMAT: "json", ...options.env },
    });
    try {
      await process.start();
      return new PodProxy(cluster, options, process, await portOf(process));
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
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
  cluster: Cluster,
  { serviceAccount = "default", namespace }: PodProxyOptions,
): Promise<string> {
  return await cluster.createToken(serviceAccount, namespace);
}

/** The port, once it serves. */
async function portOf(process: PodProcess): Promise<number> {
  let port: number | undefined;
  await waitUntil("the proxy to serve", async () => {
    port = servingPort(await process.log());
    if (port === undefined && await hasEnded(process)) {
      throw new ClusterError(`The proxy ended: ${await process.log()}`);
    }
    return port !== undefined;
  });
  return port ?? 0;
}

/** The port in the line that says where it serves. */
function servingPort(log: string): number | undefined {
  const match = /"message":"Serving","address":"127\.0\.0\.1:(\d+)"/.exec(log);
  return match === null ? undefined : Number(match[1]);
}

async function hasEnded({ status }: PodProcess): Promise<boolean> {
  return await Promise.race([status, undefined]) !== undefined;
}

/**
 * `mca proxy` as it runs in an injected pod: the release flavor on the real
 * paths, in a mount namespace where those are the pod's volumes.
 */

import { join } from "node:path";
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

/** Mounts the pod's volumes, then becomes the program named behind `--`. */
const MOUNT_VOLUMES = `
set -eu
mount -t tmpfs tmpfs /var/run
for name in serviceaccount mca-serviceaccount; do
  mkdir -p /var/run/secrets/kubernetes.io/$name
  mount --bind "$1/$name" /var/run/secrets/kubernetes.io/$name
done
mkdir -p /var/run/mca
mount --bind "$1/state" /var/run/mca
mount -o remount,ro,bind /var/run/secrets/kubernetes.io/serviceaccount
log=$1/log
shift
exec "$@" 2>"$log"
`;

const REPOSITORY = join(import.meta.dirname ?? "", "../../..");

/** A running `mca proxy` with the volumes of its pod. */
export class PodProxy implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly #options: PodProxyOptions;
  readonly #directory: string;
  readonly #child: Deno.ChildProcess;
  /** The port it listens on. */
  readonly port: number;

  private constructor(
    cluster: Cluster,
    options: PodProxyOptions,
    directory: string,
    child: Deno.ChildProcess,
    port: number,
  ) {
    this.#cluster = cluster;
    this.#options = options;
    this.#directory = directory;
    this.#child = child;
    this.port = port;
  }

  /** Starts it and waits until it serves. */
  static async start(
    cluster: Cluster,
    options: PodProxyOptions,
  ): Promise<PodProxy> {
    const directory = await Deno.makeTempDir({ prefix: "mca-pod-" });
    for (const name of ["serviceaccount", "mca-serviceaccount", "state"]) {
      await Deno.mkdir(join(directory, name));
    }
    const real = join(directory, "serviceaccount");
    await Deno.writeTextFile(join(real, "ca.crt"), cluster.caPem);
    await Deno.writeTextFile(join(real, "namespace"), options.namespace);
    await Deno.writeTextFile(
      join(real, "token"),
      await newToken(cluster, options),
    );
    const child = new Deno.Command("unshare", {
      args: [
        // Without root, a user namespace lets it mount.
        ...(Deno.uid() === 0 ? ["--mount"] : ["--map-root-user", "--mount"]),
        "sh",
        "-c",
        MOUNT_VOLUMES,
        "sh",
        directory,
        Deno.execPath(),
        "run",
        "--quiet",
        "--import-map",
        join(REPOSITORY, "flavors/release.json"),
        "--allow-all",
        join(REPOSITORY, "cli.ts"),
        "--proxy",
      ],
      env: {
        KUBERNETES_SERVICE_HOST: cluster.host,
        KUBERNETES_SERVICE_PORT: String(cluster.port),
        MCA_PROXY_PORT: "0",
        MCA_LOG_FORMAT: "json",
        ...options.env,
      },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const log = join(directory, "log");
    let port: number | undefined;
    await waitUntil("the proxy to serve", async () => {
      port = servingPort(await textOf(log));
      if (port === undefined && await hasEnded(child)) {
        throw new ClusterError(`The proxy ended: ${await textOf(log)}`);
      }
      return port !== undefined;
    });
    return new PodProxy(cluster, options, directory, child, port ?? 0);
  }

  /** The directory that the pod's other containers see as their ServiceAccount's. */
  get appDirectory(): string {
    return join(this.#directory, "mca-serviceaccount");
  }

  /** What the proxy has logged so far. */
  log(): Promise<string> {
    return textOf(join(this.#directory, "log"));
  }

  /** The token that only the proxy may know. */
  realToken(): Promise<string> {
    return Deno.readTextFile(join(this.#directory, "serviceaccount", "token"));
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
    const path = join(this.#directory, "serviceaccount", "token");
    await Deno.writeTextFile(`${path}.new`, token);
    await Deno.rename(`${path}.new`, path);
    return token;
  }

  /** A kubeconfig with what an app has: its CA, its token, 127.0.0.1. Returns the file's path. */
  async kubeconfig(): Promise<string> {
    const path = join(this.#directory, "kubeconfig");
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
  async end(signal: Deno.Signal): Promise<number> {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It may have ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
    await Deno.remove(this.#directory, { recursive: true });
  }
}

async function newToken(
  cluster: Cluster,
  { serviceAccount = "default", namespace }: PodProxyOptions,
): Promise<string> {
  return await cluster.createToken(serviceAccount, namespace);
}

/** The port in the line that says where it serves. */
function servingPort(log: string): number | undefined {
  const match = /"message":"Serving","address":"127\.0\.0\.1:(\d+)"/.exec(log);
  return match === null ? undefined : Number(match[1]);
}

async function hasEnded(child: Deno.ChildProcess): Promise<boolean> {
  return await Promise.race([
    child.status.then(() => true),
    Promise.resolve(false),
  ]);
}

async function textOf(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    // The shell has not made it yet.
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/**
 * The two ways of an app to the API: directly, as in a pod without MCA, and
 * through the proxy, as in an injected one. Both have the same ServiceAccount,
 * and differ in nothing but the files and variables that an app finds.
 */

import { join } from "node:path";
import { UNSHARE } from "../../pod/pod_process.ts";
import type { Cluster } from "../cluster.ts";
import {
  type CommandOptions,
  type CommandResult,
  runCommand,
} from "../command.ts";
import { adminPod } from "../proxy/admin_pod.ts";
import type { PodProxy, PodProxyOptions } from "../proxy/pod_proxy.ts";
import { newNamespace } from "../ready_pod.ts";
import { RunningCommand } from "../running_command.ts";

const MOUNT_DIRECTORY = `
set -eu
mount -t tmpfs tmpfs /var/run
mkdir -p /var/run/secrets/kubernetes.io/serviceaccount
mount --bind "$1" /var/run/secrets/kubernetes.io/serviceaccount
mount -o remount,ro,bind /var/run/secrets/kubernetes.io/serviceaccount
shift
exec "$@"
`;

/** What belongs to this machine's user and not to a pod. */
const FOREIGN = [
  "KUBECONFIG",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
];

/** One way, as a container sees it. */
export class AppWay {
  /** For the words of a test's failure. */
  readonly name: "directly" | "through the proxy";
  readonly host: string;
  readonly port: number;
  /** What is mounted at the standard path: token, ca.crt, namespace. */
  readonly directory: string;
  readonly #home: string;

  constructor(
    way: Pick<AppWay, "name" | "host" | "port" | "directory">,
    home: string,
  ) {
    this.name = way.name;
    this.host = way.host;
    this.port = way.port;
    this.directory = way.directory;
    this.#home = home;
  }

  /** A file of the ServiceAccount's directory. */
  file(name: "token" | "ca.crt" | "namespace"): Promise<string> {
    return Deno.readTextFile(join(this.directory, name));
  }

  /** Runs a program as a container of the pod does, to its end. */
  run(
    program: string,
    args: readonly string[],
    options: CommandOptions = {},
  ): Promise<CommandResult> {
    return runCommand("env", this.#args(program, args), {
      ...options,
      env: this.#env(options),
    });
  }

  /** Starts a program as a container of the pod, to run beside the test. */
  spawn(
    program: string,
    args: readonly string[],
    options: Omit<CommandOptions, "stdin"> = {},
  ): RunningCommand {
    return new RunningCommand("env", this.#args(program, args), {
      ...options,
      env: this.#env(options),
    });
  }

  #args(program: string, args: readonly string[]): readonly string[] {
    const unset = FOREIGN.map((name) => `--unset=${name}`);
    const mounting = ["unshare", ...UNSHARE, "sh", "-c", MOUNT_DIRECTORY, "sh"];
    return [...unset, ...mounting, this.directory, program, ...args];
  }

  #env({ env }: CommandOptions): Readonly<Record<string, string>> {
    return {
      HOME: this.#home,
      KUBERNETES_SERVICE_HOST: this.host,
      KUBERNETES_SERVICE_PORT: String(this.port),
      KUBERNETES_SERVICE_PORT_HTTPS: String(this.port),
      ...env,
    };
  }
}

/** A pod whose ServiceAccount may do anything, and both ways from it. */
export class TwoWays implements AsyncDisposable {
  readonly #folder: string;
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly proxy: PodProxy;
  readonly directly: AppWay;
  readonly throughProxy: AppWay;

  private constructor(
    cluster: Cluster,
    namespace: string,
    proxy: PodProxy,
    folder: string,
  ) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.proxy = proxy;
    this.#folder = folder;
    this.directly = new AppWay({
      name: "directly",
      host: cluster.host,
      port: cluster.port,
      directory: join(folder, "serviceaccount"),
    }, join(folder, "home"));
    this.throughProxy = new AppWay({
      name: "through the proxy",
      host: "127.0.0.1",
      port: proxy.port,
      directory: proxy.appDirectory,
    }, join(folder, "home-through-proxy"));
  }

  /** Starts the proxy, and makes what an app without one would have. */
  static async open(
    cluster: Cluster,
    options: Pick<PodProxyOptions, "env"> = {},
  ): Promise<TwoWays> {
    const namespace = await newNamespace(cluster);
    await using resources = new AsyncDisposableStack();
    const proxy = resources.use(
      await adminPod(cluster, { ...options, namespace }),
    );
    const folder = await Deno.makeTempDir({ prefix: "mca-app-" });
    const ways = resources.use(
      new TwoWays(cluster, namespace, proxy, folder),
    );
    for (const name of ["serviceaccount", "home", "home-through-proxy"]) {
      await Deno.mkdir(join(folder, name));
    }
    const files = {
      token: await cluster.createToken("default", namespace),
      "ca.crt": cluster.caPem,
      namespace,
    };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(ways.directly.directory, name), text);
    }
    resources.move();
    return ways;
  }

  /** Does the same on both ways at once. */
  async both<Result>(
    act: (way: AppWay) => Promise<Result>,
  ): Promise<{ readonly direct: Result; readonly proxied: Result }> {
    const [direct, proxied] = await Promise.all([
      act(this.directly),
      act(this.throughProxy),
    ]);
    return { direct, proxied };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

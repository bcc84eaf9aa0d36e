/**
 * An executable as it runs in the sidecar of an injected pod: on the real
 * paths, in a mount namespace where those are the pod's volumes.
 */

import { join } from "node:path";

/** What the sidecar finds in its pod. */
export interface PodProcessOptions {
  /** The API server. */
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly caCertificate: string;
  };
  /** The pod's real token. */
  readonly token: string;
  readonly namespace: string;
  /** The executable and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What `unshare` needs for a mount namespace: without root, a user namespace lets it mount. */
export const UNSHARE: readonly string[] =
  Deno.build.os === "linux" && Deno.uid() === 0
    ? ["--mount"]
    : ["--map-root-user", "--mount"];

/**
 * What a process takes over from this one: where programs are, and what the
 * runtime has cached. A pod knows nothing else of the machine's environment;
 * with `NODE_EXTRA_CA_CERTS`, for example, the runtime would trust more.
 */
const TAKEN_OVER = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME"] as const;

/** Mounts the pod's volumes, waits to be told, then becomes the program named behind the directory. */
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
shift
echo mounted
read -r go
exec "$@" </dev/null >/dev/null
`;

/**
 * Why a mount namespace cannot be had here, and what to do; undefined where it
 * can.
 */
export async function podProcessObstacle(): Promise<string | undefined> {
  const hint =
    "run as root, in a container with CAP_SYS_ADMIN, or where users may make namespaces (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns)";
  if (Deno.build.os !== "linux") {
    return `mount namespaces are Linux's: ${hint}`;
  }
  try {
    const { success, stderr } = await new Deno.Command("unshare", {
      args: [...UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/var/run"],
      stdin: "null",
    }).output();
    if (success) return undefined;
    const reason = new TextDecoder().decode(stderr).trim();
    return `unshare and mount are not permitted (${reason}): ${hint}`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "there is no unshare: install util-linux";
  }
}

/** The volumes of a pod, and at most one process on them at a time. */
export class PodProcess implements AsyncDisposable {
  readonly #options: PodProcessOptions;
  readonly #directory: string;
  #child: Deno.ChildProcess;

  private constructor(
    options: PodProcessOptions,
    directory: string,
    child: Deno.ChildProcess,
  ) {
    this.#options = options;
    this.#directory = directory;
    this.#child = child;
  }

  /** Makes the volumes and mounts them; the executable waits for {@link start}. */
  static async prepare(options: PodProcessOptions): Promise<PodProcess> {
    const directory = await Deno.makeTempDir({ prefix: "mca-pod-" });
    try {
      for (const name of ["serviceaccount", "mca-serviceaccount", "state"]) {
        await Deno.mkdir(join(directory, name));
      }
      const real = join(directory, "serviceaccount");
      await Deno.writeTextFile(
        join(real, "ca.crt"),
        options.server.caCertificate,
      );
      await Deno.writeTextFile(join(real, "namespace"), options.namespace);
      await Deno.writeTextFile(join(real, "token"), options.token);
      await Deno.writeTextFile(join(directory, "log"), "");
      return new PodProcess(
        options,
        directory,
        await mounted(options, directory),
      );
    } catch (error) {
      await Deno.remove(directory, { recursive: true });
      throw error;
    }
  }

  /** Lets the executable run: from here it is one `exec` away. */
  async start(): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("\n"));
    await writer.close();
  }

  /** Ends the process, and mounts the same volumes for the next, as a container's restart does. */
  async restart(): Promise<void> {
    await this.end("SIGKILL");
    this.#child = await mounted(this.#options, this.#directory);
  }

  /** The process's identifier; its own, not a shell's. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves when the process ends. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** The volume that the pod's other containers see as their ServiceAccount's. */
  get appDirectory(): string {
    return join(this.#directory, "mca-serviceaccount");
  }

  /** The file with the pod's real token. */
  get tokenFile(): string {
    return join(this.#directory, "serviceaccount", "token");
  }

  /** A path for something that has to go when the process does. */
  path(name: string): string {
    return join(this.#directory, name);
  }

  /** What the process has written to its standard error so far. */
  log(): Promise<string> {
    return Deno.readTextFile(join(this.#directory, "log"));
  }

  /** Sends a signal and waits for the end; tells the exit code. */
  async end(signal: Deno.Signal): Promise<number> {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It may have ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    const { code } = await this.#child.status;
    if (!this.#child.stdin.locked) {
      await this.#child.stdin.close().catch(() => {});
    }
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** A shell with the volumes mounted, which waits for a line. */
async function mounted(
  options: PodProcessOptions,
  directory: string,
): Promise<Deno.ChildProcess> {
  const log = join(directory, "log");
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      'exec 2>>"$0"; exec unshare "$@"',
      log,
      ...UNSHARE,
      "sh",
      "-c",
      MOUNT_VOLUMES,
      "sh",
      directory,
      ...options.command,
    ],
    clearEnv: true,
    env: {
      ...Object.fromEntries(
        TAKEN_OVER.map((name) => [name, Deno.env.get(name) ?? ""])
          .filter(([, value]) => value !== ""),
      ),
      KUBERNETES_SERVICE_HOST: options.server.host,
      KUBERNETES_SERVICE_PORT: String(options.server.port),
      ...options.env,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.stdout.getReader();
  const { done } = await output.read();
  await output.cancel();
  if (!done) return child;
  await child.stdin.close().catch(() => {});
  await child.status;
  throw new Error(
    `The pod's volumes cannot be mounted: ${await Deno.readTextFile(log)}`,
  );
}

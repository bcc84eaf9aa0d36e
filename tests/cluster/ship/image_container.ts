/**
 * The sidecar's container without a container runtime: the root tree of the
 * image, read-only, with the volumes of an injected pod; UID 999, no privileges
 * to gain. The runtime that an executable has inside is mounted beside its
 * bundle.
 */

import { join } from "node:path";
import { type Ended, runToEnd } from "../../ship/run_to_end.ts";
import { shippedBundle, shippedCommand } from "../../ship/shipped.ts";
import type { ExecutableName } from "../../../tools/compile/targets.ts";
import { waitUntil } from "../wait_until.ts";
import { makeRootTree } from "./root_tree.ts";

/** What the container is made of. */
export interface ContainerOptions {
  readonly executable: ExecutableName;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The ServiceAccount's files. */
  readonly serviceAccount: Readonly<
    Record<"token" | "ca.crt" | "namespace", string>
  >;
}

const UID = 999;
const RUNTIME = "/usr/local/bin/deno";
const SECRETS = "/run/secrets/kubernetes.io";

/** What the base image sets; the executables may not depend on it. */
const IMAGE_ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt",
  // The plain runtime asks for a cache directory; a compiled executable has none.
  DENO_DIR: "/nonexistent",
};

/** Mounts what a container runtime and a kubelet mount, then becomes the executable. */
const ENTER = `
set -eu
root=$1 volumes=$2 runtime=$3
shift 3
mount --bind "$root" "$root"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom; do
  : > "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mount -t proc proc "$root/proc"
mount --bind "$runtime" "$root${RUNTIME}"
mount --bind "$volumes/serviceaccount" "$root${SECRETS}/serviceaccount"
mount -o remount,ro,bind "$root${SECRETS}/serviceaccount"
mount --bind "$volumes/mca-serviceaccount" "$root${SECRETS}/mca-serviceaccount"
mount -t tmpfs -o size=1m,mode=777 tmpfs "$root/run/mca"
mount -o remount,ro,bind "$root"
exec setpriv --no-new-privs chroot --userspec=${UID}:${UID} --groups= "$root" "$@"
`;

/** A running container. */
export class ImageContainer implements AsyncDisposable {
  readonly #options: ContainerOptions;
  readonly #folder: string;
  readonly #child: Deno.ChildProcess;

  private constructor(
    options: ContainerOptions,
    folder: string,
    child: Deno.ChildProcess,
  ) {
    this.#options = options;
    this.#folder = folder;
    this.#child = child;
  }

  /** Starts it. */
  static async start(options: ContainerOptions): Promise<ImageContainer> {
    const folder = await Deno.makeTempDir({ prefix: "mca-image-" });
    try {
      await makeRootTree(join(folder, "root"));
      await addExecutable(join(folder, "root"), options.executable);
      await makeVolumes(join(folder, "volumes"), options);
      const child = await enter(folder, options);
      return new ImageContainer(options, folder, child);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** What it wrote to its standard error. */
  log(): Promise<string> {
    return Deno.readTextFile(join(this.#folder, "log"));
  }

  /** What the pod's other containers see as their ServiceAccount's directory. */
  get appDirectory(): string {
    return join(this.#folder, "volumes/mca-serviceaccount");
  }

  /** A path for something that has to go when the container does. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  /** The port it serves on, once it does. */
  async port(): Promise<number> {
    let port = 0;
    let ended = false;
    this.#child.status.then(() => ended = true);
    await waitUntil("the container to serve", async () => {
      const log = await this.log();
      const match = /"message":"Serving","address":"[^"]*:(\d+)"/.exec(log);
      if (match === null && ended) {
        throw new Error(`The container ended: ${log}`);
      }
      port = Number(match?.[1]);
      return match !== null;
    });
    return port;
  }

  /** Runs its executable once more beside the first, as a probe does. */
  async exec(args: readonly string[]): Promise<Ended> {
    return await runToEnd([
      "nsenter",
      `--target=${this.#child.pid}`,
      "--mount",
      "--root",
      "--wd",
      `--setuid=${UID}`,
      `--setgid=${UID}`,
      ...await commandInside(this.#options.executable),
      ...args,
    ], { clearEnv: true, env: { ...IMAGE_ENVIRONMENT, ...this.#options.env } });
  }

  /** What /proc tells of the process: its UIDs, groups and capabilities. */
  async status(): Promise<ReadonlyMap<string, string>> {
    const text = await Deno.readTextFile(`/proc/${this.#child.pid}/status`);
    return new Map(
      text.trim().split("\n").map((line) => {
        const [name = "", value = ""] = line.split(":\t");
        return [name, value.trim()];
      }),
    );
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
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function bundlePath(executable: ExecutableName): string {
  return `/usr/local/lib/mca/${executable}.js`;
}

async function addExecutable(
  root: string,
  executable: ExecutableName,
): Promise<void> {
  const { file } = await shippedBundle(executable);
  await Deno.copyFile(file, join(root, bundlePath(executable)));
  await Deno.writeTextFile(join(root, RUNTIME), "");
  for (const name of ["serviceaccount", "mca-serviceaccount"]) {
    await Deno.mkdir(join(root, SECRETS, name), { recursive: true });
  }
  await Deno.mkdir(join(root, "run/mca"));
}

/** The volumes with the owners and modes that a kubelet gives them. */
async function makeVolumes(
  folder: string,
  { serviceAccount }: ContainerOptions,
): Promise<void> {
  const projected = join(folder, "serviceaccount");
  const data = join(projected, "..2026_01_01_00_00_00.1");
  await Deno.mkdir(data, { recursive: true });
  await Deno.symlink("..2026_01_01_00_00_00.1", join(projected, "..data"));
  for (const [name, text] of Object.entries(serviceAccount)) {
    await Deno.writeTextFile(join(data, name), text, { mode: 0o644 });
    await Deno.symlink(`..data/${name}`, join(projected, name));
  }
  const emptyDir = join(folder, "mca-serviceaccount");
  await Deno.mkdir(emptyDir);
  await Deno.chmod(emptyDir, 0o777);
}

async function commandInside(executable: ExecutableName): Promise<string[]> {
  const { file } = await shippedBundle(executable);
  const [, ...options] = await shippedCommand(executable);
  return [
    RUNTIME,
    ...options.map((option) =>
      option === file.pathname ? bundlePath(executable) : option
    ),
  ];
}

async function enter(
  folder: string,
  { executable, args, env }: ContainerOptions,
): Promise<Deno.ChildProcess> {
  await Deno.writeTextFile(join(folder, "log"), "");
  return new Deno.Command("sh", {
    args: [
      "-c",
      'exec 2>>"$0" </dev/null; exec unshare --mount sh -c "$@"',
      join(folder, "log"),
      ENTER,
      "sh",
      join(folder, "root"),
      join(folder, "volumes"),
      await Deno.realPath(Deno.execPath()),
      ...await commandInside(executable),
      ...args,
    ],
    clearEnv: true,
    env: { ...IMAGE_ENVIRONMENT, ...env },
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

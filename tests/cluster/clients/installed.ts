/**
 * Client programs of Python and Node with their pinned packages, installed once
 * into the cache of the cluster's programs.
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgress } from "../build_progress.ts";
import { ClusterError } from "../cluster_error.ts";
import { runCommand } from "../command.ts";
import { cacheFolder } from "../program_cache.ts";
import { waitUntil } from "../wait_until.ts";

/** A client program: what to run, and its first arguments. */
export type ClientCommand = readonly [string, ...string[]];

/** Lets a command of an installation run; it has to succeed. */
type Step = (command: ClientCommand, cwd: string) => Promise<void>;

interface Installation {
  readonly name: string;
  /** Files of the folder beside this one: the pins. They go where the packages go. */
  readonly files: readonly string[];
  /** What else makes a difference, such as the interpreter's version. */
  readonly made: string;
  readonly install: (folder: string, step: Step) => Promise<void>;
}

function sourceFile(name: string, file: string): string {
  return fileURLToPath(new URL(`./${name}/${file}`, import.meta.url));
}

/** The folder with the packages; installs them unless they are there. */
async function installed(installation: Installation): Promise<string> {
  const { name, files, made } = installation;
  const texts = await Promise.all(
    files.map((file) => Deno.readTextFile(sourceFile(name, file))),
  );
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode([...texts, made].join("\0")),
  );
  const key = new Uint8Array(digest).toHex().slice(0, 16);
  const folder = join(cacheFolder(), `${name}-packages-${key}`);
  await Deno.mkdir(cacheFolder(), { recursive: true });
  using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  await waitUntil(
    `another process that installs ${name}`,
    () => lock.tryLock(true),
    { deadlineMilliseconds: 600_000 },
  );
  const isThere = await Deno.stat(folder).then(() => true, () => false);
  if (!isThere) await install(installation, folder);
  return folder;
}

async function install(
  { name, files, install }: Installation,
  folder: string,
): Promise<void> {
  const unfinished = await Deno.makeTempDir({
    dir: cacheFolder(),
    prefix: ".",
  });
  const progress = startProgress(`Installing the packages of ${name}`, {
    now: true,
  });
  try {
    for (const file of files) {
      await Deno.copyFile(sourceFile(name, file), join(unfinished, file));
    }
    await install(unfinished, async ([program, ...args], cwd) => {
      const { code, stdout, stderr } = await runCommand(program, args, { cwd });
      if (code === 0) return;
      throw new ClusterError(
        `${program} ended with exit code ${code}: ${stdout}${stderr}`,
      );
    });
    await Deno.rename(unfinished, folder);
    progress.stop(`Installed the packages of ${name}`);
  } finally {
    progress.stop();
    await Deno.remove(unfinished, { recursive: true }).catch(() => {});
  }
}

/** Whether there is a Python that can make a virtual environment, and takes the pinned packages. */
export function hasPython(): Promise<boolean> {
  const program =
    "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";
  return runCommand("python3", ["-c", program])
    .then(({ code }) => code === 0, () => false);
}

/** The Python client. */
export async function pythonClient(): Promise<ClientCommand> {
  const { stdout: version } = await runCommand("python3", ["-VV"]);
  const folder = await installed({
    name: "python",
    files: ["requirements.txt"],
    made: version,
    install: async (folder, step) => {
      await step(["python3", "-m", "venv", "venv"], folder);
      await step([
        "venv/bin/python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary=:all:",
        "--require-hashes",
        "--requirement=requirements.txt",
      ], folder);
    },
  });
  return [`${folder}/venv/bin/python`, sourceFile("python", "client.py")];
}

/** Whether there is npm; Node itself comes with the packages where npm has it. */
export function hasNpm(): Promise<boolean> {
  return runCommand("npm", ["--version"])
    .then(({ code }) => code === 0, () => false);
}

/** The Node client. */
export async function nodeClient(): Promise<ClientCommand> {
  const files = ["package.json", "package-lock.json", "client.mjs"];
  const folder = await installed({
    name: "node",
    files,
    made: Deno.build.target,
    install: (folder, step) =>
      step(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        folder,
      ),
  });
  const arch = Deno.build.arch === "x86_64" ? "x64" : "arm64";
  const own = `${folder}/node_modules/node-${Deno.build.os}-${arch}/bin/node`;
  const isThere = await Deno.stat(own).then(() => true, () => false);
  return [isThere ? own : "node", `${folder}/client.mjs`];
}

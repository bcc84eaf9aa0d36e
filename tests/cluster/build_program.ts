/** Builds one pinned program with the Go toolchain into the cache. */

import { dirname, join } from "node:path";
import { startProgress } from "./build_progress.ts";
import { ClusterError } from "./cluster_error.ts";
import { requireGo } from "./go_toolchain.ts";
import type { PinnedProgram } from "./program_cache.ts";
import { programTable } from "./program_table.ts";
import { waitUntil } from "./wait_until.ts";

const shownLines = 20;

/**
 * Builds the program, unless another process does so first.
 *
 * @throws {ClusterError} When Go is missing or too old, or the build fails.
 */
export async function buildProgram(
  program: PinnedProgram,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const folder = dirname(program.path);
  await requireGo(program);
  await Deno.mkdir(folder, { recursive: true });
  using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  const waiting = startProgress(
    `Waiting for another process that builds ${program.name} ${program.version}`,
  );
  try {
    await waitUntil("the lock on the build", () => lock.tryLock(true), {
      signal,
      pollMilliseconds: 250,
      deadlineMilliseconds: Infinity,
    });
  } finally {
    waiting.stop();
  }
  const isBuilt = await Deno.stat(program.path).then(() => true, () => false);
  // the lock goes with the process that holds it, so a killed build blocks nobody
  if (!isBuilt) await build(program, folder, signal);
}

async function build(
  program: PinnedProgram,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const source = programTable[program.name];
  // Go leaves its work behind when it is interrupted: it goes in here too
  const unfinished = await Deno.makeTempDir({ dir: folder, prefix: "." });
  const progress = startProgress(
    `Building ${program.name} ${program.version} (the first time takes ${source.firstBuild})`,
    { now: true },
  );
  try {
    const output = join(unfinished, program.name);
    await goBuild(
      ["-ldflags", program.ldflags, "-o", output, source.package],
      program,
      unfinished,
      signal,
    );
    await Deno.rename(output, program.path);
    progress.stop(`Built ${program.name} ${program.version}`);
  } finally {
    progress.stop();
    await Deno.remove(unfinished, { recursive: true });
  }
}

async function goBuild(
  args: readonly string[],
  program: PinnedProgram,
  temporary: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const child = new Deno.Command("go", {
    args: ["build", ...args],
    cwd: program.moduleFolder,
    // what a developer has set for other Go work must not change this build
    env: {
      CGO_ENABLED: "0",
      GOFLAGS: "-mod=readonly -buildvcs=false",
      GOTOOLCHAIN: "local",
      GOWORK: "off",
      GOOS: "",
      GOARCH: "",
      GOTMPDIR: temporary,
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    // a group of its own, so that an interrupt reaches the compilers too
    detached: true,
  }).spawn();
  const interrupt = () => {
    try {
      Deno.kill(-child.pid, "SIGINT");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    if (signal?.aborted) interrupt();
    const [stderr, status] = await Promise.all([
      new Response(child.stderr).text(),
      child.status,
    ]);
    signal?.throwIfAborted();
    if (status.success) return;
    const last = stderr.trimEnd().split("\n").slice(-shownLines).join("\n");
    throw new ClusterError(
      `go build of ${program.name} ended with exit code ${status.code}:\n${last}`,
      {
        hint:
          `Try again if the network failed, or set KUBEBUILDER_ASSETS to a folder with ${program.name}.`,
      },
    );
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}

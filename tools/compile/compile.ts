/**
 * The second step of an executable: its bundle, the runtime and what it may do,
 * as one file.
 *
 * @module
 */

import type { FlavorName } from "../../lib/platform.ts";
import type { Bundle } from "./bundle.ts";
import { permissionsOf, v8Option } from "./executables.ts";
import { permissionOptions } from "./permissions.ts";
import { DenoFailure, runDeno } from "./run_deno.ts";
import type { Target } from "./targets.ts";

/**
 * What `deno run` and `deno compile` are told besides the permissions: the
 * bundle is all there is. A code cache would be written to the disk at the first
 * start, and the image's is read-only.
 */
export const BUNDLE_OPTIONS: readonly string[] = [
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--no-code-cache",
];

/** The runtime for compiled executables cannot be had. */
export class RuntimeMissing extends Error {
  override readonly name = "RuntimeMissing";
}

/** What an executable is made from, and where it goes. */
export interface CompileOptions {
  readonly bundle: Bundle;
  readonly flavor: FlavorName;
  readonly target: Target;
  /** The directory for the executable, a file URL with a final slash. */
  readonly output: URL;
}

/**
 * Makes the executable and returns its file.
 *
 * @throws {RuntimeMissing} Where Deno cannot get its runtime for the target.
 * @throws {DenoFailure} Where it fails otherwise.
 */
export async function compileExecutable(
  { bundle, flavor, target, output }: CompileOptions,
): Promise<URL> {
  const { executable } = bundle;
  const suffix = target.triple.includes("windows") ? ".exe" : "";
  const file = new URL(`${executable.name}${suffix}`, output);
  await Deno.mkdir(output, { recursive: true });
  try {
    await runDeno([
      "compile",
      "--quiet",
      "--no-check",
      ...BUNDLE_OPTIONS,
      v8Option(executable),
      ...permissionOptions(permissionsOf(executable, flavor, target)),
      `--target=${target.triple}`,
      `--output=${file.pathname}`,
      bundle.file.pathname,
    ], output);
  } catch (error) {
    if (error instanceof DenoFailure && isAboutRuntime(error.output)) {
      throw new RuntimeMissing(
        `The runtime for ${target.triple} cannot be downloaded`,
        { cause: error },
      );
    }
    throw error;
  }
  return file;
}

function isAboutRuntime(output: string): boolean {
  return /denort|Setting up base binary/.test(output);
}

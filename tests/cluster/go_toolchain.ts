/** Whether there is a Go toolchain that can build a program. */

import { join } from "node:path";
import { ClusterError } from "./cluster_error.ts";
import type { PinnedProgram } from "./program_cache.ts";

/** The numbers of a Go version, `go1.26.8` or `1.26.0`. */
function versionNumbers(version: string): readonly [number, number] {
  const [, major, minor] = /^(?:go)?(\d+)\.(\d+)/.exec(version) ?? [];
  return [Number(major ?? 0), Number(minor ?? 0)];
}

/** Whether a Go of one version builds a module that asks for the other. */
export function isGoNewEnough(version: string, wanted: string): boolean {
  const [major, minor] = versionNumbers(version);
  const [wantedMajor, wantedMinor] = versionNumbers(wanted);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/**
 * @throws {ClusterError} When Go is missing, or older than the program's go.mod asks for.
 */
export async function requireGo(program: PinnedProgram): Promise<void> {
  const goMod = await Deno.readTextFile(join(program.moduleFolder, "go.mod"));
  const wanted = /^go (\S+)$/m.exec(goMod)?.[1] ?? "1.26";
  const what = `${program.name} ${program.version} has to be built`;
  const orElse = `or set KUBEBUILDER_ASSETS to a folder with ${program.name}.`;
  let version: string;
  try {
    const output = await new Deno.Command("go", {
      args: ["env", "GOVERSION"],
      env: { GOTOOLCHAIN: "local", GOFLAGS: "" },
    }).output();
    version = new TextDecoder().decode(output.stdout).trim();
  } catch (cause) {
    throw new ClusterError(`${what}, and there is no Go to build it with`, {
      hint: `Install Go ${wanted} or later, ${orElse}`,
      cause,
    });
  }
  if (!isGoNewEnough(version, wanted)) {
    throw new ClusterError(
      `${what}, which takes Go ${wanted} or later; this is ${
        version || "a Go that does not tell its version"
      }`,
      { hint: `Install a newer Go, ${orElse}` },
    );
  }
}

/**
 * What `mca version` tells.
 *
 * @module
 */

import type { FlavorName } from "../platform.ts";

/** The runtime that an executable runs on. */
export interface Runtime {
  /** The operating system and processor, as a target of `deno compile`. */
  readonly target: string;
  /** Deno's version. */
  readonly deno: string;
}

/** A build of an executable. */
export interface Build extends Runtime {
  /** The executable, as it is typed. */
  readonly name: string;
  readonly version: string;
  readonly flavor: FlavorName;
  /** Null where it runs from source. */
  readonly commit: string | null;
}

/** The lines after the first: what stands before the value, and the value. */
const LINES = [
  ["Flavor", ({ flavor }) => flavor],
  ["Target", ({ target }) => target],
  ["Commit", ({ commit }) => commit ?? "unknown"],
  ["Deno", ({ deno }) => deno],
] as const satisfies [string, (build: Build) => string][];

/**
 * The build for people; the first line is `NAME VERSION` and stays so.
 *
 * @example
 * ```ts
 * import { versionText } from "./version_text.ts";
 *
 * versionText({
 *   name: "mca",
 *   version: "1.0.0",
 *   flavor: "release",
 *   target: "x86_64-unknown-linux-gnu",
 *   commit: null,
 *   deno: "2.9.6",
 * });
 * ```
 */
export function versionText(build: Build): string {
  const lines = LINES.map(([label, value]) =>
    `${`${label}:`.padEnd(8)}${value(build)}\n`
  );
  return `${build.name} ${build.version}\n${lines.join("")}`;
}

/**
 * The build for programs: an object on one line.
 *
 * @example
 * ```ts
 * import { versionJson } from "./version_text.ts";
 *
 * const build = JSON.parse(versionJson({
 *   name: "mca",
 *   version: "1.0.0",
 *   flavor: "release",
 *   target: "x86_64-unknown-linux-gnu",
 *   commit: null,
 *   deno: "2.9.6",
 * }));
 * console.log(build.version);
 * ```
 */
export function versionJson(build: Build): string {
  return `${JSON.stringify(build)}\n`;
}

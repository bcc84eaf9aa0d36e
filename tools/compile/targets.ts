/**
 * What executables are made for.
 *
 * @module
 */

/** The executables of MCA. */
export type ExecutableName = "mca" | "mca-proxy" | "mca-webhook";

/** One operating system and processor. */
export interface Target {
  /** As `deno compile --target` has it. */
  readonly triple: string;
  /**
   * The C library, for the options of sockets that the runtime has no method
   * for. Null where MCA does not set them.
   */
  readonly libc: string | null;
  /** What is made for it. */
  readonly executables: readonly ExecutableName[];
}

const ALL: readonly ExecutableName[] = ["mca", "mca-proxy", "mca-webhook"];

/** The targets. On Windows only the command line is of use. */
export const TARGETS: readonly Target[] = [
  {
    triple: "x86_64-unknown-linux-gnu",
    libc: "/lib/x86_64-linux-gnu/libc.so.6",
    executables: ALL,
  },
  {
    triple: "aarch64-unknown-linux-gnu",
    libc: "/lib/aarch64-linux-gnu/libc.so.6",
    executables: ALL,
  },
  { triple: "x86_64-apple-darwin", libc: null, executables: ALL },
  { triple: "aarch64-apple-darwin", libc: null, executables: ALL },
  { triple: "x86_64-pc-windows-msvc", libc: null, executables: ["mca"] },
];

/**
 * The target of that name.
 *
 * @throws {RangeError} Where there is none.
 */
export function targetOf(triple: string): Target {
  const target = TARGETS.find((candidate) => candidate.triple === triple);
  if (target !== undefined) return target;
  const known = TARGETS.map((candidate) => candidate.triple).join(", ");
  throw new RangeError(`There is no target ${triple}; there are ${known}`);
}

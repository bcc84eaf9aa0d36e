/**
 * What an executable may do, as data and as options of `deno compile`.
 *
 * @module
 */

/** One thing that an executable may do. */
export interface Permission {
  /** The option, without `--allow-`. */
  readonly kind: "read" | "write" | "net" | "env" | "ffi";
  /** What it is narrowed to. Absent: everything of that kind. */
  readonly value?: string;
  /** What it is needed for. */
  readonly because: string;
}

/** What an executable may do: the list, or everything. */
export type Permissions = readonly Permission[] | "all";

/** The permission as it is written: `read=/var/run/mca`, `net`. */
export function permissionName({ kind, value }: Permission): string {
  return value === undefined ? kind : `${kind}=${value}`;
}

/**
 * The options of `deno compile` and `deno run` that grant the permissions and
 * nothing else. What is not granted is refused without a question.
 *
 * @throws {RangeError} Where a value would be read as two.
 */
export function permissionOptions(permissions: Permissions): string[] {
  if (permissions === "all") return ["--allow-all"];
  const byKind = Map.groupBy(permissions, ({ kind }) => kind);
  const options = [...byKind].map(([kind, rows]) => {
    const values = rows.map(({ value }) => value);
    if (values.includes(undefined)) return `--allow-${kind}`;
    const split = values.find((value) => value?.includes(","));
    if (split !== undefined) {
      throw new RangeError(`A value cannot hold a comma: ${split}`);
    }
    return `--allow-${kind}=${values.join(",")}`;
  });
  return ["--no-prompt", ...options];
}

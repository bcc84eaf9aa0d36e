/**
 * Files in memory.
 *
 * @module
 */

import type { FileInfo, FileStore } from "../lib/platform.ts";

interface MemoryFile {
  readonly data: Uint8Array<ArrayBuffer> | null;
  readonly mode: number;
  readonly modified: number;
  readonly inode: number;
}

/** The operating system's words for a file operation that fails. */
const MESSAGES = {
  ENOENT: "No such file or directory",
  EISDIR: "Is a directory",
  ENOTDIR: "Not a directory",
  EEXIST: "File exists",
  ENOTEMPTY: "Directory not empty",
} as const;

/**
 * An empty file system. It behaves as the real one does, errors' codes
 * included, but has no owners, links or working directory: `a` is `/a`.
 *
 * @example
 * ```ts
 * import { memoryFiles } from "./memory_files.ts";
 *
 * const files = memoryFiles({ now: () => 0 });
 * await files.makeDirectory("/var/run", 0o755);
 * await files.writeAtomic("/var/run/token", "abc", 0o600);
 * console.log(await files.readText("/var/run/token")); // abc
 * ```
 */
export function memoryFiles(clock: { now(): number }): FileStore {
  const entries = new Map<string, MemoryFile>();
  let inodes = 0;

  function put(
    path: string,
    data: Uint8Array<ArrayBuffer> | null,
    mode: number,
  ): void {
    entries.set(path, { data, mode, modified: clock.now(), inode: ++inodes });
  }

  function read(name: string): Uint8Array<ArrayBuffer> {
    const path = absolute(name);
    const entry = entries.get(path) ?? fail("ENOENT", path);
    return entry.data?.slice() ?? fail("EISDIR", path);
  }

  put("/", null, 0o755);
  return {
    read: (path) => Promise.try(read, path),
    readText: (path) => Promise.try(() => new TextDecoder().decode(read(path))),
    writeAtomic: (name, data, mode) =>
      Promise.try(() => {
        const path = absolute(name);
        const directory = entries.get(parent(path)) ??
          fail("ENOENT", parent(path));
        if (directory.data !== null) fail("ENOTDIR", path);
        if (entries.get(path)?.data === null) fail("EISDIR", path);
        const bytes = typeof data === "string"
          ? new TextEncoder().encode(data)
          : data.slice();
        put(path, bytes, mode);
      }),
    makeDirectory: (name, mode) =>
      Promise.try(() => {
        const path = absolute(name);
        for (const ancestor of ancestors(path)) {
          const entry = entries.get(ancestor);
          if (entry === undefined) put(ancestor, null, mode);
          else if (entry.data !== null) {
            fail(ancestor === path ? "EEXIST" : "ENOTDIR", path);
          }
        }
      }),
    info: (name) => Promise.resolve(describe(entries.get(absolute(name)))),
    realPath: (name) =>
      Promise.try(() => {
        const path = absolute(name);
        return entries.has(path) ? path : fail("ENOENT", path);
      }),
    list: (name) =>
      Promise.try(() => {
        const path = absolute(name);
        const entry = entries.get(path) ?? fail("ENOENT", path);
        if (entry.data !== null) fail("ENOTDIR", path);
        return children(entries, path);
      }),
    remove: (name) =>
      Promise.try(() => {
        const path = absolute(name);
        if (!entries.has(path)) fail("ENOENT", path);
        if (children(entries, path).length > 0) fail("ENOTEMPTY", path);
        entries.delete(path);
      }),
  };
}

function fail(code: keyof typeof MESSAGES, path: string): never {
  throw Object.assign(new Error(`${MESSAGES[code]}: '${path}'`), { code });
}

function describe(entry: MemoryFile | undefined): FileInfo | null {
  if (entry === undefined) return null;
  return {
    isDirectory: entry.data === null,
    isFile: entry.data !== null,
    size: entry.data?.length ?? 0,
    modified: entry.modified,
    inode: entry.inode,
    mode: entry.mode,
  };
}

function absolute(path: string): string {
  const segments = path.split("/").filter((segment) =>
    segment !== "" && segment !== "."
  );
  return `/${segments.join("/")}`;
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The directories from the root down to the path itself. */
function ancestors(path: string): string[] {
  const segments = path.split("/").filter((segment) => segment !== "");
  return segments.map((_, index) =>
    `/${segments.slice(0, index + 1).join("/")}`
  );
}

function children(
  entries: ReadonlyMap<string, MemoryFile>,
  path: string,
): string[] {
  const names: string[] = [];
  for (const name of entries.keys()) {
    if (name !== "/" && parent(name) === path) {
      names.push(name.slice(name.lastIndexOf("/") + 1));
    }
  }
  return names.sort();
}

/**
 * A file system in memory for tests, whose operations can be made to fail.
 *
 * @module
 */

import type { FileInfo, FileStore } from "../../lib/platform.ts";

/** An operation of {@link FileStore}. */
export type FileOperation = keyof FileStore;

interface MemoryFile {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly mode: number;
  readonly inode: number;
}

interface Fault {
  readonly operation: FileOperation;
  readonly path: string;
  readonly code: string;
}

/** Files in memory. Only directories that were made exist, besides `/`. */
export class MemoryFiles implements FileStore {
  /** What was done, in order: `writeAtomic /state/token`. */
  readonly operations: string[] = [];
  readonly #files = new Map<string, MemoryFile>();
  readonly #directories = new Map<string, number>([["/", 0o755]]);
  #faults: Fault[] = [];
  #inodes = 0;

  /** Makes the operation on the path, or on anything below it, fail from now on. */
  fail(operation: FileOperation, path: string, code: string): void {
    this.#faults.push({ operation, path, code });
  }

  /** Ends all faults. */
  heal(): void {
    this.#faults = [];
  }

  /** Puts a file there without an operation. */
  put(path: string, data: string | Uint8Array, mode = 0o644): void {
    const bytes = typeof data === "string"
      ? new TextEncoder().encode(data)
      : data.slice();
    this.#files.set(path, { data: bytes, mode, inode: ++this.#inodes });
  }

  /** The text of a file without an operation; undefined where there is none. */
  text(path: string): string | undefined {
    const file = this.#files.get(path);
    return file === undefined ? undefined : new TextDecoder().decode(file.data);
  }

  /** Takes a file away without an operation. */
  drop(path: string): void {
    this.#files.delete(path);
  }

  read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#run("read", path, () => this.#file(path).data.slice());
  }

  readText(path: string): Promise<string> {
    return this.#run(
      "readText",
      path,
      () => new TextDecoder().decode(this.#file(path).data),
    );
  }

  writeAtomic(
    path: string,
    data: Uint8Array | string,
    mode: number,
  ): Promise<void> {
    return this.#run("writeAtomic", path, () => {
      if (!this.#directories.has(parent(path))) throw fault("ENOENT", path);
      if (this.#directories.has(path)) throw fault("EISDIR", path);
      this.put(path, data, mode);
    });
  }

  makeDirectory(path: string, mode: number): Promise<void> {
    return this.#run("makeDirectory", path, () => {
      for (let at = path; at !== "/"; at = parent(at)) {
        if (this.#files.has(at)) throw fault("ENOTDIR", path);
        if (!this.#directories.has(at)) this.#directories.set(at, mode);
      }
    });
  }

  info(path: string): Promise<FileInfo | null> {
    return this.#run("info", path, () => {
      const directory = this.#directories.get(path);
      const file = this.#files.get(path);
      if (directory === undefined && file === undefined) return null;
      return {
        isDirectory: directory !== undefined,
        size: file?.data.length ?? 0,
        modified: null,
        inode: file?.inode ?? null,
        mode: file?.mode ?? directory ?? null,
      };
    });
  }

  list(path: string): Promise<string[]> {
    return this.#run("list", path, () => {
      if (!this.#directories.has(path)) throw fault("ENOENT", path);
      return [...this.#files.keys(), ...this.#directories.keys()]
        .filter((each) => each !== "/" && parent(each) === path)
        .map((each) => each.slice(each.lastIndexOf("/") + 1)).sort();
    });
  }

  remove(path: string): Promise<void> {
    return this.#run("remove", path, () => {
      if (!this.#files.delete(path)) throw fault("ENOENT", path);
    });
  }

  #file(path: string): MemoryFile {
    const file = this.#files.get(path);
    if (file !== undefined) return file;
    throw fault(this.#directories.has(path) ? "EISDIR" : "ENOENT", path);
  }

  /** Later, as a real file system does, so that order between operations shows. */
  async #run<T>(
    operation: FileOperation,
    path: string,
    action: () => T,
  ): Promise<T> {
    await Promise.resolve();
    this.operations.push(`${operation} ${path}`);
    const found = this.#faults.find((each) =>
      each.operation === operation &&
      (path === each.path || path.startsWith(`${each.path}/`))
    );
    if (found !== undefined) throw fault(found.code, path);
    return action();
  }
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function fault(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

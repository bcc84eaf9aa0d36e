/**
 * Files whose operations can be made to fail, and are written down.
 *
 * @module
 */

import type { FileInfo, FileStore } from "../../lib/platform.ts";

/** An operation of a {@link FileStore}. */
export type FileOperation = keyof FileStore;

/** A {@link FileStore} in front of another that fails where it is told to. */
export class FaultyFiles implements FileStore {
  /** What was tried, in order: `writeAtomic /state/token`. */
  readonly operations: string[] = [];
  readonly #inner: FileStore;
  #faults: { operation: FileOperation; path: string; code: string }[] = [];

  constructor(inner: FileStore) {
    this.#inner = inner;
  }

  /** Makes the operation on the path, or on anything below it, fail from now on. */
  fail(operation: FileOperation, path: string, code: string): void {
    this.#faults.push({ operation, path, code });
  }

  /** Ends all faults. */
  heal(): void {
    this.#faults = [];
  }

  /** The paths written so far, in order. */
  get written(): string[] {
    return this.operations.flatMap((operation) =>
      /^writeAtomic (.*)$/.exec(operation)?.[1] ?? []
    );
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    this.#note("read", path);
    return await this.#inner.read(path);
  }

  async readText(path: string): Promise<string> {
    this.#note("readText", path);
    return await this.#inner.readText(path);
  }

  async writeAtomic(
    path: string,
    data: Uint8Array | string,
    mode: number,
  ): Promise<void> {
    this.#note("writeAtomic", path);
    await this.#inner.writeAtomic(path, data, mode);
  }

  async makeDirectory(path: string, mode: number): Promise<void> {
    this.#note("makeDirectory", path);
    await this.#inner.makeDirectory(path, mode);
  }

  async info(path: string): Promise<FileInfo | null> {
    this.#note("info", path);
    return await this.#inner.info(path);
  }

  async realPath(path: string): Promise<string> {
    this.#note("realPath", path);
    return await this.#inner.realPath(path);
  }

  async list(path: string): Promise<string[]> {
    this.#note("list", path);
    return await this.#inner.list(path);
  }

  async remove(path: string): Promise<void> {
    this.#note("remove", path);
    await this.#inner.remove(path);
  }

  #note(operation: FileOperation, path: string): void {
    this.operations.push(`${operation} ${path}`);
    const fault = this.#faults.find((each) =>
      each.operation === operation &&
      (path === each.path || path.startsWith(`${each.path}/`))
    );
    if (fault === undefined) return;
    const { code } = fault;
    throw Object.assign(new Error(`${code}: ${path}`), { code });
  }
}

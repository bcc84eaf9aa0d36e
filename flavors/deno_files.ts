/**
 * Files, from the operating system.
 *
 * @module
 */

import type { FileInfo, FileStore } from "../lib/platform.ts";

/** The real file system. */
export const denoFiles: FileStore = {
  read: (path) => Deno.readFile(path),
  readText: (path) => Deno.readTextFile(path),
  writeAtomic,
  makeDirectory,
  info,
  realPath: (path) => Deno.realPath(path),
  async list(path) {
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) names.push(entry.name);
    return names.sort();
  },
  remove: (path) => Deno.remove(path),
};

async function writeAtomic(
  path: string,
  data: Uint8Array | string,
  mode: number,
): Promise<void> {
  const bytes = typeof data === "string"
    ? new TextEncoder().encode(data)
    : data;
  // In the same directory, since a rename does not cross file systems.
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await writeNew(temporary, bytes);
    // The mode given at creation is subject to the umask; this one is not.
    await Deno.chmod(temporary, mode);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Writes a file that only its owner can read yet, through to the disk. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, {
    write: true,
    createNew: true,
    mode: 0o600,
  });
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
  await file.sync();
}

async function makeDirectory(path: string, mode: number): Promise<void> {
  const found = await info(path);
  await Deno.mkdir(path, { recursive: true, mode });
  if (found === null) await Deno.chmod(path, mode);
}

async function info(path: string): Promise<FileInfo | null> {
  try {
    const stat = await Deno.stat(path);
    return {
      isDirectory: stat.isDirectory,
      isFile: stat.isFile,
      size: stat.size,
      modified: stat.mtime?.getTime() ?? null,
      inode: stat.ino,
      mode: stat.mode === null ? null : stat.mode & 0o7777,
    };
  } catch (error) {
    const nothing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (nothing) return null;
    throw error;
  }
}

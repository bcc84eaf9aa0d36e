import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { denoFiles } from "../../flavors/deno_files.ts";
import { memoryFiles } from "../../flavors/memory_files.ts";
import { systemErrorCode } from "../../lib/errors.ts";
import type { FileStore } from "../../lib/platform.ts";

type Run = (files: FileStore, root: string) => Promise<void>;

/** What every file store does, by name. */
const CASES: [name: string, run: Run][] = [];

function both(name: string, run: Run): void {
  CASES.push([name, run]);
}

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => {
    strictEqual(systemErrorCode(error), code);
    return true;
  };
}

both(
  "writeAtomic() writes text and bytes with exactly the mode",
  async (files, root) => {
    await files.writeAtomic(`${root}/text`, "grüße\n", 0o644);
    strictEqual(await files.readText(`${root}/text`), "grüße\n");
    strictEqual((await files.info(`${root}/text`))?.mode, 0o644);
    const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at);
    await files.writeAtomic(`${root}/bytes`, bytes, 0o600);
    deepStrictEqual(await files.read(`${root}/bytes`), bytes);
    const info = await files.info(`${root}/bytes`);
    strictEqual(info?.mode, 0o600);
    strictEqual(info.size, 300_000);
    strictEqual(info.isDirectory, false);
    strictEqual(info.isFile, true);
    deepStrictEqual(await files.list(root), ["bytes", "text"]);
  },
);

both(
  "writeAtomic() replaces a file by another one",
  async (files, root) => {
    await files.writeAtomic(`${root}/a`, "old", 0o644);
    const before = await files.info(`${root}/a`);
    await files.writeAtomic(`${root}/a`, "new", 0o440);
    const after = await files.info(`${root}/a`);
    strictEqual(await files.readText(`${root}/a`), "new");
    strictEqual(after?.mode, 0o440);
    ok(before?.inode !== after.inode);
    deepStrictEqual(await files.list(root), ["a"]);
  },
);

both(
  "writeAtomic() leaves nothing behind where it fails",
  async (files, root) => {
    await rejects(
      files.writeAtomic(`${root}/none/a`, "x", 0o644),
      failsWith("ENOENT"),
    );
    await files.makeDirectory(`${root}/dir`, 0o755);
    await rejects(
      files.writeAtomic(`${root}/dir`, "x", 0o644),
      failsWith("EISDIR"),
    );
    deepStrictEqual(await files.list(root), ["dir"]);
    deepStrictEqual(await files.list(`${root}/dir`), []);
  },
);

both(
  "makeDirectory() makes parents, and leaves what is there",
  async (files, root) => {
    await files.makeDirectory(`${root}/a/b/c`, 0o750);
    strictEqual((await files.info(`${root}/a/b/c`))?.mode, 0o750);
    strictEqual((await files.info(`${root}/a/b/c`))?.isDirectory, true);
    await files.makeDirectory(`${root}/a/b/c`, 0o700);
    strictEqual((await files.info(`${root}/a/b/c`))?.mode, 0o750);
    await files.writeAtomic(`${root}/file`, "", 0o644);
    await rejects(
      files.makeDirectory(`${root}/file/a`, 0o755),
      failsWith("ENOTDIR"),
    );
  },
);

both("info() is null where nothing is", async (files, root) => {
  strictEqual(await files.info(`${root}/none`), null);
  await files.writeAtomic(`${root}/file`, "", 0o644);
  strictEqual(await files.info(`${root}/file/below`), null);
});

both(
  "read(), list() and remove() fail with the system's codes",
  async (files, root) => {
    await files.writeAtomic(`${root}/file`, "", 0o644);
    await files.makeDirectory(`${root}/full`, 0o755);
    await files.writeAtomic(`${root}/full/file`, "", 0o644);
    const none = `${root}/none`;
    for (
      const [attempt, code] of [
        [() => files.read(none), "ENOENT"],
        [() => files.readText(none), "ENOENT"],
        [() => files.list(none), "ENOENT"],
        [() => files.remove(none), "ENOENT"],
        [() => files.readText(`${root}/full`), "EISDIR"],
        [() => files.list(`${root}/file`), "ENOTDIR"],
        [() => files.remove(`${root}/full`), "ENOTEMPTY"],
      ] as const
    ) {
      await rejects(attempt(), failsWith(code));
    }
    await files.remove(`${root}/full/file`);
    await files.remove(`${root}/full`);
    deepStrictEqual(await files.list(root), ["file"]);
  },
);

Deno.test("denoFiles() behaves as a file store", async (test) => {
  for (const [name, run] of CASES) {
    await test.step(name, async () => {
      const root = await Deno.makeTempDir();
      try {
        await run(denoFiles, root);
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    });
  }
});

Deno.test("memoryFiles() behaves as a file store", async (test) => {
  for (const [name, run] of CASES) {
    await test.step(name, async () => {
      const files = memoryFiles({ now: () => Date.now() });
      await files.makeDirectory("/root", 0o755);
      await run(files, "/root");
    });
  }
});

Deno.test("denoFiles.writeAtomic() is not subject to the umask", async () => {
  const root = await Deno.makeTempDir();
  const before = Deno.umask(0o077);
  try {
    await denoFiles.writeAtomic(`${root}/a`, "x", 0o666);
    await denoFiles.makeDirectory(`${root}/b`, 0o777);
    strictEqual((await denoFiles.info(`${root}/a`))?.mode, 0o666);
    strictEqual((await denoFiles.info(`${root}/b`))?.mode, 0o777);
  } finally {
    Deno.umask(before);
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("denoFiles.info() follows the links of a projected volume", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/..one`);
    await Deno.mkdir(`${root}/..two`);
    await Deno.writeTextFile(`${root}/..one/token`, "1");
    await Deno.writeTextFile(`${root}/..two/token`, "22");
    await Deno.symlink("..one", `${root}/..data`);
    await Deno.symlink("..data/token", `${root}/token`);
    strictEqual((await denoFiles.info(`${root}/token`))?.size, 1);
    // As kubelet does it: a new link, renamed over the old one.
    await Deno.symlink("..two", `${root}/..data_tmp`);
    await Deno.rename(`${root}/..data_tmp`, `${root}/..data`);
    strictEqual((await denoFiles.info(`${root}/token`))?.size, 2);
    strictEqual(await denoFiles.readText(`${root}/token`), "22");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("denoFiles.realPath() leads to what a link stands for", async () => {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  await Deno.writeTextFile(`${directory}/file`, "");
  await Deno.symlink("file", `${directory}/link`);
  strictEqual(
    await denoFiles.realPath(`${directory}/link`),
    `${directory}/file`,
  );
  await Deno.remove(directory, { recursive: true });
});

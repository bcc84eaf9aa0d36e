import assert from "node:assert/strict";
import { join } from "node:path";
import { buildProgram } from "./build_program.ts";
import { ClusterError } from "./cluster_error.ts";
import { runCommand } from "./command.ts";
import { findProgram } from "./find_program.ts";
import { isGoNewEnough } from "./go_toolchain.ts";
import type { PinnedProgram } from "./program_cache.ts";
import { waitUntil } from "./wait_until.ts";

const hasGo = await runCommand("go", ["version"])
  .then(({ code }) => code === 0, () => false);

/** A small program of one file, in place of a large one. */
async function smallProgram(
  source: string,
  goVersion = "1.26.0",
): Promise<PinnedProgram & { readonly folder: string } & Disposable> {
  const folder = await Deno.makeTempDir();
  const moduleFolder = join(folder, "module");
  await Deno.mkdir(moduleFolder);
  await Deno.writeTextFile(
    join(moduleFolder, "go.mod"),
    `module small\n\ngo ${goVersion}\n`,
  );
  await Deno.writeTextFile(join(moduleFolder, "main.go"), source);
  return {
    name: "kubelet-stand-in",
    version: "v1.0.0",
    moduleFolder,
    ldflags: "-X main.word=hello",
    path: join(folder, "cache", "program", "kubelet-stand-in"),
    folder,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

const source =
  "package main\n\nvar word string\n\nfunc main() { print(word) }\n";

Deno.test(
  "buildProgram() builds once for all who ask at the same time (needs Go)",
  {
    ignore: !hasGo,
  },
  async () => {
    using program = await smallProgram(source);
    await Promise.all([
      buildProgram(program),
      buildProgram(program),
      buildProgram(program),
    ]);
    const { stderr } = await runCommand(program.path, []);
    assert.equal(stderr, "hello");
    const names = Array.from(
      Deno.readDirSync(join(program.folder, "cache", "program")),
      ({ name }) => name,
    );
    assert.deepEqual(names, ["kubelet-stand-in"]);
  },
);

Deno.test("buildProgram() shows what the compiler says (needs Go)", {
  ignore: !hasGo,
}, async () => {
  using program = await smallProgram(
    "package main\n\nfunc main() { oops() }\n",
  );
  await assert.rejects(buildProgram(program), (error: unknown) => {
    assert.ok(error instanceof ClusterError);
    assert.match(error.message, /undefined: oops/);
    return true;
  });
  const left = Array.from(
    Deno.readDirSync(join(program.folder, "cache", "program")),
  );
  assert.deepEqual(left, []);
});

Deno.test("buildProgram() wants the Go that the module asks for (needs Go)", {
  ignore: !hasGo,
}, async () => {
  using program = await smallProgram(source, "1.999.0");
  await assert.rejects(buildProgram(program), (error: unknown) => {
    assert.ok(error instanceof ClusterError);
    assert.match(error.message, /takes Go 1\.999\.0 or later; this is go1\./);
    assert.match(error.hint ?? "", /KUBEBUILDER_ASSETS/);
    return true;
  });
});

Deno.test(
  "buildProgram() leaves nothing half-built when it is aborted (needs Go)",
  {
    ignore: !hasGo,
  },
  async () => {
    using program = await smallProgram(source);
    const folder = join(program.folder, "cache", "program");
    const abort = new AbortController();
    const built = buildProgram(program, { signal: abort.signal });
    await waitUntil(
      "the build to begin",
      () => Deno.stat(folder).then(() => true, () => false),
      { pollMilliseconds: 1 },
    );
    abort.abort();
    await assert.rejects(built, { name: "AbortError" });
    assert.deepEqual(Array.from(Deno.readDirSync(folder)), []);
  },
);

Deno.test("isGoNewEnough() compares versions as numbers", () => {
  assert.ok(isGoNewEnough("go1.26.8", "1.26.0"));
  assert.ok(isGoNewEnough("go1.30", "1.9"));
  assert.ok(isGoNewEnough("go2.0.1", "1.26.0"));
  assert.ok(!isGoNewEnough("go1.9.7", "1.26.0"));
  assert.ok(!isGoNewEnough("devel", "1.26.0"));
});

/** Runs with the variable set, which no other test of this file reads meanwhile. */
async function withAssets(
  folder: string,
  run: () => Promise<void>,
): Promise<void> {
  const before = Deno.env.get("KUBEBUILDER_ASSETS");
  Deno.env.set("KUBEBUILDER_ASSETS", folder);
  try {
    await run();
  } finally {
    if (before === undefined) Deno.env.delete("KUBEBUILDER_ASSETS");
    else Deno.env.set("KUBEBUILDER_ASSETS", before);
  }
}

Deno.test("findProgram() takes what KUBEBUILDER_ASSETS offers first", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "etcd"), "");
  await withAssets(folder, async () => {
    assert.equal(await findProgram("etcd"), join(folder, "etcd"));
    await assert.rejects(findProgram("kubectl"), {
      name: "ClusterError",
      message: `KUBEBUILDER_ASSETS is ${folder}, where there is no kubectl`,
    });
  });
  await Deno.remove(folder, { recursive: true });
});

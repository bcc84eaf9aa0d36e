import assert from "node:assert/strict";
import { denoFiles } from "../../../flavors/deno_files.ts";
import { expandInputs } from "../../../lib/cli/inject_inputs.ts";

/** The files found for a name within a directory of these files and links, seen from there. */
async function expandWithin(
  name: string,
  files: readonly string[],
  links: Readonly<Record<string, string>>,
): Promise<string[]> {
  const root = await Deno.makeTempDir();
  try {
    for (const file of files) {
      const path = `${root}/${file}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeTextFile(path, "");
    }
    for (const [path, target] of Object.entries(links)) {
      await Deno.symlink(target, `${root}/${path}`);
    }
    const found = await expandInputs([`${root}/${name}`], true, denoFiles);
    return found.map((path) => path.slice(root.length + 1));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

for (const name of ["d", "d/**", "d/**/*.yaml", "d/**/**/*.yaml"]) {
  Deno.test(`expandInputs() finds each file of ${name} once where links lead in circles`, async () => {
    const found = await expandWithin(name, ["d/a.yaml", "d/sub/b.yaml"], {
      "d/loop": ".",
      "d/sub/up": "../../d",
    });
    assert.deepEqual(found.sort(), ["d/a.yaml", "d/sub/b.yaml"]);
  });
}

Deno.test("expandInputs() follows a link to another directory", async () => {
  const found = await expandWithin("d", ["d/a.yaml", "e/b.yaml"], {
    "d/other": "../e",
  });
  assert.deepEqual(found, ["d/a.yaml", "d/other/b.yaml"]);
});

Deno.test("expandInputs() tells of a link to itself as of any file error", async () => {
  await assert.rejects(
    expandWithin("d/*", ["d/a.yaml"], { "d/self": "self" }),
    { name: "McaError", code: "file" },
  );
});

import assert from "node:assert/strict";
import plugin from "../../tools/lint/plugin.ts";
import { steps } from "../../tools/gate/steps.ts";

const root = new URL("../../", import.meta.url);

/** Each document with its text, by its path from the root. */
async function readDocuments(): Promise<[path: string, text: string][]> {
  const documents: [string, string][] = [];
  for (const folder of ["", "docs/", "docs/generated/", "tests/cluster/"]) {
    for await (const { name } of Deno.readDir(new URL(folder, root))) {
      if (!name.endsWith(".md")) continue;
      const path = `${folder}${name}`;
      documents.push([path, await Deno.readTextFile(new URL(path, root))]);
    }
  }
  return documents;
}

async function exists(url: URL): Promise<boolean> {
  return await Deno.stat(url).then(() => true, () => false);
}

/** The anchor that a heading gets on the common forges. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

Deno.test("README.md and its kin link to files and headings that are there", async () => {
  let links = 0;
  for (const [path, text] of await readDocuments()) {
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      links++;
      const [file = "", anchor] = target.split("#");
      const url = file === ""
        ? new URL(path, root)
        : new URL(file, new URL(path, root));
      assert.ok(await exists(url), `${path} links to ${target}`);
      if (anchor === undefined) continue;
      const headings = (await Deno.readTextFile(url))
        .matchAll(/^#+ (.+)$/gm);
      assert.ok(
        [...headings].some(([, heading = ""]) => anchorOf(heading) === anchor),
        `${path} links to ${target}`,
      );
    }
  }
  assert.ok(links > 0);
});

Deno.test("README.md and its kin name files of the repository that are there", async () => {
  const name =
    /`((?:lib|flavors|tests|tools|demo|bench|docs|charts|examples)\/[\w/.-]+)`/g;
  for (const [path, text] of await readDocuments()) {
    for (const [, file = ""] of text.matchAll(name)) {
      if (/NAME|a\/b/.test(file) || path === "docs/generated/rooms.md") {
        continue;
      }
      assert.ok(await exists(new URL(file, root)), `${path} names ${file}`);
    }
  }
});

/** The names in the first column of the table below a row with these cells. */
function firstColumn(text: string, head: RegExp): string[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => head.test(line));
  assert.notEqual(start, -1, `A table with the head ${head}`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end).map((row) => /`([^`]+)`/.exec(row)?.[1] ?? row);
}

Deno.test("CONTRIBUTING.md lists each step of the gate and each lint rule", async () => {
  const text = await Deno.readTextFile(new URL("CONTRIBUTING.md", root));
  assert.deepEqual(
    firstColumn(text, /^\| Step /),
    steps.map((step) => step.name),
  );
  assert.deepEqual(
    firstColumn(text, /^\| Rule /),
    Object.keys(plugin.rules).map((rule) => `mca/${rule}`),
  );
});

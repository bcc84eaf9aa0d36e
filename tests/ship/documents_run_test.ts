/**
 * The shell blocks of the documents that are marked `sh runnable`, run with the
 * executable that ships. A block of text behind one shows lines of its output.
 */

import { notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { dirname } from "node:path";
import { runToEnd } from "./run_to_end.ts";
import { shippedCommand } from "./shipped.ts";

const ROOT = new URL("../../", import.meta.url);
const FOLDERS = ["", "docs/", "examples/"];

/** A block to run. */
interface RunnableBlock {
  readonly document: string;
  readonly script: string;
  /** Lines that it prints, in this order. */
  readonly shown: readonly string[];
}

function runnableBlocks(document: string, text: string): RunnableBlock[] {
  const blocks =
    /^ *```sh runnable\n(.*?)^ *```$(?:\n\n^ *```text\n(.*?)^ *```$)?/gms;
  return [...text.matchAll(blocks)].map(([, script = "", shown = ""]) => ({
    document,
    script: script.trim(),
    shown: shown.split("\n").filter((line) => line !== "" && line !== "..."),
  }));
}

async function allBlocks(): Promise<RunnableBlock[]> {
  const blocks: RunnableBlock[] = [];
  for (const folder of FOLDERS) {
    for (const { name } of Deno.readDirSync(new URL(folder, ROOT))) {
      if (!name.endsWith(".md")) continue;
      const path = `${folder}${name}`;
      const text = await Deno.readTextFile(new URL(path, ROOT));
      blocks.push(...runnableBlocks(path, text));
    }
  }
  return blocks;
}

/** A folder with a program `mca` in it. */
async function programFolder(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const command = await shippedCommand("mca");
  await Deno.writeTextFile(
    `${folder}/mca`,
    `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(" ")} "$@"\n`,
    { mode: 0o755 },
  );
  return folder;
}

const blocks = await allBlocks();

Deno.test("runnableBlocks() takes marked blocks alone, with what they show", () => {
  const found = runnableBlocks(
    "a.md",
    "```sh\nno\n```\n\n```sh runnable\none\n```\n\n```text\nA\n...\nB\n```\n\n```sh runnable\ntwo\n```\n\nText.\n\n```text\nC\n```\n",
  );
  strictEqual(
    JSON.stringify(found.map(({ script, shown }) => [script, shown])),
    '[["one",["A","B"]],["two",[]]]',
  );
  ok(blocks.length >= 5);
});

for (const [at, { document, script, shown }] of blocks.entries()) {
  Deno.test(
    `\`${document}\` has a block that works, ${at + 1}: ${
      script.split("\n")[0]
    }`,
    async () => {
      const folder = await programFolder();
      try {
        const { code, stdout, stderr } = await runToEnd(
          ["bash", "-euo", "pipefail", "-c", script],
          {
            cwd: ROOT.pathname,
            env: {
              PATH: [folder, dirname(Deno.execPath()), Deno.env.get("PATH")]
                .join(":"),
              NO_COLOR: "1",
            },
          },
        );
        strictEqual(code, 0, stderr);
        const lines = stdout.split("\n");
        for (const line of shown) {
          const found = lines.indexOf(line);
          notStrictEqual(found, -1, `It prints, in this order: ${line}`);
          lines.splice(0, found + 1);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  );
}

Deno.test("`examples/README.md` names each example", async () => {
  const text = await Deno.readTextFile(new URL("examples/README.md", ROOT));
  const names = [...Deno.readDirSync(new URL("examples/", ROOT))]
    .map(({ name, isDirectory }) => isDirectory ? `${name}/` : name)
    .filter((name) => name !== "README.md");
  for (const name of names) ok(text.includes(`](${name}`), name);
});

import assert from "node:assert/strict";
import { textDiff } from "../../demo/text_diff.ts";

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index + 1}\n`);
}

/** The diff as GNU diff -u prints it, without the file names. */
async function gnuDiff(before: string, after: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "mca-diff-" });
  try {
    await Deno.writeTextFile(`${folder}/a`, before);
    await Deno.writeTextFile(`${folder}/b`, after);
    const { stdout } = await new Deno.Command("diff", {
      args: ["-u", `${folder}/a`, `${folder}/b`],
    }).output();
    return new TextDecoder().decode(stdout).split("\n").slice(2).join("\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function shown(before: string, after: string): string {
  return textDiff(before, after).map(({ text }) => `${text}\n`).join("");
}

async function hasDiff(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("diff", {
      args: ["--version"],
      stdout: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("textDiff() shows what is added between what is kept", () => {
  const lines = numbered(20);
  const after = [...lines.slice(0, 10), "new\n", ...lines.slice(10)];
  assert.equal(
    shown(lines.join(""), after.join("")),
    "@@ -8,6 +8,7 @@\n 8\n 9\n 10\n+new\n 11\n 12\n 13\n",
  );
  assert.equal(shown("same\n", "same\n"), "");
});

Deno.test({
  name: "textDiff() shows what diff -u shows (needs diff)",
  ignore: !await hasDiff(),
  fn: async () => {
    const lines = numbered(40);
    const edits: readonly ((list: string[]) => void)[] = [
      (list) => list.splice(5, 2),
      (list) => list.splice(0, 0, "first\n"),
      (list) => list.push("last\n"),
      (list) => list.splice(10, 1, "x\n", "y\n"),
      (list) => {
        list.splice(30, 1);
        list.splice(10, 1);
      },
      (list) => {
        list.splice(16, 1);
        list.splice(10, 0, "near\n");
      },
      (list) => list.splice(0, 39),
    ];
    for (const edit of edits) {
      const after = [...lines];
      edit(after);
      const [left, right] = [lines.join(""), after.join("")];
      assert.equal(shown(left, right), await gnuDiff(left, right));
    }
  },
});

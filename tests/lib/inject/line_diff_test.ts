import assert from "node:assert/strict";
import fc from "fast-check";
import { diffLines, splitLines } from "../../../lib/inject/line_diff.ts";
import { recordText, restoreText } from "../../../lib/inject/text_record.ts";

function patch(
  before: readonly string[],
  after: readonly string[],
): string[] {
  const result = [...before];
  for (const hunk of diffLines(before, after).reverse()) {
    result.splice(
      hunk.beforeStart,
      hunk.beforeCount,
      ...after.slice(hunk.afterStart, hunk.afterStart + hunk.afterCount),
    );
  }
  return result;
}

/** The length of the longest common subsequence, by the textbook's table. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  const table = new Map<string, number>();
  const at = (i: number, j: number) => table.get(`${i},${j}`) ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table.set(
        `${i},${j}`,
        a[i] === b[j]
          ? at(i + 1, j + 1) + 1
          : Math.max(at(i + 1, j), at(i, j + 1)),
      );
    }
  }
  return at(0, 0);
}

const lines = fc.array(fc.constantFrom("a\n", "b\n", "c\n", "d\n"), {
  maxLength: 20,
});

Deno.test("diffLines() makes the one text of the other with the fewest lines", () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      assert.deepEqual(patch(before, after), after);
      const changed = diffLines(before, after).reduce(
        (sum, { beforeCount, afterCount }) => sum + beforeCount + afterCount,
        0,
      );
      assert.equal(
        changed,
        before.length + after.length - 2 * commonLength(before, after),
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("diffLines() makes one hunk of texts that differ all over", () => {
  const before = Array.from({ length: 3000 }, (_, index) => `a${index}\n`);
  const after = Array.from({ length: 3000 }, (_, index) => `b${index}\n`);
  assert.equal(diffLines(before, after).length, 1);
});

Deno.test("splitLines() keeps every character", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "\n", "\r") }),
      (text) => {
        assert.equal(splitLines(text).join(""), text);
      },
    ),
  );
});

Deno.test("restoreText() gives back what recordText() was given", () => {
  fc.assert(
    fc.property(lines, lines, fc.boolean(), (undone, original, cut) => {
      const text = cut ? original.join("").trimEnd() : original.join("");
      const record = recordText(undone.join(""), text);
      if (record === undefined) assert.equal(undone.join(""), text);
      else assert.equal(restoreText(undone.join(""), record), text);
    }),
    { numRuns: 500 },
  );
});

Deno.test("restoreText() finds its place after an edit elsewhere", () => {
  const record = recordText("a\nenv:\n- b\nz\n", "a\nenv: *b # why\nz\n");
  assert.ok(record !== undefined);
  assert.equal(
    restoreText("new\na\nenv:\n- b\nz\nmore\n", record),
    "new\na\nenv: *b # why\nz\nmore\n",
  );
});

Deno.test("restoreText() leaves out what has no place any more", () => {
  const record = recordText("a\nb\n", "a\nc\n");
  assert.ok(record !== undefined);
  assert.equal(restoreText("a\nd\n", record), "a\nd\n");
  assert.equal(restoreText("a\n", "no record"), "a\n");
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDiff } from "../../../lib/cli/inject_diff.ts";
import { splitLines } from "../../../lib/inject/line_diff.ts";

const HEAD =
  /^@@ -(?<old>\d+)(?:,(?<oldCount>\d+))? \+(?<made>\d+)(?:,(?<madeCount>\d+))? @@$/;

/** Applies a unified difference as `patch` does, checking each line and number on the way. */
function applyDiff(before: string, difference: string): string {
  const source = splitLines(before);
  const made: string[] = [];
  const lines = difference.split("\n").slice(0, -1);
  let at = 0;
  for (let index = 0; index < lines.length;) {
    const head = HEAD.exec(lines[index++] ?? "")?.groups ?? assert.fail();
    const count = (name: string) => Number(head[name] ?? 1);
    const start = count("old") - (count("oldCount") === 0 ? 0 : 1);
    made.push(...source.slice(at, start));
    at = start;
    const expected = count("made") - (count("madeCount") === 0 ? 0 : 1);
    assert.equal(made.length, expected);
    let [old, added] = [0, 0];
    while (index < lines.length && !HEAD.test(lines[index] ?? "")) {
      const line = lines[index++] ?? "";
      const isCut = lines[index]?.startsWith("\\ ") ?? false;
      if (isCut) index++;
      const text = `${line.slice(1)}${isCut ? "" : "\n"}`;
      if (line[0] !== "+") {
        assert.equal(text, source[at++]);
        old++;
      }
      if (line[0] !== "-") {
        made.push(text);
        added++;
      }
    }
    assert.deepEqual([old, added], [count("oldCount"), count("madeCount")]);
  }
  return [...made, ...source.slice(at)].join("");
}

const text = fc.tuple(
  fc.array(fc.constantFrom("a\n", "b\n", "c\n", "\n"), { maxLength: 40 }),
  fc.constantFrom("", "last"),
).map(([lines, last]) => lines.join("") + last);

Deno.test("formatDiff() makes what patch makes the one text of the other with", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const sides = { before, after, beforeLine: 1, afterLine: 1 };
      const difference = formatDiff(sides, false);
      assert.equal(applyDiff(before, difference), after);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("formatDiff() counts lines from where the document starts", () => {
  const sides = { before: "a\n", after: "a\nb\n", beforeLine: 7, afterLine: 9 };
  assert.equal(formatDiff(sides, false), "@@ -7 +9,2 @@\n a\n+b\n");
});

Deno.test("formatDiff() colours lines without their ends", () => {
  const sides = { before: "a\n", after: "b", beforeLine: 1, afterLine: 1 };
  assert.equal(
    formatDiff(sides, true),
    "\x1b[36m@@ -1 +1 @@\x1b[0m\n\x1b[31m-a\x1b[0m\n\x1b[32m+b\x1b[0m\n\\ No newline at end of file\n",
  );
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { McaError } from "../../../../lib/errors.ts";
import { editDocument } from "../../../../lib/inject/manifest/edit_document.ts";
import type { JsonValue } from "../../../../lib/kube/json.ts";
import { diff } from "../../../../lib/kube/json_patch.ts";
import {
  addition,
  anyChange,
  type Change,
  makeChange,
} from "./arbitrary_change.ts";
import { edit, parse } from "./documents.ts";
import { anchoredYamlText, yamlText } from "./yaml_texts.ts";

/** The value of a text; a text that is no document is not tried. */
function valueOf(text: string): JsonValue {
  try {
    const { value } = parse(text);
    fc.pre(value !== undefined);
    return value ?? null;
  } catch (error) {
    fc.pre(!(error instanceof McaError));
    throw error;
  }
}

/** JSON texts in the layouts that tools write, and some that people do. */
const jsonText: fc.Arbitrary<string> = fc.tuple(
  fc.dictionary(
    fc.constantFrom("a", "b", "__proto__", "k8s.io/x", "é", ""),
    fc.jsonValue({ maxDepth: 3 }),
    { minKeys: 1 },
  ),
  fc.constantFrom<(value: unknown) => string>(
    (value) => JSON.stringify(value),
    (value) => JSON.stringify(value, null, 2) + "\n",
    (value) => JSON.stringify(value, null, 4).replaceAll("\n", "\r\n"),
    (value) => "---\n" + JSON.stringify(value, null, "\t"),
    (value) => JSON.stringify(value, null, 2).replaceAll(/\n */g, " "),
    (value) => JSON.stringify(value, null, 1).replaceAll("[]", "[ ]"),
    (value) => JSON.stringify(value, null, 2).replaceAll("{}", "{\n}"),
  ),
).map(([value, write]) => write(value));

const TEXTS: readonly {
  readonly what: string;
  readonly text: fc.Arbitrary<string>;
}[] = [
  { what: "YAML", text: yamlText },
  { what: "YAML with anchors", text: anchoredYamlText },
  { what: "JSON", text: jsonText },
];

function check(
  text: fc.Arbitrary<string>,
  change: fc.Arbitrary<Change>,
  property: (text: string, before: JsonValue, after: JsonValue) => void,
): void {
  fc.assert(
    fc.property(text, change, (before, steps) => {
      const value = valueOf(before);
      property(before, value, makeChange(value, steps));
    }),
    { numRuns: 500 },
  );
}

for (const { what, text } of TEXTS) {
  Deno.test(`editDocument() gives ${what} any other value`, () => {
    check(text, anyChange, (before, value, changed) => {
      const after = edit(before, diff(value, changed));
      assert.deepEqual(parse(after).value, changed);
    });
  });

  Deno.test(`editDocument() changes no character of ${what} when nothing changes`, () => {
    check(text, anyChange, (before, value) => {
      assert.equal(edit(before, diff(value, value)), before);
      const touched = edit(before, [
        { op: "add", path: "/not there", value: 1 },
        { op: "remove", path: "/not there" },
      ]);
      assert.equal(touched, before);
    });
  });
}

/** Whether a text ends within a block scalar, whose header has to change if an item comes behind it. */
function isCutOff(text: string): boolean {
  return !text.endsWith("\n") && /[|>][+\d]*(?: #.*)?\r?\n[^]*$/.test(text);
}

for (const what of ["YAML", "JSON"]) {
  const text = what === "JSON" ? jsonText : yamlText;

  Deno.test(`editDocument() undoes additions to ${what} to the byte`, () => {
    check(text, addition, (before, value, changed) => {
      const patch = diff(value, changed);
      fc.pre(!isCutOff(before) && patch.every(({ op }) => op === "add"));
      const after = edit(before, patch);
      assert.equal(edit(after, diff(changed, value)), before);
    });
  });

  Deno.test(`editDocument() keeps every line of ${what} when it only adds lines`, () => {
    check(text, addition, (before, value, changed) => {
      const patch = diff(value, changed);
      const after = edit(before, patch);
      const counts = new Map<string, number>();
      for (const line of after.split("\n")) {
        counts.set(line, (counts.get(line) ?? 0) + 1);
      }
      const missing = before.split("\n").filter((line) => {
        const left = counts.get(line) ?? 0;
        counts.set(line, left - 1);
        return left <= 0;
      }).length;
      // A line that itself grows is another line: the parent's and the neighbour's.
      assert.ok(missing <= 2 * patch.length, after);
    });
  });
}

Deno.test("editDocument() refuses to give out a text without the patched value", () => {
  const document = parse("a: 1\n");
  const { root } = parse("a: 1\nb: 2\n");
  assert.ok(root !== undefined);
  // A tree that is not the text's stands for a fault in the editor.
  assert.throws(
    () =>
      editDocument({ ...document, root }, [
        { op: "replace", path: "/a", value: 3 },
      ]),
    /does not have the patched value|overlap/,
  );
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { McaError } from "../../../lib/errors.ts";
import type { JsonValue } from "../../../lib/kube/json.ts";
import {
  apply,
  diff,
  type JsonPatchOperation,
} from "../../../lib/kube/json_patch.ts";

interface DiffCase {
  readonly what: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
  readonly patch: readonly JsonPatchOperation[];
}

const DIFFS: readonly DiffCase[] = [
  {
    what: "does nothing for equals",
    before: { a: [1] },
    after: { a: [1] },
    patch: [],
  },
  {
    what: "adds a field",
    before: {},
    after: { "a/b": { c: 1 } },
    patch: [{ op: "add", path: "/a~1b", value: { c: 1 } }],
  },
  {
    what: "tells a field that is null from one that is absent",
    before: { a: null },
    after: {},
    patch: [{ op: "remove", path: "/a" }],
  },
  {
    what: "puts an item in front of a list without rewriting it",
    before: { env: [{ name: "A", value: "1" }] },
    after: { env: [{ name: "B", value: "2" }, { name: "A", value: "1" }] },
    patch: [{ op: "add", path: "/env/0", value: { name: "B", value: "2" } }],
  },
  {
    what: "enters an item that kept its mountPath",
    before: [{ name: "x", mountPath: "/m" }, { name: "x", mountPath: "/n" }],
    after: [{ name: "y", mountPath: "/m" }, { name: "x", mountPath: "/n" }],
    patch: [{ op: "replace", path: "/0/name", value: "y" }],
  },
  {
    what: "keeps the item that is unchanged where items change places",
    before: [{ name: "A" }, { name: "B", value: 1 }],
    after: [{ name: "B", value: 2 }, { name: "A" }],
    patch: [
      { op: "remove", path: "/1" },
      { op: "add", path: "/0", value: { name: "B", value: 2 } },
    ],
  },
  {
    what: "removes from the end, then adds from the start",
    before: [{ name: "A" }, { name: "B" }, { name: "C" }],
    after: [{ name: "X" }, { name: "B" }, { name: "Y" }],
    patch: [
      { op: "remove", path: "/2" },
      { op: "remove", path: "/0" },
      { op: "add", path: "/0", value: { name: "X" } },
      { op: "add", path: "/2", value: { name: "Y" } },
    ],
  },
  {
    what: "replaces a value by one of another type",
    before: { a: [] },
    after: { a: {} },
    patch: [{ op: "replace", path: "/a", value: {} }],
  },
  {
    what: "replaces the root",
    before: 1,
    after: "1",
    patch: [{ op: "replace", path: "", value: "1" }],
  },
];

for (const { what, before, after, patch } of DIFFS) {
  Deno.test(`diff() gives a patch that ${what}`, () => {
    assert.deepEqual(diff(before, after), patch);
    assert.deepEqual(apply(patch, before), after);
  });
}

const named = fc.array(
  fc.record({
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    value: fc.integer({ min: 0, max: 2 }),
  }, { noNullPrototype: true }),
  { maxLength: 8 },
);

// JSON has no -0.
const json = fc.jsonValue().map((value): JsonValue =>
  JSON.parse(JSON.stringify(value))
);

Deno.test("apply() of diff() gives the other value, for lists of named objects", () => {
  fc.assert(
    fc.property(named, named, (before, after) => {
      assert.deepEqual(apply(diff(before, after), before), after);
    }),
    { numRuns: 500 },
  );
});

Deno.test("apply() of diff() gives the other value, for any JSON", () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const copy = structuredClone(before);
      assert.deepEqual(apply(diff(before, after), before), after);
      assert.deepEqual(before, copy);
    }),
    { numRuns: 500 },
  );
});

Deno.test("diff() makes no operation for an item that kept its place", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), fc.nat(), (names, at) => {
      const before = names.map((name) => ({ name }));
      const index = names.length === 0 ? 0 : at % (names.length + 1);
      const added = { mountPath: "new" };
      const after = [...before.slice(0, index), added, ...before.slice(index)];
      assert.deepEqual(diff(before, after), [
        { op: "add", path: `/${index}`, value: added },
      ]);
    }),
  );
});

const MISFITS: readonly (readonly [string, JsonPatchOperation, JsonValue])[] = [
  ["a field that is not there", { op: "remove", path: "/b" }, { a: 1 }],
  ["an index past the end", { op: "add", path: "/2", value: 1 }, [0]],
  ["an index with a leading zero", { op: "replace", path: "/00", value: 1 }, [
    0,
  ]],
  ["a field of a string", { op: "add", path: "/a/b", value: 1 }, { a: "" }],
  ["the root's removal", { op: "remove", path: "" }, {}],
  ["a test that fails", { op: "test", path: "/a", value: 2 }, { a: 1 }],
];

for (const [what, operation, document] of MISFITS) {
  Deno.test(`apply() refuses ${what}`, () => {
    assert.throws(
      () => apply([operation], document),
      (error) =>
        error instanceof McaError && error.code === "manifest" &&
        error.hint !== undefined,
    );
  });
}

Deno.test("apply() appends with the token -", () => {
  assert.deepEqual(apply([{ op: "add", path: "/-", value: 2 }], [1]), [1, 2]);
});

Deno.test("apply() keeps a field named __proto__ an ordinary field", () => {
  const after = apply(
    [{ op: "add", path: "/__proto__", value: { polluted: true } }],
    {},
  );
  assert.deepEqual(JSON.stringify(after), '{"__proto__":{"polluted":true}}');
});

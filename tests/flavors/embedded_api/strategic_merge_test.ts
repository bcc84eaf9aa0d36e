import assert from "node:assert/strict";
import {
  mergePatch,
  strategicMerge,
} from "../../../flavors/embedded_api/strategic_merge.ts";
import type { JsonObject, JsonValue } from "../../../lib/kube/json.ts";

Deno.test("mergePatch() does what the examples of RFC 7396 say", () => {
  // Appendix A.
  const rows: readonly (readonly [JsonValue, JsonValue, JsonValue])[] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [["a", "b"], ["c", "d"], ["c", "d"]],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, expected] of rows) {
    const before = structuredClone(target);
    assert.deepEqual(mergePatch(target, patch), expected);
    assert.deepEqual(target, before);
  }
});

/** What each patch makes of its target; the names say which rule it shows. */
const MERGES: readonly {
  readonly rule: string;
  readonly target: JsonObject;
  readonly patch: JsonObject;
  readonly expected: JsonObject;
}[] = [
  {
    rule: "objects field by field, null removes",
    target: { spec: { a: 1, b: { c: 2, d: 3 } } },
    patch: { spec: { a: null, b: { d: 4 } } },
    expected: { spec: { b: { c: 2, d: 4 } } },
  },
  {
    rule: "an object marked as replacing",
    target: { selector: { a: "1", b: "2" } },
    patch: { selector: { $patch: "replace", c: "3" } },
    expected: { selector: { c: "3" } },
  },
  {
    rule: "an object marked as deleted",
    target: { emptyDir: { medium: "Memory" }, name: "v" },
    patch: { emptyDir: { $patch: "delete" } },
    expected: { name: "v" },
  },
  {
    rule: "retained keys, for unions",
    target: { name: "v", emptyDir: {} },
    patch: { $retainKeys: ["name", "hostPath"], hostPath: { path: "/x" } },
    expected: { name: "v", hostPath: { path: "/x" } },
  },
  {
    rule: "lists of objects by their key",
    target: { containers: [{ name: "a", image: "1", tty: true }] },
    patch: { containers: [{ name: "a", image: "2" }] },
    expected: { containers: [{ name: "a", image: "2", tty: true }] },
  },
  {
    rule: "new items in front of those that are not named",
    target: { env: [{ name: "A" }, { name: "B" }] },
    patch: { env: [{ name: "C" }] },
    expected: { env: [{ name: "C" }, { name: "A" }, { name: "B" }] },
  },
  {
    rule: "an item marked as deleted",
    target: { env: [{ name: "A" }, { name: "B" }] },
    patch: { env: [{ name: "A", $patch: "delete" }] },
    expected: { env: [{ name: "B" }] },
  },
  {
    rule: "a list marked as replacing",
    target: { env: [{ name: "A" }, { name: "B" }] },
    patch: { env: [{ $patch: "replace" }, { name: "C" }] },
    expected: { env: [{ name: "C" }] },
  },
  {
    rule: "the order that is asked for, with an item it does not know",
    target: { env: [{ name: "X" }, { name: "A" }, { name: "B" }] },
    patch: { "$setElementOrder/env": [{ name: "B" }, { name: "A" }] },
    expected: { env: [{ name: "X" }, { name: "B" }, { name: "A" }] },
  },
  {
    rule: "container ports by containerPort, service ports by port",
    target: { ports: [{ port: 80, name: "http" }] },
    patch: { ports: [{ port: 80, targetPort: 8080 }] },
    expected: { ports: [{ port: 80, name: "http", targetPort: 8080 }] },
  },
  {
    rule: "sets of scalars",
    target: { finalizers: ["a", "b"] },
    patch: {
      "$deleteFromPrimitiveList/finalizers": ["a"],
      finalizers: ["b", "c"],
    },
    expected: { finalizers: ["b", "c"] },
  },
  {
    rule: "all other lists as a whole",
    target: { args: ["a", "b"], tolerations: [{ key: "x" }] },
    patch: { args: ["c"], tolerations: [] },
    expected: { args: ["c"], tolerations: [] },
  },
];

for (const { rule, target, patch, expected } of MERGES) {
  Deno.test(`strategicMerge() merges ${rule}`, () => {
    const before = structuredClone(target);
    assert.deepEqual(strategicMerge(target, patch), expected);
    assert.deepEqual(target, before);
  });
}

Deno.test("strategicMerge() refuses an item without its key", () => {
  assert.throws(
    () =>
      strategicMerge({ env: [{ name: "A" }] }, {
        env: [{ name: "B" }, { value: "x", $patch: "merge" }],
      }),
    { name: "ApiError", code: 400 },
  );
});

import assert from "node:assert/strict";
import { applyJsonPatch } from "../../../flavors/embedded_api/json_patch.ts";
import type { JsonValue } from "../../../lib/kube/json.ts";

Deno.test("applyJsonPatch() does what the examples of RFC 6902 say", () => {
  // Appendix A.
  const rows: readonly (readonly [JsonValue, JsonValue, JsonValue])[] = [
    [
      { foo: "bar" },
      [{ op: "add", path: "/baz", value: "qux" }],
      { baz: "qux", foo: "bar" },
    ],
    [
      { foo: ["bar", "baz"] },
      [{ op: "add", path: "/foo/1", value: "qux" }],
      { foo: ["bar", "qux", "baz"] },
    ],
    [
      { foo: ["bar", "qux", "baz"] },
      [{ op: "remove", path: "/foo/1" }],
      { foo: ["bar", "baz"] },
    ],
    [
      { baz: "qux", foo: "bar" },
      [{ op: "replace", path: "/baz", value: "boo" }],
      { baz: "boo", foo: "bar" },
    ],
    [
      { foo: { bar: "baz", waldo: "fred" }, qux: { corge: "grault" } },
      [{ op: "move", from: "/foo/waldo", path: "/qux/thud" }],
      { foo: { bar: "baz" }, qux: { corge: "grault", thud: "fred" } },
    ],
    [
      { foo: ["all", "grass", "cows", "eat"] },
      [{ op: "move", from: "/foo/1", path: "/foo/3" }],
      { foo: ["all", "cows", "eat", "grass"] },
    ],
    [
      { a: { b: 1 } },
      [{ op: "copy", from: "/a", path: "/c" }],
      { a: { b: 1 }, c: { b: 1 } },
    ],
    [
      { "/": 9, "~1": 10 },
      [{ op: "test", path: "/~01", value: 10 }],
      { "/": 9, "~1": 10 },
    ],
    [
      { foo: ["bar"] },
      [{ op: "add", path: "/foo/-", value: ["abc", "def"] }],
      { foo: ["bar", ["abc", "def"]] },
    ],
  ];
  for (const [document, patch, expected] of rows) {
    const before = structuredClone(document);
    assert.deepEqual(applyJsonPatch(document, patch), expected);
    assert.deepEqual(document, before);
  }
});

Deno.test("applyJsonPatch() refuses what is malformed or does not fit", () => {
  const rows: readonly JsonValue[] = [
    { op: "add", path: "/a", value: 1 },
    ["remove"],
    [{ op: "remove" }],
    [{ op: "remove", path: "/missing" }],
    [{ op: "replace", path: "/missing", value: 1 }],
    [{ op: "add", path: "/a" }],
    [{ op: "add", path: "/list/9", value: 1 }],
    [{ op: "copy", from: "/missing", path: "/b" }],
    [{ op: "move", path: "/b" }],
    [{ op: "test", path: "/a", value: 2 }],
    [{ op: "constructor", path: "/a" }],
    [{ op: "add", path: "a", value: 1 }],
  ];
  for (const patch of rows) {
    assert.throws(
      () => applyJsonPatch({ a: 1, list: [1] }, patch),
      { name: "McaError", code: "manifest" },
      JSON.stringify(patch),
    );
  }
});

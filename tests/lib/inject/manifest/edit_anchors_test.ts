import assert from "node:assert/strict";
import type { JsonPatch } from "../../../../lib/kube/json_patch.ts";
import { edit } from "./documents.ts";

const ENV = { name: "X", value: "1" };

const CASES: readonly {
  readonly what: string;
  readonly before: string;
  readonly patch: JsonPatch;
  readonly after: string;
  readonly undo?: JsonPatch;
}[] = [
  {
    what: "leaves an alias whose place gets the same change as its anchor",
    before: "a:\n- env: &env # c\n  - name: A # d\n- env: *env # e\n",
    patch: [
      { op: "add", path: "/a/0/env/0", value: ENV },
      { op: "add", path: "/a/1/env/0", value: ENV },
    ],
    after: 'a:\n- env: &env # c\n  - name: X\n    value: "1"\n' +
      "  - name: A # d\n- env: *env # e\n",
    undo: [
      { op: "remove", path: "/a/1/env/0" },
      { op: "remove", path: "/a/0/env/0" },
    ],
  },
  {
    what: "writes the value out at the alias that changes",
    before: "a: &a # c\n  x: 0777\n  y z: [1] # d\nb: *a # e\nc: *a\n",
    patch: [{ op: "add", path: "/b/n", value: 1 }],
    after: "a: &a # c\n  x: 0777\n  y z: [1] # d\nb: # e\n  x: 511\n" +
      '  y z:\n    - 1\n  "n": 1\nc: *a\n',
  },
  {
    what:
      "hands the old value on to the first alias where the anchor's node changes",
    before: "a: &a\n  x: 1\nb: *a # e\nc:\n- *a\n",
    patch: [{ op: "add", path: "/a/z", value: 2 }],
    after: "a: &a\n  x: 1\n  z: 2\nb: &a # e\n  x: 1\nc:\n- *a\n",
  },
  {
    what: "needs no anchor for the last alias",
    before: "a: &a {x: 1}\nc:\n- *a # e\n",
    patch: [{ op: "add", path: "/a/z", value: 2 }],
    after: "a: &a {x: 1, z: 2}\nc:\n- x: 1 # e\n",
  },
  {
    what: "hands on in flow style",
    before: "a: &a [1]\nb: [*a, {c: *a}]\n",
    patch: [{ op: "add", path: "/a/0", value: 0 }],
    after: "a: &a [0, 1]\nb: [&a [1], {c: *a}]\n",
  },
  {
    what: "hands on to an item of a block list",
    before: "a: &a {x: 1}\nb:\n- *a\n- *a\n",
    patch: [{ op: "remove", path: "/a/x" }],
    after: "a: &a {}\nb:\n- &a\n  x: 1\n- *a\n",
  },
  {
    what: "keeps aliases when the node with the anchor goes",
    before: "a: &a {x: 1}\nb: *a\nc: *a\n",
    patch: [{ op: "remove", path: "/a" }],
    after: "b: &a\n  x: 1\nc: *a\n",
  },
  {
    what: "keeps aliases of what stood within a node that goes",
    before: "a:\n- x: &x [1]\n  y: &y z\nb: *x\nc: [*y, *y]\n",
    patch: [{ op: "remove", path: "/a/0" }],
    after: "a: []\nb:\n- 1\nc: [&y z, *y]\n",
  },
  {
    what: "keeps an anchor whose value is replaced, and its aliases' value",
    before: "a: &a 1 # c\nb: *a\nc: *a\n",
    patch: [
      { op: "replace", path: "/a", value: 2 },
      { op: "replace", path: "/c", value: 2 },
    ],
    after: "a: &a 2 # c\nb: &a 1\nc: 2\n",
  },
  {
    what: "tells anchors of one name apart",
    before: "a: &x [1]\nb: *x\nc: &x [2]\nd: *x\n",
    patch: [{ op: "add", path: "/c/0", value: 0 }],
    after: "a: &x [1]\nb: *x\nc: &x [0, 2]\nd:\n  - 2\n",
  },
  {
    what: "overrides what a merge brings",
    before: "base: &base\n  env:\n  - name: A\n  big: 12345678901234567890\n" +
      "a:\n- <<: *base # c\n  name: a\n- <<: *base\n  name: b\n",
    patch: [{ op: "add", path: "/a/0/env/0", value: ENV }],
    after: "base: &base\n  env:\n  - name: A\n  big: 12345678901234567890\n" +
      'a:\n- <<: *base # c\n  name: a\n  env:\n  - name: X\n    value: "1"\n' +
      "  - name: A\n- <<: *base\n  name: b\n",
  },
  {
    what: "leaves a merge whose place gets the same change as its anchor",
    before: "a:\n- &a\n  env:\n  - name: A\n- <<: *a\n  name: b\n",
    patch: [
      { op: "add", path: "/a/0/env/0", value: ENV },
      { op: "add", path: "/a/1/env/0", value: ENV },
    ],
    after: 'a:\n- &a\n  env:\n  - name: X\n    value: "1"\n  - name: A\n' +
      "- <<: *a\n  name: b\n",
    undo: [
      { op: "remove", path: "/a/1/env/0" },
      { op: "remove", path: "/a/0/env/0" },
    ],
  },
  {
    what:
      "gives a merge its old value where the anchor's node gets another key",
    before: "a: &a\n  x: 1\nb:\n  <<: *a # c\n  z: 2\nc: {<<: *a}\n",
    patch: [{ op: "add", path: "/a/q", value: 3 }],
    after:
      "a: &a\n  x: 1\n  q: 3\nb:\n  <<: &a # c\n    x: 1\n  z: 2\nc: {<<: *a}\n",
  },
  {
    what: "gives a merge an override where the anchor's node changes a key",
    before: "a: &a\n  x: 1\nb:\n  <<: *a\n  z: 2\n",
    patch: [{ op: "replace", path: "/a/x", value: 3 }],
    after: "a: &a\n  x: 3\nb:\n  <<: *a\n  z: 2\n  x: 1\n",
  },
  {
    what: "writes a map out when a merged key goes",
    before: "a: &a {x: 1, z: 2}\nb:\n  <<: *a\n  w: 3\n",
    patch: [{ op: "remove", path: "/b/x" }],
    after: "a: &a {x: 1, z: 2}\nb:\n  z: 2\n  w: 3\n",
  },
  {
    what: "writes a merge out where its anchor's node is no map any more",
    before: "a: &a {x: 1}\nb: {<<: *a, z: 2}\n",
    patch: [
      { op: "replace", path: "/a", value: [] },
      { op: "remove", path: "/b/x" },
    ],
    after: "a: &a []\nb:\n  z: 2\n",
  },
  {
    what: "takes merges in the order that kubectl does",
    before:
      "a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc:\n  x: 4\n  <<: [*a, *b]\n  w: 5\n",
    patch: [{ op: "test", path: "/c", value: { x: 1, z: 3, w: 5 } }, {
      op: "add",
      path: "/c/v",
      value: 6,
    }],
    after:
      "a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc:\n  x: 4\n  <<: [*a, *b]\n  w: 5\n  v: 6\n",
    undo: [{ op: "remove", path: "/c/v" }],
  },
];

for (const { what, before, patch, after, undo } of CASES) {
  Deno.test(`editDocument() keeps what anchors stand for and ${what}`, () => {
    assert.equal(edit(before, patch), after);
    if (undo !== undefined) assert.equal(edit(after, undo), before);
  });
}

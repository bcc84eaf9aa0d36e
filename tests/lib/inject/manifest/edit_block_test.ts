import assert from "node:assert/strict";
import type { JsonPatch } from "../../../../lib/kube/json_patch.ts";
import { edit } from "./documents.ts";

interface Case {
  readonly what: string;
  readonly before: string;
  readonly patch: JsonPatch;
  readonly after: string;
  /** The patch that undoes it, where doing so gives the same text back. */
  readonly undo?: JsonPatch;
}

const ENV = { name: "A", value: "1" };

const CASES: readonly Case[] = [
  {
    what: "adds a key behind its neighbours, comments where they were",
    before: "# top\na: 1 # one\n# between\n\nb: 2 # two\n# end\n",
    patch: [{ op: "add", path: "/c", value: 3 }],
    after: "# top\na: 1 # one\n# between\n\nb: 2 # two\nc: 3\n# end\n",
    undo: [{ op: "remove", path: "/c" }],
  },
  {
    what: "adds an item in front of the first, its comment stays with it",
    before: "env: # list\n  # the first\n  - name: B # b\n\n  - name: C\n",
    patch: [{ op: "add", path: "/env/0", value: ENV }],
    after: 'env: # list\n  - name: A\n    value: "1"\n' +
      "  # the first\n  - name: B # b\n\n  - name: C\n",
    undo: [{ op: "remove", path: "/env/0" }],
  },
  {
    what: "adds an item between two",
    before: "a:\n- 1\n# two\n- 2\n",
    patch: [{ op: "add", path: "/a/1", value: "x" }],
    after: "a:\n- 1\n- x\n# two\n- 2\n",
    undo: [{ op: "remove", path: "/a/1" }],
  },
  {
    what: "adds a last item with `-`",
    before: "a:\n- 1\n- 2\nb: 1\n",
    patch: [{ op: "add", path: "/a/-", value: [] }],
    after: "a:\n- 1\n- 2\n- []\nb: 1\n",
    undo: [{ op: "remove", path: "/a/2" }],
  },
  {
    what: "indents lists in maps as the map's own lists are",
    before: "x:\n    - 1\nspec:\n  args:\n  - 2\n",
    patch: [{ op: "add", path: "/spec/env", value: [ENV] }],
    after:
      'x:\n    - 1\nspec:\n  args:\n  - 2\n  env:\n  - name: A\n    value: "1"\n',
    undo: [{ op: "remove", path: "/spec/env" }],
  },
  {
    what: "indents by the document's step",
    before: "a:\n    b: 1\n",
    patch: [{ op: "add", path: "/c", value: { d: { e: [1, { f: 2 }] } } }],
    after:
      "a:\n    b: 1\nc:\n    d:\n        e:\n          - 1\n          - f: 2\n",
    undo: [{ op: "remove", path: "/c" }],
  },
  {
    what: "keeps a missing last newline",
    before: "a: 1",
    patch: [{ op: "add", path: "/b", value: { c: 1 } }],
    after: "a: 1\nb:\n  c: 1",
    undo: [{ op: "remove", path: "/b" }],
  },
  {
    what: "keeps CRLF",
    before: "a: 1 # c\r\nb:\r\n- x\r\n\r\n# end\r\n",
    patch: [
      { op: "add", path: "/b/0", value: { p: 1, z: 2 } },
      { op: "add", path: "/c", value: [] },
    ],
    after:
      "a: 1 # c\r\nb:\r\n- p: 1\r\n  z: 2\r\n- x\r\nc: []\r\n\r\n# end\r\n",
    undo: [{ op: "remove", path: "/c" }, { op: "remove", path: "/b/0" }],
  },
  {
    what: "keeps a byte order mark, directives and markers",
    before: "\uFEFF%YAML 1.2\n# c\n--- # d\na: 1\n...\n",
    patch: [{ op: "add", path: "/b", value: 2 }],
    after: "\uFEFF%YAML 1.2\n# c\n--- # d\na: 1\nb: 2\n...\n",
    undo: [{ op: "remove", path: "/b" }],
  },
  {
    what: "adds to a map that starts on the line of its dash",
    before: "- name: a\n  # c\n  image: b\n-   name: c\n",
    patch: [
      { op: "add", path: "/0/x", value: 1 },
      { op: "add", path: "/1/x", value: { p: [1] } },
    ],
    after:
      "- name: a\n  # c\n  image: b\n  x: 1\n-   name: c\n    x:\n      p:\n        - 1\n",
    undo: [{ op: "remove", path: "/0/x" }, { op: "remove", path: "/1/x" }],
  },
  {
    what: "adds to a list that starts on the line of a dash",
    before: "- - a\n  - b\n",
    patch: [{ op: "add", path: "/0/0", value: { x: 1, p: 2 } }],
    after: "- - x: 1\n    p: 2\n  - a\n  - b\n",
    undo: [{ op: "remove", path: "/0/0" }],
  },
  {
    what: "adds at the root of a list",
    before: "# c\n- a\n",
    patch: [{ op: "add", path: "/0", value: "x" }],
    after: "# c\n- x\n- a\n",
    undo: [{ op: "remove", path: "/0" }],
  },
  {
    what: "grows {} and [] into blocks, and the comment stays",
    before: "labels: {} # none\nenv: []\nitems:\n- {}\n- []\n",
    patch: [
      { op: "add", path: "/labels/a", value: "b" },
      { op: "add", path: "/env/0", value: ENV },
      { op: "add", path: "/items/0/c", value: 1 },
      { op: "add", path: "/items/1/0", value: { d: 1 } },
    ],
    after: 'labels: # none\n  a: b\nenv:\n- name: A\n  value: "1"\n' +
      "items:\n- c: 1\n- - d: 1\n",
    undo: [
      { op: "remove", path: "/labels/a" },
      { op: "remove", path: "/env/0" },
      { op: "remove", path: "/items/0/c" },
      { op: "remove", path: "/items/1/0" },
    ],
  },
  {
    what: "leaves {} and [] with odd spaces in flow style",
    before: "labels:  {}\nenv: [ ] # none\na: {\n  }\n",
    patch: [
      { op: "add", path: "/labels/a", value: "b" },
      { op: "add", path: "/env/0", value: ENV },
      { op: "add", path: "/a/b", value: [1] },
    ],
    after:
      'labels:  {a: b}\nenv: [{name: A, value: "1"} ] # none\na: {b: [1]\n  }\n',
    undo: [
      { op: "remove", path: "/labels/a" },
      { op: "remove", path: "/env/0" },
      { op: "remove", path: "/a/b" },
    ],
  },
  {
    what: "fills an empty value, and empties it again",
    before: "containers: # none yet\nlabels:\nspec:\n  - \n",
    patch: [
      { op: "replace", path: "/containers", value: [{ name: "a" }] },
      { op: "replace", path: "/labels", value: { b: "c" } },
      { op: "replace", path: "/spec/0", value: "x" },
    ],
    after:
      "containers: # none yet\n  - name: a\nlabels:\n  b: c\nspec:\n  - x \n",
  },
  {
    what: "empties what it filled",
    before: "containers: # none yet\nlabels:\nx: 1\n",
    patch: [
      { op: "replace", path: "/containers", value: [{ name: "a" }] },
      { op: "replace", path: "/labels", value: { b: "c" } },
    ],
    after: "containers: # none yet\n  - name: a\nlabels:\n  b: c\nx: 1\n",
    undo: [
      { op: "replace", path: "/containers", value: null },
      { op: "replace", path: "/labels", value: null },
    ],
  },
  {
    what: "replaces a scalar in its own quotes and nothing beside it",
    before: "a: \"x\" # c\nb: 'y'\nc:   z   # d\nd: |\n  text\n# e\n",
    patch: [
      { op: "replace", path: "/a", value: "1" },
      { op: "replace", path: "/b", value: "it's" },
      { op: "replace", path: "/c", value: "w" },
      { op: "replace", path: "/d", value: "v" },
    ],
    after: "a: \"1\" # c\nb: 'it''s'\nc:   w   # d\nd: v\n# e\n",
  },
  {
    what: "replaces a list by a scalar and a scalar by a map",
    before: "a: # c\n- 1\n- 2\nb: 3 # d\nc:\n- x # e\n",
    patch: [
      { op: "replace", path: "/a", value: 5 },
      { op: "replace", path: "/b", value: { e: { f: 1 } } },
      { op: "replace", path: "/c/0", value: { g: 1, h: 2 } },
    ],
    after: "a: 5 # c\nb: # d\n  e:\n    f: 1\nc:\n- g: 1\n  h: 2 # e\n",
  },
  {
    what: "takes an entry's lines with its own comment and no other",
    before: "a: 1 # one\n# of b\nb: # two\n  c: 3 # three\n# of d\nd: 4\n",
    patch: [{ op: "remove", path: "/b" }],
    after: "a: 1 # one\n# of b\n# of d\nd: 4\n",
  },
  {
    what: "takes the first entry of a map on the line of its dash",
    before: "- name: a\n  image: b\n- name: c\n  # of d\n  d: 1\n",
    patch: [
      { op: "remove", path: "/0/name" },
      { op: "remove", path: "/1/name" },
    ],
    after: "- image: b\n-\n  # of d\n  d: 1\n",
  },
  {
    what: "takes the first entry of a document",
    before: "a:\n  b: 1\nc: 2\n",
    patch: [{ op: "remove", path: "/a" }],
    after: "c: 2\n",
  },
  {
    what: "leaves {} and [] where nothing is left",
    before: "a:\n  b: 1\nc: # d\n- 1\ne:\n- f: 1\n",
    patch: [
      { op: "remove", path: "/a/b" },
      { op: "remove", path: "/c/0" },
      { op: "remove", path: "/e/0/f" },
    ],
    after: "a: {}\nc: [] # d\ne:\n- {}\n",
  },
  {
    what: "goes past block scalars, whatever their line ends",
    before: "a: |\n  x\n\n\nb: |+\n  y\n\n\nc: >-\n  z\n  w\n",
    patch: [{ op: "add", path: "/d", value: 1 }],
    after: "a: |\n  x\n\n\nb: |+\n  y\n\n\nc: >-\n  z\n  w\nd: 1\n",
    undo: [{ op: "remove", path: "/d" }],
  },
  {
    what: "adds behind a block scalar that keeps its line ends",
    before: "a:\n  b: |+\n    y\n\n\nc: 1\n",
    patch: [
      { op: "add", path: "/a/d", value: 1 },
      { op: "add", path: "/a/e", value: 2 },
    ],
    after: "a:\n  b: |+\n    y\n\n\n  d: 1\n  e: 2\nc: 1\n",
    undo: [{ op: "remove", path: "/a/e" }, { op: "remove", path: "/a/d" }],
  },
  {
    what: "adds in front of a block scalar that the text's end cuts off",
    before: "a: 1\nb:\n  - |\n    y",
    patch: [{ op: "add", path: "/c", value: 1 }],
    after: "a: 1\nc: 1\nb:\n  - |\n    y",
    undo: [{ op: "remove", path: "/c" }],
  },
  {
    what: "adds behind an item that the text's end cuts off",
    before: "- |\n  y",
    patch: [{ op: "add", path: "/1", value: "x" }],
    after: "- |-\n  y\n- x",
  },
  {
    what: "goes past scalars and flow lists on several lines",
    before: 'a: x\n  y\n  z\nb: "p\n  q" # c\nd: [1,\n  2]\n',
    patch: [
      { op: "add", path: "/e", value: 1 },
      { op: "replace", path: "/b", value: "r" },
    ],
    after: 'a: x\n  y\n  z\nb: "r" # c\nd: [1,\n  2]\ne: 1\n',
  },
  {
    what: "reads quoted keys, numbers and words as keys",
    before: "\"a b\": {}\n'c/d~e': 1\non:\n  1: x\n",
    patch: [
      { op: "add", path: "/a b/x", value: 1 },
      { op: "replace", path: "/c~1d~0e", value: 2 },
      { op: "add", path: "/true/2", value: "p" },
      { op: "remove", path: "/true/1" },
    ],
    after: '"a b":\n  x: 1\n\'c/d~e\': 2\non:\n  "2": p\n',
  },
  {
    what: "goes through explicit keys",
    before: "? a # c\n: b: 1\n? c\n? |\n  d\n: - x\n",
    patch: [
      { op: "add", path: "/a/e", value: 1 },
      { op: "replace", path: "/c", value: [1] },
      { op: "add", path: "/d\n/0", value: "p" },
      { op: "add", path: "/f", value: 2 },
    ],
    after:
      "? a # c\n: b: 1\n  e: 1\n? c\n: [1]\n? |\n  d\n: - p\n  - x\nf: 2\n",
  },
  {
    what: "keeps tags and anchors that nothing uses",
    before: "a: !!map &m\n  b: 1\nc: !!seq\n- 1\nd: &n []\n",
    patch: [
      { op: "add", path: "/a/x", value: 1 },
      { op: "add", path: "/c/0", value: 0 },
      { op: "add", path: "/d/0", value: 1 },
    ],
    after: "a: !!map &m\n  b: 1\n  x: 1\nc: !!seq\n- 0\n- 1\nd: &n [1]\n",
    undo: [
      { op: "remove", path: "/a/x" },
      { op: "remove", path: "/c/0" },
      { op: "remove", path: "/d/0" },
    ],
  },
  {
    what: "leaves numbers as they are spelled",
    before: "a: 0777\nb: 12345678901234567890\nc: 1_000\nd: 1.0\ne: [0x1F]\n",
    patch: [{ op: "add", path: "/f", value: 1 }, {
      op: "add",
      path: "/e/0",
      value: 1,
    }],
    after:
      "a: 0777\nb: 12345678901234567890\nc: 1_000\nd: 1.0\ne: [1, 0x1F]\nf: 1\n",
    undo: [{ op: "remove", path: "/f" }, { op: "remove", path: "/e/0" }],
  },
  {
    what: "puts several new items in order",
    before: "env:\n- name: Z\n",
    patch: [
      { op: "add", path: "/env/0", value: "c" },
      { op: "add", path: "/env/0", value: "b" },
      { op: "add", path: "/env/0", value: "a" },
      { op: "add", path: "/env/4", value: "d" },
    ],
    after: "env:\n- a\n- b\n- c\n- name: Z\n- d\n",
    undo: [
      { op: "remove", path: "/env/4" },
      { op: "remove", path: "/env/0" },
      { op: "remove", path: "/env/0" },
      { op: "remove", path: "/env/0" },
    ],
  },
  {
    what: "edits what it added before",
    before: "a: 1\n",
    patch: [
      { op: "add", path: "/b", value: { c: [] } },
      { op: "add", path: "/b/c/-", value: { d: 1 } },
      { op: "add", path: "/b/c/0/e", value: 2 },
      { op: "remove", path: "/b/c/0/d" },
    ],
    after: "a: 1\nb:\n  c:\n    - e: 2\n",
    undo: [{ op: "remove", path: "/b" }],
  },
  {
    what: "changes nothing for changes that cancel out",
    before: "a:   1 # c\nb: [ x ]\n",
    patch: [
      { op: "add", path: "/c", value: 1 },
      { op: "remove", path: "/c" },
      { op: "replace", path: "/a", value: 1 },
      { op: "test", path: "/b", value: ["x"] },
    ],
    after: "a:   1 # c\nb: [ x ]\n",
  },
  {
    what: "replaces an item that goes where another comes",
    before: "- a # one\n- b # two\n- c # three\n",
    patch: [
      { op: "remove", path: "/1" },
      { op: "add", path: "/1", value: "x" },
    ],
    after: "- a # one\n- x # two\n- c # three\n",
  },
  {
    what: "takes the text's first entries and adds one",
    before: "a: 1\nb: 2\nc: 3\n",
    patch: [
      { op: "remove", path: "/a" },
      { op: "remove", path: "/b" },
      { op: "add", path: "/d", value: 4 },
    ],
    after: "c: 3\nd: 4\n",
  },
  {
    what: "adds in front of a cut-off scalar where the text's first entry goes",
    before: "a: 1\n# of b\nb: |\n  x",
    patch: [
      { op: "remove", path: "/a" },
      { op: "add", path: "/c", value: 1 },
    ],
    after: "c: 1\n# of b\nb: |\n  x",
  },
  {
    what: "does the same after a marker and deeper down",
    before: "---\na:\n  b: 1\n  c: |\n    x",
    patch: [
      { op: "remove", path: "/a/b" },
      { op: "add", path: "/a/d", value: 1 },
    ],
    after: "---\na:\n  d: 1\n  c: |\n    x",
  },
  {
    what: "leaves a block scalar no blank line to keep",
    before: "a: |+\n  x\nb: 1\n\n# c\nc: 2\n",
    patch: [{ op: "remove", path: "/b" }],
    after: "a: |+\n  x\n# c\nc: 2\n",
  },
  {
    what: "leaves a block scalar no comment to take for its text",
    before: "a: |\n  x\nb: 1\n  # deep\n # less\n\n# c\nc: 2\n",
    patch: [{ op: "remove", path: "/b" }],
    after: "a: |\n  x\n # less\n\n# c\nc: 2\n",
  },
  {
    what: "leaves a block scalar its line end",
    before: "a: |\n  x\nb: 1",
    patch: [{ op: "remove", path: "/b" }],
    after: "a: |\n  x\n",
  },
  {
    what: "leaves a block scalar its line end and no more",
    before: "a:\n  b: |\n    x\n  c: 1",
    patch: [
      { op: "remove", path: "/a/c" },
      { op: "add", path: "/d", value: 2 },
    ],
    after: "a:\n  b: |\n    x\nd: 2",
  },
  {
    what: "adds behind a cut-off scalar that it replaces",
    before: "- |\n  x\n- |\n  y",
    patch: [
      { op: "replace", path: "/1", value: "z" },
      { op: "add", path: "/2", value: "w" },
    ],
    after: "- |\n  x\n- z\n- w",
  },
  {
    what: "adds behind a cut-off scalar on two levels",
    before: "a:\n- - |\n    x",
    patch: [
      { op: "add", path: "/a/0/1", value: "p" },
      { op: "add", path: "/a/1", value: "q" },
    ],
    after: "a:\n- - |-\n    x\n  - p\n- q",
  },
  {
    what: "goes into a value that it replaces",
    before: "spec: # s\n  a:   1\n  b: [ x ] # b\n  c: 2\n",
    patch: [
      { op: "replace", path: "/spec", value: { a: 1, b: ["x", "z"], d: 3 } },
    ],
    after: "spec: # s\n  a:   1\n  b: [ x, z ] # b\n  d: 3\n",
  },
  {
    what: "goes into an item that it replaces, if it is about the same thing",
    before: "- name: a # a\n  x:   1\n- name: b # b\n  x:   1\n",
    patch: [
      { op: "replace", path: "/0", value: { name: "a", x: 1, z: 2 } },
      { op: "remove", path: "/1" },
      { op: "add", path: "/1", value: { name: "c", x: 1 } },
    ],
    after: "- name: a # a\n  x:   1\n  z: 2\n- name: c\n  x: 1\n",
  },
  {
    what: "finds the items that stay in a list that it replaces",
    before: "l:\n- a: 1 # A\n- t: 1 # T\n",
    patch: [
      { op: "replace", path: "/l", value: [{ a: 2 }, { c: 1 }, { t: 1 }] },
    ],
    after: "l:\n- a: 2 # A\n- c: 1\n- t: 1 # T\n",
  },
  {
    what: "replaces the whole",
    before: "# c\na: 1\nb: 2\n# d\n",
    patch: [{ op: "replace", path: "", value: { x: [1] } }],
    after: "# c\nx:\n  - 1\n# d\n",
  },
  {
    what: "works in a List",
    before:
      "kind: List\nitems:\n- kind: Pod\n  spec:\n    containers:\n    - name: a\n- kind: Service\n",
    patch: [
      { op: "add", path: "/items/0/spec/containers/0/env", value: [ENV] },
      { op: "add", path: "/items/0/spec/volumes", value: [{ name: "v" }] },
    ],
    after:
      "kind: List\nitems:\n- kind: Pod\n  spec:\n    containers:\n    - name: a\n" +
      '      env:\n      - name: A\n        value: "1"\n    volumes:\n    - name: v\n' +
      "- kind: Service\n",
    undo: [
      { op: "remove", path: "/items/0/spec/volumes" },
      { op: "remove", path: "/items/0/spec/containers/0/env" },
    ],
  },
];

for (const { what, before, patch, after, undo } of CASES) {
  Deno.test(`editDocument() keeps all else and ${what}`, () => {
    assert.equal(edit(before, patch), after);
    if (undo !== undefined) assert.equal(edit(after, undo), before);
  });
}

const MISFITS: readonly JsonPatch[] = [
  [{ op: "remove", path: "/x" }],
  [{ op: "replace", path: "/x", value: 1 }],
  [{ op: "add", path: "/x/y", value: 1 }],
  [{ op: "add", path: "/a/b", value: 1 }],
  [{ op: "add", path: "/l/3", value: 1 }],
  [{ op: "add", path: "/l/01", value: 1 }],
  [{ op: "remove", path: "/l/-" }],
  [{ op: "remove", path: "" }],
  [{ op: "test", path: "/a", value: "1" }],
];

for (const patch of MISFITS) {
  Deno.test(`editDocument() refuses ${JSON.stringify(patch[0])} where it does not fit`, () => {
    assert.throws(() => edit("a: 1\nl: [1]\n", patch), {
      name: "McaError",
      code: "manifest",
      message: /^Patch operation/,
    });
  });
}

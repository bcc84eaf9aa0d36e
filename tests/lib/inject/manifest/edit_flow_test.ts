import assert from "node:assert/strict";
import type { JsonPatch } from "../../../../lib/kube/json_patch.ts";
import { edit } from "./documents.ts";

interface Case {
  readonly what: string;
  readonly before: string;
  readonly patch: JsonPatch;
  readonly after: string;
  readonly undo?: JsonPatch;
}

const CASES: readonly Case[] = [
  {
    what: "adds entries and items on the line",
    before: "a: {b: 1} # c\nd: [x,y]\ne: { f: 1 }\n",
    patch: [
      { op: "add", path: "/a/c", value: "x, y" },
      { op: "add", path: "/d/0", value: { z: [1] } },
      { op: "add", path: "/d/2", value: "b?" },
      { op: "add", path: "/d/4", value: "c" },
      { op: "add", path: "/e/g", value: null },
    ],
    after: 'a: {b: 1, c: "x, y"} # c\nd: [{z: [1]}, x, "b?",y, c]\n' +
      "e: { f: 1, g: null }\n",
    undo: [
      { op: "remove", path: "/a/c" },
      { op: "remove", path: "/d/4" },
      { op: "remove", path: "/d/2" },
      { op: "remove", path: "/d/0" },
      { op: "remove", path: "/e/g" },
    ],
  },
  {
    what: "writes JSON where the map is written so",
    before: 'a: {"b": 1}\n',
    patch: [{ op: "add", path: "/a/c", value: { d: ["e"] } }],
    after: 'a: {"b": 1, "c": {"d": ["e"]}}\n',
    undo: [{ op: "remove", path: "/a/c" }],
  },
  {
    what: "gives each its line where they have one, comments where they were",
    before: "a: [\n  x, # one\n  # of y\n  y # two\n]\n",
    patch: [
      { op: "add", path: "/a/0", value: "p" },
      { op: "add", path: "/a/2", value: "q" },
      { op: "add", path: "/a/4", value: "r" },
    ],
    after: "a: [\n  p,\n  x, # one\n  q,\n  # of y\n  y, # two\n  r\n]\n",
    undo: [
      { op: "remove", path: "/a/4" },
      { op: "remove", path: "/a/2" },
      { op: "remove", path: "/a/0" },
    ],
  },
  {
    what: "keeps a trailing comma",
    before: "a: [\n  x,\n  y,\n]\nb: [z, ]\n",
    patch: [
      { op: "add", path: "/a/2", value: "p" },
      { op: "add", path: "/b/1", value: "q" },
    ],
    after: "a: [\n  x,\n  y,\n  p,\n]\nb: [z, q, ]\n",
    undo: [{ op: "remove", path: "/b/1" }, { op: "remove", path: "/a/2" }],
  },
  {
    what: "takes elements with their commas",
    before: "a: [x, y, z]\nb: {c: 1, d: 2}\ne: [x]\nf: [x, ]\ng: [ x, y ]\n",
    patch: [
      { op: "remove", path: "/a/1" },
      { op: "remove", path: "/b/c" },
      { op: "remove", path: "/e/0" },
      { op: "remove", path: "/f/0" },
      { op: "remove", path: "/g/0" },
      { op: "remove", path: "/g/0" },
    ],
    after: "a: [x, z]\nb: {d: 2}\ne: []\nf: [ ]\ng: [  ]\n",
  },
  {
    what: "takes lines with their commas",
    before: "a: [\n  x, # one\n  y,\n  # of z\n  z\n]\nb: [\n  p,\n  q\n]\n",
    patch: [
      { op: "remove", path: "/a/1" },
      { op: "remove", path: "/a/0" },
      { op: "remove", path: "/b/1" },
    ],
    after: "a: [\n  # of z\n  z\n]\nb: [\n  p\n]\n",
  },
  {
    what: "changes values in place",
    before: "a: {b: 1, 'c': \"x\" , d, e: , f: [1]}\n",
    patch: [
      { op: "replace", path: "/a/b", value: "y" },
      { op: "replace", path: "/a/c", value: "z" },
      { op: "replace", path: "/a/d", value: 1 },
      { op: "replace", path: "/a/e", value: 2 },
      { op: "replace", path: "/a/f", value: {} },
    ],
    after: "a: {b: true, 'c': \"z\" , d: 1, e: 2 , f: {}}\n".replace(
      "b: true",
      'b: "y"',
    ),
  },
  {
    what: "puts a pair without braces into braces when it grows",
    before: "a: [b: 1, c]\n",
    patch: [{ op: "add", path: "/a/0/d", value: 2 }],
    after: "a: [{b: 1, d: 2}, c]\n",
  },
  {
    what: "changes the value of a pair without braces",
    before: "a: [b: 1, c]\n",
    patch: [{ op: "replace", path: "/a/0/b", value: 2 }],
    after: "a: [b: 2, c]\n",
  },
];

for (const { what, before, patch, after, undo } of CASES) {
  Deno.test(`editDocument() in flow style ${what}`, () => {
    assert.equal(edit(before, patch), after);
    if (undo !== undefined) assert.equal(edit(after, undo), before);
  });
}

const ADDED: JsonPatch = [
  { op: "add", path: "/a/0", value: { x: 1, y: [true] } },
  { op: "add", path: "/b/c", value: "é\n" },
  { op: "add", path: "/d", value: {} },
];
const REMOVED: JsonPatch = [
  { op: "remove", path: "/d" },
  { op: "remove", path: "/b/c" },
  { op: "remove", path: "/a/0" },
];

const JSON_CASES: readonly {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}[] = [
  {
    what: "on one line",
    before: '{"a":[1.0],"b":{}}',
    after: '{"a":[{"x":1,"y":[true]},1.0],"b":{"c":"é\\n"},"d":{}}',
  },
  {
    what: "on one line with spaces",
    before: '{"a": [1e3], "b": {}}\n',
    after: '{"a": [{"x": 1, "y": [true]}, 1e3], "b": {"c": "é\\n"}, "d": {}}\n',
  },
  {
    what: "indented by two",
    before: `{
  "a": [
    12345678901234567890
  ],
  "b": {}
}
`,
    after: `{
  "a": [
    {
      "x": 1,
      "y": [
        true
      ]
    },
    12345678901234567890
  ],
  "b": {
    "c": "é\\n"
  },
  "d": {}
}
`,
  },
  {
    what: "indented by tabs, with CRLF and without a last newline",
    before: '{\r\n\t"a": [],\r\n\t"b": {\r\n\t\t"z": -0.0\r\n\t}\r\n}',
    after:
      '{\r\n\t"a": [\r\n\t\t{\r\n\t\t\t"x": 1,\r\n\t\t\t"y": [\r\n\t\t\t\ttrue' +
      '\r\n\t\t\t]\r\n\t\t}\r\n\t],\r\n\t"b": {\r\n\t\t"z": -0.0,\r\n\t\t"c": "é\\n"' +
      '\r\n\t},\r\n\t"d": {}\r\n}',
  },
  {
    what: "after a separator",
    before: '---\n{"a":["\\u00e9"],"b":{"z":1}}\n',
    after:
      '---\n{"a":[{"x":1,"y":[true]},"\\u00e9"],"b":{"z":1,"c":"é\\n"},"d":{}}\n',
  },
];

for (const { what, before, after } of JSON_CASES) {
  Deno.test(`editDocument() keeps JSON ${what}`, () => {
    assert.equal(edit(before, ADDED), after);
    assert.equal(edit(after, REMOVED), before);
  });
}

Deno.test("editDocument() writes strings so that every YAML reads them as strings", () => {
  const strings = [
    "true",
    "on",
    "No",
    "y",
    "null",
    "~",
    "",
    "6443",
    "0777",
    "1e3",
    "0x1F",
    "1_000",
    ".5",
    "12:30:45",
    "2001-01-01",
    ".inf",
    "=",
    "<<",
    "- a",
    "-",
    "a: b",
    "a:",
    "a #b",
    " a",
    "a ",
    "#a",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "'a'",
    '"a"',
    "%a",
    "@a",
    "`a",
    "{a}",
    "[a]",
    "a,b",
    "?",
    "? a",
    ":",
    "a\nb",
    "a\tb",
    "\u2028",
    "\u0085",
    "\uFEFF",
    "---",
    "--- a",
    "...",
    "é",
    "🙂",
    "\\",
    'it\'s "x" \\',
    "127.0.0.1",
    "a:b",
    "http://x/?y",
    "--flag=x",
  ];
  const value: Record<string, string> = {};
  for (const [at, text] of strings.entries()) value[`k${at}`] = text;
  const after = edit("a: 1\nf: {}\n", [
    { op: "add", path: "/b", value },
    { op: "add", path: "/c", value: strings },
    { op: "replace", path: "/f", value: strings },
  ]);
  assert.match(after, /k0: "true"\n/);
  assert.match(after, /k7: "6443"\n/);
  assert.match(after, /: 127\.0\.0\.1\n/);
  assert.match(after, /: http:\/\/x\/\?y\n/);
  assert.match(after, /: --flag=x\n/);
  assert.match(after, /: a:b\n/);
});

import assert from "node:assert/strict";
import { MAX_DEPTH } from "../../../../lib/inject/manifest/limits.ts";
import { parseDocument } from "../../../../lib/inject/manifest/manifest_document.ts";
import { errorOf, parse } from "./documents.ts";

const FAULTS: readonly {
  readonly what: string;
  readonly text: string;
  readonly at: readonly [line: number, column: number];
  readonly message: RegExp;
  readonly hint?: RegExp;
}[] = [
  {
    what: "a tab as indentation",
    text: "spec:\n\tcontainers: []\n",
    at: [2, 1],
    message: /[Tt]ab/,
    hint: /spaces/,
  },
  {
    what: "a tab within indentation",
    text: "spec:\n  a: 1\n \tb: 2\n",
    at: [3, 2],
    message: /[Tt]ab/,
  },
  {
    what: "a key that stands twice",
    text: "metadata:\n  name: a\n  labels: {}\n  name: b\n",
    at: [4, 3],
    message: /"name" stands twice/,
    hint: /Remove/,
  },
  {
    what: "a key that stands twice in a flow map",
    text: "a: {x: 1, 'x': 2}\n",
    at: [1, 11],
    message: /"x" stands twice/,
  },
  {
    what: "keys that are the same string",
    text: "on: 1\n'true': 2\n",
    at: [2, 1],
    message: /"true" stands twice/,
  },
  {
    what: "a key that stands twice in JSON",
    text: '{\n  "a": 1,\n  "b": {"c": 1, "c": 2}\n}\n',
    at: [3, 17],
    message: /"c" stands twice/,
  },
  {
    what: "bad indentation",
    text: "spec:\n  a: 1\n b: 2\n",
    at: [3, 1],
    message: /column|indent/i,
  },
  {
    what: "a missing quote",
    text: 'a: "b\nc: 1\n',
    at: [1, 4],
    message: /quote/,
  },
  {
    what: "a missing bracket",
    text: "a: [1, 2\nb: 1\n",
    at: [2, 1],
    message: /\]/,
  },
  {
    what: "two colons",
    text: "image: app: latest\n",
    at: [1, 8],
    message: /compact mappings/,
    hint: /quotes/,
  },
  {
    what: "a line that is neither key nor value",
    text: "spec:\n  a: 1\n  b\n",
    at: [3, 3],
    message: /map values|single line/,
  },
  {
    what: "an unknown alias",
    text: "a: 1\nb: *x\n",
    at: [2, 4],
    message: /no anchor x/,
    hint: /&x/,
  },
  {
    what: "an alias of itself",
    text: "a: &a\n  b: *a\n",
    at: [2, 6],
    message: /alias of itself/,
  },
  {
    what: "a merge of a scalar",
    text: "a: &a 1\nb:\n  <<: *a\n",
    at: [3, 7],
    message: /merge key/,
  },
  {
    what: "a key that is null",
    text: "a: 1\n~: 2\n",
    at: [2, 1],
    message: /null as a key/,
  },
  {
    what: "a key that is a list",
    text: "a: 1\n? [b]\n: 2\n",
    at: [2, 3],
    message: /sequence as a key/,
  },
  {
    what: "infinity",
    text: "a:\n- .inf\n",
    at: [2, 3],
    message: /infinity/,
    hint: /quotes/,
  },
  {
    what: "a value that is not what its tag says",
    text: "a: !!int one\n",
    at: [1, 4],
    message: /tag !!int/,
  },
  {
    what: "a control character",
    text: "a: 1\nb: \u0007\n",
    at: [2, 4],
    message: /U\+0007/,
  },
  {
    what: "a carriage return that ends no line",
    text: "a: 1\nb: 2\rc: 3\n",
    at: [2, 5],
    message: /U\+000D/,
  },
  {
    what: "a line separator that hides a key in a comment",
    text: "a: 1 # \u2028b: 2\n",
    at: [1, 8],
    message: /U\+2028/,
  },
  {
    what: "an unrendered template",
    text: "kind: Pod\nmetadata: {{ .Values.name }}\n",
    at: [2, 12],
    message: /./,
    hint: /template.*helm/,
  },
  {
    what: "a second document that nothing separates",
    text: "%YAML 1.2\n---\na: 1\n...\nb: 2\n",
    at: [5, 1],
    message: /second document/,
    hint: /---/,
  },
  {
    what: "a directive without a document",
    text: "%YAML 1.2\n# c\n",
    at: [1, 1],
    message: /directives-end/,
  },
  {
    what: "a number beyond doubles in JSON",
    text: '{"a": 1e999}\n',
    at: [1, 7],
    message: /too large/,
  },
  {
    what: "deep nesting in flow style",
    text: `a: ${"[".repeat(MAX_DEPTH + 9)}`,
    at: [1, MAX_DEPTH + 4],
    message: /deeper than 200/,
  },
  {
    what: "deep nesting in block style",
    text: Array.from({ length: 300 }, (_, at) => `${" ".repeat(at)}a:`)
      .join("\n"),
    at: [MAX_DEPTH + 2, MAX_DEPTH + 2],
    message: /deeper than 200/,
  },
  {
    what: "deep nesting in JSON",
    text: `${'{"a":'.repeat(300)}1${"}".repeat(300)}`,
    at: [1, 5 * (MAX_DEPTH + 1) + 1],
    message: /deeper than 200/,
  },
  {
    what: "a hundred thousand open brackets",
    text: "[".repeat(100_000),
    at: [1, MAX_DEPTH + 2],
    message: /deeper than 200/,
  },
];

for (const { what, text, at, message, hint } of FAULTS) {
  Deno.test(`parseDocument() says where ${what} stands`, () => {
    const error = errorOf(text);
    assert.ok(error !== undefined, "no error");
    assert.equal(error.code, "manifest");
    assert.match(error.message, message);
    assert.match(error.hint ?? "", hint ?? /\.$/);
    const [line, column] = at;
    const place = { file: "pod.yaml", document: 1, line, column };
    assert.deepEqual(error.place, place);
  });
}

Deno.test("parseDocument() counts lines in the file and columns in characters", () => {
  const source = {
    text: "---\n'🙂é': {a: 1, a: 2}\n",
    index: 7,
    startLine: 40,
  };
  assert.throws(() => parseDocument(source), {
    place: { document: 7, line: 41, column: 14 },
  });
});

function bomb(levels: number, width: number): string {
  const lines = [`a0: &a0 [${Array(width).fill("x").join(", ")}]`];
  for (let level = 1; level < levels; level++) {
    const aliases = Array(width).fill(`*a${level - 1}`).join(", ");
    lines.push(`a${level}: &a${level} [${aliases}]`);
  }
  return lines.join("\n");
}

function mergeBomb(levels: number): string {
  const lines = ["a0: &a0 {x: 1}"];
  for (let level = 1; level < levels; level++) {
    const alias = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} {<<: [${alias}, ${alias}]}`);
  }
  return lines.join("\n");
}

Deno.test("parseDocument() refuses aliases that stand for too much, and takes many that do not", () => {
  assert.match(errorOf(bomb(9, 9))?.message ?? "", /aliases stand for/);
  assert.match(errorOf(mergeBomb(40))?.message ?? "", /aliases stand for/);
  assert.equal(errorOf(bomb(4, 9)), undefined);
  assert.equal(errorOf(mergeBomb(8)), undefined);
  const many = Array.from({ length: 20_000 }, (_, at) => `k${at}: *a`);
  assert.equal(errorOf(["a: &a x", ...many].join("\n")), undefined);
});

Deno.test("parseDocument() gives every place of the value an object of its own", () => {
  const { value } = parse("a: &a {x: [1]}\nb: *a\nc: {<<: *a}\n");
  assert.deepEqual(value, { a: { x: [1] }, b: { x: [1] }, c: { x: [1] } });
  const seen = new Set<unknown>();
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    assert.ok(!seen.has(part), "shared");
    seen.add(part);
    Object.values(part).forEach(visit);
  };
  visit(value);
});

Deno.test("parseDocument() makes own members of names that objects inherit", () => {
  const text = "__proto__: {polluted: 1}\nconstructor: 2\n";
  const { value } = parse(text);
  assert.deepEqual(Object.keys(value ?? {}), ["__proto__", "constructor"]);
  assert.deepEqual(
    parse('{"__proto__": 1}').value,
    JSON.parse('{"__proto__": 1}'),
  );
});

const EMPTY = [
  "",
  "\n",
  "# c\n",
  "---\n",
  "--- # c\n\n# d",
  "...\n",
  "null\n",
  "~",
  "\uFEFF",
];

for (const text of EMPTY) {
  Deno.test(`parseDocument() finds no value in ${JSON.stringify(text)}`, () => {
    assert.equal(parse(text).value, undefined);
  });
}

const KINDS: readonly [text: string, kind: "yaml" | "json"][] = [
  ['{"a": 1}', "json"],
  ["[1, 2]\n", "json"],
  ['\n\n---  \n{"a": 1}\n', "json"],
  ['---\n\n{"a": 1}\n', "json"],
  ['\uFEFF{"a": 1}\n', "json"],
  ["{a: 1}\n", "yaml"],
  ['{"a": 1} # c\n', "yaml"],
  ['# c\n{"a": 1}\n', "yaml"],
  ['{"a": 1,}\n', "yaml"],
  ['"a"\n', "yaml"],
  ["1\n", "yaml"],
];

for (const [text, kind] of KINDS) {
  Deno.test(`parseDocument() takes ${JSON.stringify(text)} for ${kind}`, () => {
    assert.equal(parse(text).kind, kind);
  });
}

Deno.test("parseDocument() reads JSON as JSON.parse does", () => {
  const text = '\n{"a" : [1.0,1e3,-0.5e-2, true ,null,"\\u00e9\\n\\"\\\\"],' +
    '"n":12345678901234567890,"é":{},"":[]}\n\n';
  assert.deepEqual(parse(text).value, JSON.parse(text));
});

const PLACES: readonly [pointer: string, line: number, column: number][] = [
  ["", 2, 1],
  ["/kind", 2, 1],
  ["/spec", 3, 1],
  ["/spec/containers", 4, 3],
  ["/spec/containers/0", 5, 5],
  ["/spec/containers/0/name", 5, 5],
  ["/spec/containers/0/command/1", 6, 21],
  ["/spec/containers/0/none", 5, 5],
  ["/spec/containers/0/none/deeper", 5, 5],
  ["/spec/containers/7", 4, 3],
  ["/spec/containers/x", 4, 3],
  ["/spec/labels/a~1b", 7, 12],
  ["/spec/copy", 8, 3],
  ["/spec/copy/a~1b", 7, 12],
  ["/spec/merged/a~1b", 7, 12],
  ["/kind/0", 2, 1],
];

const PLACED = `# c
kind: Pod
spec:
  containers:
  - name: a # c
    command: ["sh", -c]
  labels: {a/b: x}
  copy: &c {a/b: y}
  merged: {<<: *c}
`;

Deno.test("locate() gives the line and column of values", () => {
  const document = parse(
    PLACED.replace("copy: &c {a/b: y}", "copy: *l").replace(
      "labels: {",
      "labels: &l {",
    ).replace("*c", "*l"),
  );
  for (const [pointer, line, column] of PLACES) {
    const shifted = line === 7 && column > 3 ? column + 3 : column;
    assert.deepEqual(
      document.locate(pointer),
      { line, column: shifted },
      pointer,
    );
  }
});

Deno.test("locate() works in JSON too", () => {
  const document = parse('{\n  "a": [1,\n    {"b": 2}]\n}');
  assert.deepEqual(document.locate("/a"), { line: 2, column: 3 });
  assert.deepEqual(document.locate("/a/1/b"), { line: 3, column: 6 });
});

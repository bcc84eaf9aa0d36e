import assert from "node:assert/strict";
import fc from "fast-check";
import { McaError } from "../../../../lib/errors.ts";
import { readPlainYaml } from "../../../../lib/inject/manifest/plain_yaml_reader.ts";
import { readYaml } from "../../../../lib/inject/manifest/yaml_reader.ts";
import readings from "./kubectl_readings.json" with { type: "json" };
import { anchoredYamlText, yamlText } from "./yaml_texts.ts";

const SCALARS = [
  "app",
  "a b  c",
  "nginx:1.25",
  "0777",
  "on",
  "~",
  "1e3",
  "100m",
  "-1",
  "--flag=x",
  "$(VAR)",
  "a#b",
  "'it''s'",
  '"a \\"b\\" \\n"',
  '"a: b"',
  '""',
  "[]",
  "{}",
  "[a, 'b', \"c\"]",
  "{a: 1, b: [c]}",
  "[ a b , c ]",
  "x # c",
  '"x" # c',
  "[a] # c",
  "",
  "# c",
  "é",
  "12345678901234567890",
  "a: b",
  "a:",
  "*a",
  "&a b",
  "!t b",
  "| x",
  "a\\b",
  "[a,]",
  "{a}",
  "'a' b",
  "- a",
  "?",
  "%",
  "@a",
  "`a",
  "{a: b: c}",
  "[a: b]",
  "[",
  ".inf",
  "<<",
  "=",
  "[.nan]",
];
const KEYS = [
  "a",
  "b",
  "a.b/c-d",
  '"q r"',
  "'s'",
  "on",
  "1",
  "0x10",
  "~",
  "<<",
  "a b",
  "_x",
  "é",
  "-a",
  "? a",
  "null",
  "1e3",
  '""',
  ".inf",
];

const scalar = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("x", "a b", "1", "'q'", '"q"', "") },
  { weight: 1, arbitrary: fc.constantFrom(...SCALARS) },
);
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(..."abcdefghijklmnop") },
  { weight: 1, arbitrary: fc.constantFrom(...KEYS) },
);
const line = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(key, scalar).map(([k, v]) => `${k}: ${v}`) },
  { weight: 2, arbitrary: key.map((k) => `${k}:`) },
  { weight: 2, arbitrary: scalar.map((v) => `- ${v}`) },
  {
    weight: 2,
    arbitrary: fc.tuple(key, scalar).map(([k, v]) => `- ${k}: ${v}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("a: |", "- |", "b: |-", "a: |+", "- a: | # c"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "# c", "-", "- -", "- - a", "text", "---"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "more text",
      "a #b",
      "a # b",
      'a: "x',
      "a: 'x",
      'y"',
      "y' # c",
      '- "x',
      "a: >",
      "- >-",
      "b: >+",
    ),
  },
);

/** Lines that are now and then a document, put together without much sense. */
const lines: fc.Arbitrary<string> = fc.tuple(
  fc.array(fc.tuple(fc.constantFrom(0, 0, 0, 2, 2, 4, 1), line), {
    minLength: 1,
    maxLength: 5,
  }),
  fc.constantFrom("\n", "\n", "\n", "\r\n"),
  fc.constantFrom("", "\n", "\n\n", "\n...\n", "\n  "),
).map(([parts, newline, end]) =>
  parts.map(([indent, each]) => " ".repeat(indent) + each).join(newline) + end
);

/** Texts that are whole documents, and what is left when lines are taken out. */
const documents: fc.Arbitrary<string> = fc.tuple(
  fc.oneof(yamlText, anchoredYamlText),
  fc.array(fc.nat(), { maxLength: 3 }),
).map(([text, drops]) => {
  const kept = text.split("\n");
  for (const drop of drops) kept.splice(drop % kept.length, 1);
  return kept.join("\n");
});

function fullTree(text: string): unknown {
  try {
    return readYaml({ text, index: 1, startLine: 1 });
  } catch (error) {
    assert.ok(error instanceof McaError);
    return error.message;
  }
}

for (
  const [what, texts, least] of [
    ["lines put together", lines, 200],
    ["whole documents", documents, 200],
  ] as const
) {
  Deno.test(`readPlainYaml() gives the full reader's tree or none for ${what}`, () => {
    let read = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const plain = readPlainYaml(text);
        if (plain === "unsupported") return;
        read++;
        assert.deepEqual(plain.root, fullTree(text));
      }),
      { numRuns: 3000 },
    );
    assert.ok(read > least, `only ${read} texts were in the subset`);
  });
}

Deno.test("readPlainYaml() gives the full reader's tree or none for every text of kubectl's table", () => {
  let read = 0;
  for (const { yaml } of readings.cases) {
    const plain = readPlainYaml(yaml);
    if (plain === "unsupported") continue;
    read++;
    assert.deepEqual(plain.root, fullTree(yaml), yaml);
  }
  assert.ok(read > 100);
});

Deno.test("readPlainYaml() takes what manifests are mostly made of", () => {
  const text = `# Source: app/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: "app" # the name
  annotations:
    checksum/config: 'a''b'
spec:
  replicas: 2
  template:
    spec:
      containers:
        # the first
        - name: app
          image: "registry.example.com/app:1.2.3@sha256:abc"
          command: ["sh", "-c", 'x']
          args:
          - --port=8080
          resources: {limits: {cpu: 100m}, requests: {}}
          env: []
      volumes:

      - emptyDir: {}
        name: v
      - name: w
data:
  script: |-
    #!/bin/sh
    if x; then

      y: z
    fi
`;
  const plain = readPlainYaml(text);
  assert.ok(plain !== "unsupported");
  assert.deepEqual(plain.root, fullTree(text));
  assert.notEqual(readPlainYaml(text.replaceAll("\n", "\r\n")), "unsupported");
});

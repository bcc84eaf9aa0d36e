import assert from "node:assert/strict";
import fc from "fast-check";
import { McaError } from "../../../../lib/errors.ts";
import { DocumentSplitter } from "../../../../lib/inject/manifest/document_splitter.ts";
import { MAX_DOCUMENT_LENGTH } from "../../../../lib/inject/manifest/limits.ts";
import type { SourceDocument } from "../../../../lib/inject/manifest/source_document.ts";
import { splitDocuments } from "../../../../lib/inject/manifest/split_documents.ts";
import { chunksOf } from "./documents.ts";
import { yamlText } from "./yaml_texts.ts";

const encoder = new TextEncoder();

async function split(
  input: string | Uint8Array,
  size = 1 << 16,
): Promise<SourceDocument[]> {
  const bytes = typeof input === "string" ? encoder.encode(input) : input;
  return await Array.fromAsync(
    splitDocuments(chunksOf(bytes, size), { file: "-" }),
  );
}

async function errorOf(input: string | Uint8Array): Promise<McaError> {
  try {
    await split(input);
  } catch (error) {
    assert.ok(error instanceof McaError);
    return error;
  }
  throw new assert.AssertionError({ message: "Expected an error" });
}

const CASES: readonly {
  readonly what: string;
  readonly documents: readonly string[];
}[] = [
  { what: "nothing", documents: [] },
  { what: "one document", documents: ["a: 1\n"] },
  { what: "no last newline", documents: ["a: 1\n", "---\nb: 2"] },
  { what: "a first separator", documents: ["---\na: 1\n", "---\nb: 2\n"] },
  { what: "a last separator", documents: ["a: 1\n", "---\n"] },
  { what: "a last separator without newline", documents: ["a: 1\n", "---"] },
  { what: "separators alone", documents: ["---\n", "---\n", "---\n"] },
  { what: "a comment in front", documents: ["# c\n\n---\na: 1\n"] },
  {
    what: "directives in front",
    documents: ["%YAML 1.2\n# c\n---\na: 1\n...\n", "%YAML 1.2\n---\nb: 2\n"],
  },
  {
    what: "Helm's source comments",
    documents: [
      "---\n# Source: a.yaml\na: 1\n",
      "---\n# Source: b.yaml\nb: 2\n",
    ],
  },
  {
    what: "comments and content on the separator's line",
    documents: ["--- # one\na: 1\n", "--- {b: 2}\n", "---\tc\n", "--- |\n x\n"],
  },
  {
    what: "what looks like a separator",
    documents: ["a: |\n  ---\n ---\n----\n---x\n--\n-\n....\n"],
  },
  {
    what: "a separator in a top-level block scalar",
    documents: ["--- |\nx\n", "---\ny\n"],
  },
  { what: "an end marker", documents: ["a: 1\n... # end\n", "b: 2\n...\n"] },
  {
    what: "CRLF",
    documents: ["a: 1\r\n", "---\r\nb: 2\r\n...\r\n", "c: 3\r\n"],
  },
  { what: "a byte order mark", documents: ["\uFEFF---\na: 1\n", "---\n"] },
  {
    what: "a byte order mark before directives",
    documents: ["\uFEFF%YAML 1.2\n---\na: 1\n"],
  },
  {
    what: "JSON values on lines of their own",
    documents: ['{"a": 1}\n', '{\n"b": "}"\n}\n', "[1]\n"],
  },
  {
    what: "JSON values without anything between",
    documents: ['{"a": 1}', '{"b": "\\"{"}', "[]\n"],
  },
  {
    what: "JSON values and separators",
    documents: ['{"a": 1}\n', '---\n{"b": 2}\n', "---\nc: 3\n"],
  },
  {
    what: "JSON and then YAML",
    documents: ['{"a": 1}\n', "b: 2\n", '---\n\n{"c": 3}'],
  },
  {
    what: "YAML that starts as JSON does",
    documents: ["{a: it's}\n", '---\n{"a": 1} # c\n', '---\n{"a": 1}: b\n'],
  },
  {
    what: "flow YAML that is never closed",
    documents: ["{a: [\n", "---\nb: 2\n"],
  },
  {
    what: "flow YAML with lines in quotes",
    documents: ['{"a\n b": 1}\n', "---\nb: 2\n"],
  },
  {
    what: "a template",
    documents: ["{{- if .Values.x }}\na: 1\n{{- end }}\n", "---\nb: 2\n"],
  },
  { what: "negative numbers in JSON", documents: ["[\n-1,\n-2]\n", "[3]\n"] },
];

for (const { what, documents } of CASES) {
  Deno.test(`splitDocuments() splits ${what}, whatever the chunks`, async () => {
    const input = documents.join("");
    for (const size of [1, 2, 3, 7, 1 << 16]) {
      const texts = (await split(input, size)).map(({ text }) => text);
      assert.deepEqual(texts, documents, `chunks of ${size} bytes`);
    }
  });
}

Deno.test("splitDocuments() numbers documents and their lines", async () => {
  const documents = await split("# c\n---\na: 1\n\n---\nb:\n- 2\n--- c\n");
  assert.deepEqual(
    documents.map(({ index, startLine, file }) => [index, startLine, file]),
    [[1, 1, "-"], [2, 5, "-"], [3, 8, "-"]],
  );
});

Deno.test("splitDocuments() gives a document before the stream ends", async () => {
  let sent = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      sent++;
      yield await Promise.resolve(encoder.encode(`---\na: ${sent}\n`));
    }
  }
  for await (const { index } of splitDocuments(endless())) {
    if (index === 100) break;
  }
  assert.ok(sent <= 103, `${sent} chunks were taken for 100 documents`);
});

Deno.test("DocumentSplitter.push() gives up early on what looks like JSON", () => {
  for (const text of ["[1,\n---\n[2", "{e\n---\n{", '{"a\n---\n{']) {
    const splitter = new DocumentSplitter(undefined);
    assert.equal(splitter.push(text).length, 1, text);
  }
});

Deno.test("splitDocuments() loses and adds no byte", async () => {
  const text = fc.array(
    fc.oneof(
      yamlText,
      fc.jsonValue().map((value) => JSON.stringify(value, null, 1)),
      fc.constantFrom("---", "\n", "...\n", "--- ", "\r\n", "{", "# c", "%A b"),
    ),
  ).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.integer({ min: 1, max: 50 }),
      async (input, size) => {
        const bytes = encoder.encode(input);
        const whole = await split(bytes);
        const pieces = await split(bytes, size);
        assert.deepEqual(pieces, whole);
        const joined = encoder.encode(whole.map(({ text }) => text).join(""));
        assert.deepEqual(joined, bytes);
      },
    ),
    { numRuns: 300 },
  );
});

const BAD_BYTES: readonly {
  readonly what: string;
  readonly bytes: readonly number[];
}[] = [
  { what: "a stray continuation byte", bytes: [0x80] },
  { what: "an overlong form", bytes: [0xc0, 0xaf] },
  { what: "an overlong three-byte form", bytes: [0xe0, 0x80, 0x80] },
  { what: "a surrogate", bytes: [0xed, 0xa0, 0x80] },
  { what: "a code point beyond Unicode", bytes: [0xf4, 0x90, 0x80, 0x80] },
  { what: "Latin-1", bytes: [0xe9, 0x20] },
  { what: "a character cut short", bytes: [0xf0, 0x9f, 0x99] },
];

for (const { what, bytes } of BAD_BYTES) {
  Deno.test(`splitDocuments() says where ${what} stands`, async () => {
    const front = encoder.encode("a: 1\n---\nb: 'é🙂");
    for (const tail of [[], [0x0a]]) {
      const error = await errorOf(
        Uint8Array.from([...front, ...bytes, ...tail]),
      );
      assert.equal(error.code, "manifest");
      assert.deepEqual(error.place, {
        file: "-",
        document: 2,
        line: 3,
        column: 7,
      });
    }
  });
}

const FOREIGN: readonly [string, readonly number[]][] = [
  ["UTF-16", [0xff, 0xfe, 0x61, 0x00]],
  ["UTF-16", [0xfe, 0xff, 0x00, 0x61]],
  ["UTF-16", [0x61, 0x00, 0x3a, 0x00]],
  ["UTF-16", [0x00, 0x61, 0x00, 0x3a]],
  ["UTF-16", [0xff, 0xfe]],
  ["UTF-32", [0xff, 0xfe, 0x00, 0x00]],
  ["UTF-32", [0x00, 0x00, 0xfe, 0xff]],
  ["UTF-32", [0x61, 0x00, 0x00, 0x00]],
];

for (const [encoding, bytes] of FOREIGN) {
  Deno.test(`splitDocuments() recognizes ${encoding} by ${bytes.join(" ")}`, async () => {
    const error = await errorOf(Uint8Array.from(bytes));
    assert.match(error.message, new RegExp(encoding));
    assert.match(error.hint ?? "", /UTF-8/);
  });
}

Deno.test("splitDocuments() refuses a document that never ends, not a long stream", async () => {
  async function* lines(separator: string): AsyncGenerator<Uint8Array> {
    const chunk = encoder.encode(`${separator}${"a: b\n".repeat(200_000)}`);
    for (let sent = 0; sent < 2 * MAX_DOCUMENT_LENGTH; sent += chunk.length) {
      yield await Promise.resolve(chunk);
    }
  }
  let count = 0;
  for await (const _ of splitDocuments(lines("---\n"))) count++;
  assert.ok(count > 30);
  await assert.rejects(
    Array.fromAsync(splitDocuments(lines(""))),
    (error) => error instanceof McaError && /larger/.test(error.message),
  );
});

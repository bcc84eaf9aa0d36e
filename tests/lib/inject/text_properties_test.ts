import assert from "node:assert/strict";
import fc from "fast-check";
import { Document, isCollection, visit } from "yaml";
import { parseDocument } from "../../../lib/inject/manifest/manifest_document.ts";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import { splitLines } from "../../../lib/inject/line_diff.ts";
import { DEFAULT_SETTINGS } from "../../../lib/inject/settings.ts";
import { transformDocument } from "../../../lib/inject/transform_document.ts";
import {
  injectText,
  uninjectText,
} from "../../../lib/inject/transform_text.ts";
import type { JsonObject } from "../../../lib/kube/json.ts";
import { arbitraryPod } from "./arbitrary_pod.ts";
import { withoutText } from "./golden.ts";

/** How a person might write it down. */
interface Style {
  readonly indent: number;
  readonly indentSeq: boolean;
  readonly singleQuote: boolean;
  readonly crlf: boolean;
  readonly lastNewline: boolean;
  /** Which collections are written in flow style, and which lines get comments, by turns. */
  readonly turns: readonly number[];
}

const style: fc.Arbitrary<Style> = fc.record({
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  singleQuote: fc.boolean(),
  crlf: fc.boolean(),
  lastNewline: fc.boolean(),
  turns: fc.array(fc.integer({ min: 0, max: 9 }), {
    minLength: 1,
    maxLength: 30,
  }),
});

const COMMENTS = ["# a comment\n", "\n", "    # deep\n"];

function writeDown(value: JsonObject, how: Style): string {
  let turn = 0;
  const next = () => how.turns[turn++ % how.turns.length] ?? 0;
  const document = new Document(value, { aliasDuplicateObjects: true });
  visit(document, {
    Collection: (_, node) => {
      if (isCollection(node) && next() === 0) node.flow = true;
    },
  });
  const text = document.toString({
    indent: how.indent,
    indentSeq: how.indentSeq,
    singleQuote: how.singleQuote,
    lineWidth: 0,
    flowCollectionPadding: how.singleQuote,
  });
  const commented = splitLines(text).map((line) => {
    const which = next();
    const isOpen = /[[{,]\s*$/.test(line);
    const trailing = which === 3 && !isOpen
      ? line.replace(/\n$/, " # trailing\n")
      : line;
    return `${isOpen ? "" : COMMENTS[which] ?? ""}${trailing}`;
  }).join("");
  const ended = how.lastNewline ? commented : commented.replace(/\n+$/, "");
  return how.crlf ? ended.replaceAll("\n", "\r\n") : ended;
}

const document: fc.Arbitrary<JsonObject> = arbitraryPod.chain((pod) =>
  fc.constantFrom<JsonObject>(
    { apiVersion: "v1", kind: "Pod", ...pod },
    { apiVersion: "apps/v1", kind: "Deployment", spec: { template: pod } },
    {
      apiVersion: "v1",
      kind: "List",
      items: [
        { apiVersion: "v1", kind: "Service" },
        { apiVersion: "v1", kind: "Pod", ...pod },
        { apiVersion: "batch/v1", kind: "Job", spec: { template: pod } },
      ],
    },
  )
);

const written = fc.tuple(document, style).map(([value, how]) => ({
  value,
  source: { text: writeDown(value, how), index: 1, startLine: 1 },
}));

const runs = { numRuns: 100 };
const OTHER = { ...DEFAULT_SETTINGS, proxyPort: 8443 };

Deno.test("injectText() gives text of the value that injectPod() gives", () => {
  fc.assert(
    fc.property(written, ({ value, source }) => {
      const { text } = injectText(source, DEFAULT_SETTINGS);
      const expected = transformDocument(
        value,
        (pod) => injectPod(pod, DEFAULT_SETTINGS),
      ).value;
      const found = parseDocument({ ...source, text }).value;
      assert.ok(found !== undefined);
      assert.deepEqual(withoutText(found), withoutText(expected));
    }),
    runs,
  );
});

Deno.test("injectText() gives the same bytes the second time", () => {
  fc.assert(
    fc.property(written, ({ source }) => {
      const { text } = injectText(source, DEFAULT_SETTINGS);
      const again = injectText({ ...source, text }, DEFAULT_SETTINGS);
      assert.equal(again.text, text);
    }),
    runs,
  );
});

Deno.test("uninjectText() gives back the bytes that injectText() was given", () => {
  fc.assert(
    fc.property(written, ({ source }) => {
      const { text } = injectText(source, DEFAULT_SETTINGS);
      assert.equal(uninjectText({ ...source, text }).text, source.text);
    }),
    runs,
  );
});

Deno.test("injectText() gives with new settings the bytes it gives for the original", () => {
  fc.assert(
    fc.property(written, ({ source }) => {
      const { text } = injectText(source, DEFAULT_SETTINGS);
      assert.equal(
        injectText({ ...source, text }, OTHER).text,
        injectText(source, OTHER).text,
      );
    }),
    runs,
  );
});

Deno.test("injectText() gives back JSON's bytes too", () => {
  const spacing = fc.constantFrom(0, 1, 2, 4, "\t");
  fc.assert(
    fc.property(document, spacing, (value, space) => {
      const text = JSON.stringify(value, null, space);
      const source = { text, index: 1, startLine: 1 };
      const injected = injectText(source, DEFAULT_SETTINGS);
      assert.equal(injected.kind, "json");
      JSON.parse(injected.text);
      const undone = uninjectText({ ...source, text: injected.text });
      assert.equal(undone.text, text);
    }),
    runs,
  );
});

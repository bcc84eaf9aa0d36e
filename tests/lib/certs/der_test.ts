import assert from "node:assert/strict";
import {
  contextTag,
  encodeElement,
  expectElement,
  readElements,
} from "../../../lib/certs/der.ts";
import { McaError } from "../../../lib/errors.ts";

const bytes = (hex: string) => Uint8Array.fromHex(hex);

Deno.test("readElements() reads elements that follow each other", () => {
  const elements = readElements(bytes("0101ff" + "0500" + "0203010001"));
  assert.deepEqual(
    elements.map(({ tag, content }) => [tag, content.toHex()]),
    [[1, "ff"], [5, ""], [2, "010001"]],
  );
  assert.deepEqual(elements[2]?.encoded.toHex(), "0203010001");
});

Deno.test("readElements() finds nothing in nothing", () => {
  assert.deepEqual(readElements(new Uint8Array()), []);
});

for (const length of [0, 1, 127, 128, 255, 256, 65535, 65536]) {
  Deno.test(`encodeElement() and readElements() agree on ${length} octets`, () => {
    const content = new Uint8Array(length).fill(7);
    const [element, ...rest] = readElements(encodeElement(4, content));
    assert.equal(rest.length, 0);
    assert.equal(element?.tag, 4);
    assert.deepEqual(element?.content, content);
  });
}

const encodings = [
  [127, "7f"],
  [128, "8180"],
  [256, "820100"],
  [65536, "83010000"],
] as const;

for (const [length, head] of encodings) {
  Deno.test(`encodeElement() writes a length of ${length} as ${head}`, () => {
    const encoded = encodeElement(4, new Uint8Array(length)).toHex();
    assert.ok(encoded.startsWith(`04${head}`));
  });
}

Deno.test("encodeElement() joins its contents", () => {
  assert.equal(
    encodeElement(0x30, bytes("0101ff"), bytes("0500")).toHex(),
    "30050101ff0500",
  );
});

const broken = [
  ["a tag alone", "30"],
  ["a length beyond the end", "0405ffff"],
  ["a long length beyond the end", "048201"],
  ["an indefinite length", "30800000"],
  ["a length of more than 4 octets", "04850000000001ff"],
  ["a short length in the long form", "04817f" + "00".repeat(127)],
  ["a length with a leading zero octet", "04820080" + "00".repeat(128)],
  ["a tag number above 30", "1f8101020304"],
  ["a broken second element", "0500" + "0401"],
] as const;

for (const [what, hex] of broken) {
  Deno.test(`readElements() refuses ${what}`, () => {
    assert.throws(() => readElements(bytes(hex)), (error) => {
      assert.ok(error instanceof McaError);
      assert.equal(error.code, "certificate");
      assert.match(error.message, /^Expected DER, found /);
      return true;
    });
  });
}

Deno.test("expectElement() refuses another tag and nothing", () => {
  const [flag] = readElements(bytes("0101ff"));
  assert.equal(expectElement(flag, 1, "a flag"), flag);
  for (const element of [flag, undefined]) {
    assert.throws(() => expectElement(element, 2, "a number"), {
      name: "McaError",
      message: "Cannot read a number of the certificate",
    });
  }
});

Deno.test("contextTag() tells primitive from constructed", () => {
  assert.equal(contextTag(2), 0x82);
  assert.equal(contextTag(3, true), 0xa3);
});

import assert from "node:assert/strict";
import { parseQuantity } from "../../../lib/inject/quantity.ts";

const QUANTITIES: readonly (readonly [string, number | undefined])[] = [
  ["0", 0],
  ["1", 1],
  ["+1.5", 1.5],
  [".5", 0.5],
  ["1.", 1],
  ["100m", 0.1],
  ["64Mi", 64 * 1024 * 1024],
  ["1k", 1000],
  ["2e3", 2000],
  ["2E3", 2000],
  ["1E", 1e18],
  ["1e-3", 0.001],
  ["", undefined],
  ["-1", undefined],
  ["64 Mi", undefined],
  ["64MB", undefined],
  ["0x10", undefined],
  ["1Ki\n", undefined],
];

for (const [text, value] of QUANTITIES) {
  Deno.test(`parseQuantity() reads ${JSON.stringify(text)} as ${value}`, () => {
    assert.equal(parseQuantity(text), value);
  });
}

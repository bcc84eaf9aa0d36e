import assert from "node:assert/strict";
import fc from "fast-check";
import {
  holdsTooManyValues,
  VALUE_LIMIT,
} from "../../../lib/webhook/value_limit.ts";

function isTooMuch(json: string): boolean {
  return holdsTooManyValues(new TextEncoder().encode(json));
}

/** A list of so many values, which are long enough to be looked at. */
function listOf(value: string, count: number): string {
  return `[${Array(count).fill(value).join()}]`;
}

Deno.test("holdsTooManyValues() counts nothing within strings", () => {
  const text = ',[{\\"\\\\'.repeat(VALUE_LIMIT);
  assert.equal(isTooMuch(JSON.stringify([text])), false);
  assert.equal(isTooMuch(`{"${text}":"${text}"}`), false);
  assert.equal(isTooMuch(`["${text}"${",1".repeat(VALUE_LIMIT)}]`), true);
});

Deno.test("holdsTooManyValues() ends with a string that does not", () => {
  assert.equal(isTooMuch(`["${",".repeat(2 * VALUE_LIMIT)}`), false);
  assert.equal(isTooMuch(`["${"\\".repeat(2 * VALUE_LIMIT)}`), false);
});

/** An object or list for itself, and for each member but the first. */
function countOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const members = Object.values(value);
  return members.reduce<number>(
    (sum, member) => sum + countOf(member),
    Math.max(members.length, 1),
  );
}

Deno.test("holdsTooManyValues() counts whatever JSON holds", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const json = JSON.stringify(value);
      const most = Math.floor(VALUE_LIMIT / (countOf(value) + 1));
      if (most * json.length > 20 * VALUE_LIMIT) return;
      assert.equal(isTooMuch(listOf(json, most)), false);
      assert.equal(isTooMuch(listOf(json, most + 1)), true);
    }),
    { numRuns: 50 },
  );
});

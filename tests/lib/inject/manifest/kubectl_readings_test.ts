import assert from "node:assert/strict";
import { errorOf, parse } from "./documents.ts";
import readings from "./kubectl_readings.json" with { type: "json" };

interface Reading {
  readonly yaml: string;
  readonly json?: string;
  readonly differs?: string;
}

/** Whether this reads a text as kubectl does. */
function agrees({ yaml, json }: Reading): boolean {
  const error = errorOf(yaml);
  if (error !== undefined || json === undefined) {
    return (error !== undefined) === (json === undefined);
  }
  try {
    assert.deepEqual(parse(yaml).value ?? null, JSON.parse(json));
    return true;
  } catch {
    return false;
  }
}

const cases: readonly Reading[] = readings.cases;

Deno.test("parseDocument() reads each text as kubectl's parser read it", () => {
  assert.ok(cases.length > 400);
  const wrong = cases.filter((each) =>
    each.differs === undefined && !agrees(each)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("parseDocument() differs from kubectl's parser where the table says so, and nowhere else", () => {
  const stale = cases.filter((each) =>
    each.differs !== undefined && agrees(each)
  );
  assert.deepEqual(stale, []);
});

import assert from "node:assert/strict";
import { maskAuthorization, maskToken } from "../../demo/masked.ts";

Deno.test("maskToken() shows the ends of a long token, and nothing of a short one", () => {
  const long = `abcdef${"x".repeat(30)}uvwxyz`;
  assert.equal(maskToken(long), "abcdef…uvwxyz (42 characters)");
  for (const short of ["", "secret", "a".repeat(35)]) {
    assert.equal(maskToken(short), `… (${short.length} characters)`);
  }
});

Deno.test("maskAuthorization() keeps the scheme alone", () => {
  assert.equal(maskAuthorization("Bearer secret"), "Bearer … (6 characters)");
  assert.equal(maskAuthorization("secret"), "none");
  assert.equal(maskAuthorization(""), "none");
});

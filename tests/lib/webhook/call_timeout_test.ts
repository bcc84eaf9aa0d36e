import assert from "node:assert/strict";
import {
  CALL_TIMEOUT,
  callTimeout,
} from "../../../lib/webhook/call_timeout.ts";

const CASES: readonly (readonly [string, number])[] = [
  ["/mutate", CALL_TIMEOUT],
  ["/mutate?timeout=10s", 8_000],
  ["/mutate?timeout=30s", 8_000],
  ["/mutate?timeout=1s", 800],
  ["/mutate?timeout=1.5s", 1_200],
  ["/mutate?timeout=500ms", 400],
  ["/mutate?timeout=1m0s", 8_000],
  ["/mutate?a=1&timeout=2s", 1_600],
  ["/mutate?timeout=0s", CALL_TIMEOUT],
  ["/mutate?timeout=-1s", CALL_TIMEOUT],
  ["/mutate?timeout=5", CALL_TIMEOUT],
  ["/mutate?timeout=", CALL_TIMEOUT],
  ["/mutate?timeout=soon", CALL_TIMEOUT],
  ["/mutate?%", CALL_TIMEOUT],
];

for (const [target, expected] of CASES) {
  Deno.test(`callTimeout() gives ${expected} ms for ${target}`, () => {
    assert.equal(callTimeout(target), expected);
  });
}

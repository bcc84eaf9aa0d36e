import assert from "node:assert/strict";
import { Latencies, percentile } from "../../bench/load/latencies.ts";

Deno.test("percentile() is a value that was measured, never one between two", () => {
  const sorted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  assert.equal(percentile(sorted, 0.5), 5);
  assert.equal(percentile(sorted, 0.9), 9);
  assert.equal(percentile(sorted, 0.99), 10);
  assert.equal(percentile(sorted, 1), 10);
  assert.equal(percentile([7], 0.01), 7);
  assert.equal(percentile([], 0.5), 0);
});

Deno.test("summary() knows every value, however many come and in whatever order", () => {
  const latencies = new Latencies();
  for (let value = 10_000; value >= 1; value--) latencies.add(value / 1000);
  assert.deepEqual(latencies.summary(), {
    count: 10_000,
    p50: 5_000,
    p90: 9_000,
    p99: 9_900,
    max: 10_000,
  });
});

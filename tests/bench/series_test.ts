import assert from "node:assert/strict";
import { median, Series } from "../../bench/measure/series.ts";
import { ends } from "../../bench/measure/soak.ts";

Deno.test("median() is the middle, whatever the order", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

Deno.test("rows() keeps a cell's figures together, though they come in rounds", () => {
  const series = new Series();
  const name = (cell: string, figure: string) =>
    ({ cell, figure, unit: "µs", better: "less" }) as const;
  for (const value of [5, 1, 3]) {
    series.add(name("a", "p50"), "MCA", value);
    series.add(name("b", "p50"), "MCA", value * 2);
    series.add(name("a", "p99"), "nginx", value * 3);
  }
  assert.deepEqual(
    series.rows().map(({ cell, figure, median }) => [cell, figure, median]),
    [
      ["a", "p50", { MCA: 3 }],
      ["a", "p99", { nginx: 9 }],
      ["b", "p50", { MCA: 6 }],
    ],
  );
});

Deno.test("ends() compares minute one with the end, and is not led astray by single peaks", () => {
  const flat = Array.from({ length: 600 }, (_, at) => at === 60 ? 900 : 70);
  assert.deepEqual(ends(flat), { early: 70, late: 70 });
  const growing = Array.from({ length: 600 }, (_, at) => 50 + at / 10);
  const { early, late } = ends(growing);
  assert.ok(early > 54 && early < 58, `${early}`);
  assert.ok(late > 106, `${late}`);
});

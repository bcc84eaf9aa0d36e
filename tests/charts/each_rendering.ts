/** Tests that hold for many renderings of the chart. */

import { locateHelm, render, type Values } from "./helm.ts";
import { RenderedChart } from "./rendered_chart.ts";
import { combinations, type Dimension } from "./value_combinations.ts";

const helm = await locateHelm();

/** helm takes its time: each rendering is made once for all tests of a file. */
const renderings = new Map<string, Promise<RenderedChart>>();

function rendering(name: string, values: Values): Promise<RenderedChart> {
  const known = renderings.get(name);
  if (known !== undefined) return known;
  const made = render(helm ?? "", values)
    .then((objects) => new RenderedChart(objects));
  renderings.set(name, made);
  return made;
}

/** Checks a rendering of the chart with the values. */
export type Check = (
  chart: RenderedChart,
  values: Values,
) => void | Promise<void>;

/** A test that needs helm. */
export function testWithHelm(
  name: string,
  run: (helm: string) => Promise<void>,
): void {
  Deno.test({
    name: `${name} (needs helm)`,
    ignore: helm === undefined,
    fn: () => run(helm ?? ""),
  });
}

/** A test of every combination of values in the dimensions. */
export function testEach(
  dimensions: readonly Dimension[],
  name: string,
  check: Check,
): void {
  testWithHelm(name, async () => {
    for (const combination of combinations(dimensions)) {
      const chart = await rendering(combination.name, combination.values);
      try {
        await check(chart, combination.values);
      } catch (cause) {
        throw new Error(`With ${combination.name}`, { cause });
      }
    }
  });
}

/** A test of the chart with these values. */
export function testWith(values: Values, name: string, check: Check): void {
  testWithHelm(name, async () => {
    const chart = await rendering(JSON.stringify(values), values);
    await check(chart, values);
  });
}

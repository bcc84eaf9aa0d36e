import assert from "node:assert/strict";
import {
  highWaterMark,
  highWaterMarkObstacle,
} from "../../bench/executables/high_water_mark.ts";
import {
  EMPTY_PROGRAM,
  EXECUTABLE_NAMES,
  measureExecutables,
} from "../../bench/executables/measure_executables.ts";
import { figureTable, plainText } from "../../bench/report/table.ts";
import { podProcessObstacle } from "../pod/pod_process.ts";
import { shippedBundle } from "../ship/shipped.ts";

const isMarkTold = await highWaterMarkObstacle() === undefined;
const obstacle = await podProcessObstacle();

Deno.test(
  "measureExecutables() measures each executable, as often as it is told (needs mount namespaces)",
  {
    ignore: obstacle !== undefined,
  },
  async () => {
    const told: string[] = [];
    const rows = await measureExecutables(
      { starts: 2 },
      (line) => told.push(line),
      new AbortController().signal,
    );
    const programs = [...EXECUTABLE_NAMES, EMPTY_PROGRAM].toSorted();
    assert.deepEqual(
      rows.map(({ cell, figure, rounds }) => [
        `${cell}: ${figure}`,
        Object.keys(rounds).toSorted(),
        [...new Set(Object.values(rounds).map(({ length }) => length))],
      ]),
      [
        ["bundle: size", EXECUTABLE_NAMES.toSorted(), [1]],
        ["bundle: with gzip", EXECUTABLE_NAMES.toSorted(), [1]],
        ["version: exec to exit", programs, [2]],
        ...isMarkTold ? [["version: highest RSS", programs, [2]]] : [],
        ["proxy at rest: RSS", ["mca", "mca-proxy"], [2]],
        ["proxy at rest: anonymous", ["mca", "mca-proxy"], [2]],
      ],
    );
    const values = rows.flatMap(({ median }) => Object.values(median));
    assert.ok(values.every((value) => value > 0), JSON.stringify(rows));
    const [size, gzip] = rows;
    for (const name of EXECUTABLE_NAMES) {
      assert.equal(size?.median[name], (await shippedBundle(name)).size / 1000);
      assert.ok((gzip?.median[name] ?? NaN) < (size?.median[name] ?? 0) / 2);
    }
    assert.ok(told.includes("Executables, round 2 of 2"));
    const table = plainText(figureTable(rows, EXECUTABLE_NAMES));
    assert.match(table, /^bundle +size, kB( +\d[\d ]*){3}\n/m);
  },
);

Deno.test("measureExecutables() ends when it is told to", async () => {
  await assert.rejects(
    measureExecutables({ starts: 1 }, () => {}, AbortSignal.abort()),
    { name: "AbortError" },
  );
});

Deno.test(
  "highWaterMark() sees memory that was given back (needs Linux and Python)",
  {
    ignore: !isMarkTold,
  },
  async () => {
    const program = (megabytes: number): [string, ...string[]] => [
      "dd",
      "if=/dev/zero",
      "of=/dev/null",
      "count=1",
      `bs=${megabytes}M`,
    ];
    const large = await highWaterMark(program(100));
    assert.ok(large > 100 && large < 110, `${large}`);
    const small = await highWaterMark(program(1));
    assert.ok(small < 20, `${small}`);
  },
);

Deno.test(
  "highWaterMark() tells of a command that fails (needs Linux and Python)",
  {
    ignore: !isMarkTold,
  },
  async () => {
    await assert.rejects(
      highWaterMark(["false"]),
      /false ended with exit code 1/,
    );
  },
);

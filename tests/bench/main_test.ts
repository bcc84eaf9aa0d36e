/** The benchmark as a whole: that it works, never how fast anything is. */

import assert from "node:assert/strict";
import { cellsOf, QUICK } from "../../bench/measure/cells.ts";
import { PEERS } from "../../bench/peers/peers.ts";
import { podProcessObstacle } from "../pod/pod_process.ts";
import { isJsonObject, type JsonObject } from "../../lib/kube/json.ts";

const root = new URL("../../", import.meta.url);

async function bench(args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "bench/main.ts", ...args],
    cwd: root,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** The medians by peer in a report's row. */
function medianOf(report: unknown, cell: string, figure: string): JsonObject {
  const rows = isJsonObject(report) ? report["rows"] : undefined;
  for (const row of Array.isArray(rows) ? rows : []) {
    if (
      isJsonObject(row) && row["cell"] === cell && row["figure"] === figure &&
      isJsonObject(row["median"])
    ) return row["median"];
  }
  throw new assert.AssertionError({ message: `No row ${cell}, ${figure}` });
}

Deno.test("`deno task bench --quick` measures everything that can run here, and says what cannot", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const { code, stdout, stderr } = await bench(["--quick", "--json", file]);
    assert.equal(code, 0, stderr);
    const names: string[] = [];
    for (const kind of PEERS) {
      const obstacle = await kind.obstacle();
      if (obstacle === undefined) names.push(kind.name);
      else assert.ok(stdout.includes(`Without ${kind.name}: ${obstacle}`));
    }
    const report: unknown = JSON.parse(await Deno.readTextFile(file));
    for (const cell of cellsOf(QUICK)) {
      assert.ok(stdout.includes(`\n${cell.name} `), cell.name);
      for (const figure of cell.figures) {
        for (const name of names) {
          if (name === "direct" && figure.name.startsWith("CPU")) continue;
          assert.equal(
            typeof medianOf(report, cell.name, figure.name)[name],
            "number",
            `${cell.name}, ${figure.name}: ${name}`,
          );
        }
      }
    }
    const beside = await podProcessObstacle() === undefined
      ? ["200 reviews/s of 5 KB pods", "proxy at rest", "bundle"]
      : ["bundle"];
    for (
      const cell of [
        ...names.length > 1 ? ["start-up", "memory"] : [],
        ...beside,
      ]
    ) {
      assert.ok(stdout.includes(`\n${cell} `), cell);
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test({
  name:
    "`deno task bench --soak` tells how much memory the proxy took over time (needs a mount namespace)",
  ignore: await podProcessObstacle() !== undefined,
  fn: async () => {
    const { code, stdout, stderr } = await bench(["--soak", "3"]);
    // Three seconds say nothing of growth: only that it was judged.
    assert.match(
      stdout,
      /^\d+ operations in 3 s; RSS [\d.]+ MB around minute one, [\d.]+ MB at the end/,
      stderr,
    );
    assert.equal(code, stdout.includes("within") ? 0 : 1);
  },
});

Deno.test("`deno task bench` tells wrong usage by exit code 2, and prints nothing as data", async () => {
  const { code, stdout, stderr } = await bench(["--fast"]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /--fast/);
  assert.match(stderr, /bench --help/);
});

Deno.test("`deno task bench --help` tells the options", async () => {
  const { code, stdout } = await bench(["--help"]);
  assert.equal(code, 0);
  for (const option of ["--quick", "--json", "--write-docs", "--soak"]) {
    assert.ok(stdout.includes(option), option);
  }
});

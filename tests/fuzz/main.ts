/**
 * `deno run -A tests/fuzz/main.ts [COUNT] [FIRST SEED]`: fuzzes requests and
 * responses, COUNT of each (100,000 unless told), and prints what it finds in
 * the form of the corpus.
 */

import { runSeeds } from "./run_seeds.ts";

if (import.meta.main) {
  const [count = "100000", first = "1"] = Deno.args;
  const findings = await runSeeds(Number(first), Number(count), (done) => {
    console.error(`${done} requests and as many responses`);
  });
  for (const finding of findings) console.log(JSON.stringify(finding));
  if (findings.length > 0) Deno.exitCode = 1;
}

import { deepStrictEqual } from "node:assert/strict";
import { fuzzRequests, type RequestCase } from "./fuzz_requests.ts";
import { fuzzResponses, type ResponseCase } from "./fuzz_responses.ts";
import { Llhttp } from "./llhttp.ts";
import { runSeeds } from "./run_seeds.ts";

/** How many seeds a run takes: few in the gate; the slow tier sets more. */
const RUNS = Number(Deno.env.get("MCA_FUZZ_RUNS") ?? 3000);
/** Another part of the endless row of seeds; the gate's is always the same. */
const FIRST = Number(Deno.env.get("MCA_FUZZ_FIRST") ?? 1);

async function corpus<T>(name: string): Promise<readonly T[]> {
  const url = new URL(`../testdata/wire/${name}.json`, import.meta.url);
  return JSON.parse(await Deno.readTextFile(url));
}

/** The case as it is, in one piece, and octet by octet. */
function splits<T extends { readonly pieces: readonly string[] }>(
  each: T,
): T[] {
  const whole = each.pieces.join("");
  return [each, { ...each, pieces: [whole] }, { ...each, pieces: [...whole] }];
}

Deno.test({
  name:
    "ClientSession.run() forwards no request of the corpus that others read otherwise",
  timeout: 30_000,
  async fn() {
    await using llhttp = new Llhttp();
    const cases = (await corpus<RequestCase>("requests")).flatMap(splits);
    deepStrictEqual((await fuzzRequests(cases, llhttp)).findings, []);
  },
});

Deno.test({
  name:
    "ClientSession.run() passes no response of the corpus that others read otherwise",
  timeout: 30_000,
  async fn() {
    await using llhttp = new Llhttp();
    const cases = (await corpus<ResponseCase>("responses")).flatMap(splits);
    deepStrictEqual((await fuzzResponses(cases, llhttp)).findings, []);
  },
});

Deno.test({
  name:
    "ClientSession.run() agrees with llhttp and with the RFCs' grammar on generated messages",
  async fn() {
    deepStrictEqual(await runSeeds(FIRST, RUNS), []);
  },
});

import assert from "node:assert/strict";
import { readOptions } from "../../bench/bench_options.ts";
import { McaError } from "../../lib/errors.ts";

Deno.test("readOptions() compares all peers unless told otherwise", () => {
  assert.deepEqual(readOptions([]), {
    kind: "compare",
    isQuick: false,
    peers: ["direct", "MCA", "ReverseProxy", "nginx"],
    jsonFile: undefined,
    writesDocs: false,
    soakSeconds: 0,
  });
  assert.deepEqual(readOptions(["--peers", "nginx,MCA"]).peers, [
    "MCA",
    "nginx",
  ]);
});

Deno.test("readOptions() soaks for ten minutes, or as long as it is told", () => {
  assert.equal(readOptions(["--soak"]).soakSeconds, 600);
  const { kind, soakSeconds } = readOptions(["--soak", "30"]);
  assert.deepEqual([kind, soakSeconds], ["soak", 30]);
});

for (const word of ["inject", "webhook"]) {
  Deno.test(`readOptions() measures something else where the word is ${word}`, () => {
    const { kind, isQuick, jsonFile } = readOptions([
      word,
      "--quick",
      "--json=figures",
    ]);
    assert.deepEqual([kind, isQuick, jsonFile], [word, true, "figures"]);
  });
}

for (
  const args of [
    ["--fast"],
    ["everything"],
    ["30"],
    ["inject", "more"],
    ["inject", "webhook"],
    ["--soak", "0"],
    ["--soak", "long"],
    ["--peers", "MCA,envoy"],
  ]
) {
  Deno.test(`readOptions() refuses ${args.join(" ")}`, () => {
    assert.throws(
      () => readOptions(args),
      (error) => error instanceof McaError && error.code === "usage",
    );
  });
}

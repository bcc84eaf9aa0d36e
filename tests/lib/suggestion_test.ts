import { strictEqual } from "node:assert/strict";
import { didYouMean, nearestWord } from "../../lib/suggestion.ts";

const WORDS = ["inject", "uninject", "proxy", "webhook", "version", "status"];

const CASES:
  readonly (readonly [given: string, nearest: string | undefined])[] = [
    ["inject", "inject"],
    ["injcet", "inject"],
    ["injec", "inject"],
    ["prooxy", "proxy"],
    ["poxy", "proxy"],
    ["prxoy", "proxy"],
    ["webhok", "webhook"],
    ["verzion", "version"],
    ["uninjct", "uninject"],
    ["st", undefined],
    ["deploy", undefined],
    ["", undefined],
  ];
for (const [given, nearest] of CASES) {
  Deno.test(`nearestWord() takes ${given || "nothing"} for ${nearest ?? "no word"}`, () => {
    strictEqual(nearestWord(given, WORDS), nearest);
  });
}

Deno.test("didYouMean() puts the word before the hint, where there is one", () => {
  strictEqual(
    didYouMean("inject", "See the help."),
    "Did you mean inject? See the help.",
  );
  strictEqual(didYouMean(undefined, "See the help."), "See the help.");
});

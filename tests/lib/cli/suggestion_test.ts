import { strictEqual } from "node:assert/strict";
import { nearestWord } from "../../../lib/cli/suggestion.ts";

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

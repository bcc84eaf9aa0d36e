import { strictEqual } from "node:assert/strict";
import { formatError, McaError, visibleText } from "../../lib/errors.ts";

Deno.test("visibleText() leaves words alone, and shows what would not be seen", () => {
  strictEqual(visibleText("Größe: 3 × 4 🦕"), "Größe: 3 × 4 🦕");
  strictEqual(
    visibleText("\u001b[31m\r\n\u009b\u202e"),
    "\\u001b[31m\\u000d\\u000a\\u009b\\u202e",
  );
});

Deno.test("formatError() lets no name of others talk to the terminal", () => {
  const error = new McaError("manifest", "Bad \u001b[2J", {
    place: { file: "a\nmca: b", field: "spec.\u0007" },
    hint: "One.\nTwo \u001b[0m.",
  });
  strictEqual(
    formatError("mca", error),
    "mca: a\\u000amca: b, spec.\\u0007: Bad \\u001b[2J\nhint: One.\nTwo \\u001b[0m.",
  );
});

import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LineBuffer } from "../../../lib/log/line_buffer.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";

function buffering() {
  const clock = new FakeClock();
  const written: string[] = [];
  return {
    clock,
    written,
    lines: new LineBuffer(clock, (text) => written.push(text)),
  };
}

Deno.test("LineBuffer.sink() writes many lines at once, soon", () => {
  const { clock, written, lines } = buffering();
  lines.sink("a\n", "info");
  lines.sink("b\n", "debug");
  deepStrictEqual(written, []);
  clock.advance(20);
  deepStrictEqual(written, ["a\nb\n"]);
  strictEqual(clock.timerCount, 0);
  lines.sink("c\n", "info");
  clock.advance(20);
  deepStrictEqual(written, ["a\nb\n", "c\n"]);
});

for (const level of ["warn", "error"] as const) {
  Deno.test(`LineBuffer.sink() writes ${level} at once, in its order`, () => {
    const { clock, written, lines } = buffering();
    lines.sink("a\n", "info");
    lines.sink("b\n", level);
    deepStrictEqual(written, ["a\nb\n"]);
    strictEqual(clock.timerCount, 0);
  });
}

Deno.test("LineBuffer.sink() does not wait with much", () => {
  const { written, lines } = buffering();
  const line = `${"x".repeat(1023)}\n`;
  for (let count = 0; count < 16; count++) lines.sink(line, "info");
  deepStrictEqual(written, [line.repeat(16)]);
});

Deno.test("LineBuffer.flush() writes what waits, and nothing where nothing does", () => {
  const { clock, written, lines } = buffering();
  lines.flush();
  lines.sink("a\n", "info");
  lines.flush();
  lines.flush();
  deepStrictEqual(written, ["a\n"]);
  strictEqual(clock.timerCount, 0);
});

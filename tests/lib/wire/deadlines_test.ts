import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Deadlines } from "../../../lib/wire/deadlines.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";

function watched() {
  const clock = new FakeClock();
  const expired: string[] = [];
  const deadlines = new Deadlines(clock);
  const add = (name: string, delay: number) =>
    deadlines.add(delay, () => expired.push(name));
  return { clock, deadlines, expired, add };
}

Deno.test("Deadlines.add() fires once, never early, and at most a sweep late", () => {
  const { clock, expired, add } = watched();
  add("a", 1_000);
  add("b", 10_000);
  clock.advance(999);
  deepStrictEqual(expired, []);
  clock.advance(501);
  deepStrictEqual(expired, ["a"]);
  clock.advance(60_000);
  deepStrictEqual(expired, ["a", "b"]);
  strictEqual(clock.timerCount, 0);
});

Deno.test("Deadlines.remove() and postpone() hold for a deadline that is due", () => {
  const { clock, deadlines, expired, add } = watched();
  const removed = add("removed", 1_000);
  const postponed = add("postponed", 1_000);
  const never = add("never", Infinity);
  clock.advance(900);
  deadlines.remove(removed);
  deadlines.postpone(postponed, 5_000);
  clock.advance(4_900);
  deepStrictEqual(expired, []);
  clock.advance(600);
  deepStrictEqual(expired, ["postponed"]);
  clock.advance(1e9);
  deadlines.postpone(never, 1);
  clock.advance(1_000);
  deepStrictEqual(expired, ["postponed", "never"]);
});

Deno.test("Deadlines.close() leaves no timer and fires nothing", () => {
  const { clock, deadlines, expired, add } = watched();
  add("a", 1_000);
  deadlines.close();
  strictEqual(clock.timerCount, 0);
  clock.advance(10_000);
  deepStrictEqual(expired, []);
});

Deno.test("Deadlines.add() has one timer for all, and none while there are none", () => {
  const { clock, deadlines, add } = watched();
  strictEqual(clock.timerCount, 0);
  const all = Array.from({ length: 1000 }, (_, at) => add(`${at}`, 60_000));
  strictEqual(clock.timerCount, 1);
  for (const deadline of all) deadlines.remove(deadline);
  clock.advance(1_000);
  strictEqual(clock.timerCount, 0);
});

Deno.test("Deadlines.add() can be called by what expires", () => {
  const { clock, deadlines, expired } = watched();
  deadlines.add(1_000, () => {
    deadlines.add(1_000, () => expired.push("second"));
  });
  clock.advance(10_000);
  deepStrictEqual(expired, ["second"]);
});

/**
 * Arbitrary changes to JSON values, for property tests.
 *
 * @module
 */

import fc from "fast-check";
import { isJsonObject, type JsonValue } from "../../../../lib/kube/json.ts";

/** Values that are worth adding: strings that need quotes, empty and nested collections. */
const NEW_VALUES: readonly JsonValue[] = [
  "x",
  "on",
  "6443",
  "x: y",
  'it\'s "q"',
  "multi\nline",
  1,
  true,
  null,
  [],
  {},
  ["a", "b"],
  { a: 1 },
  { name: "A", value: "1" },
  [{ name: "A", value: "x: y" }, { b: [1, { c: 2 }] }],
];

const NEW_KEYS = ["new", "other", "mca.k8s.io/status", "true", "0", "a b"];

/** One step: which way to go down, and what to do there. */
export interface Step {
  readonly turns: readonly number[];
  readonly action: "add" | "remove" | "replace";
  readonly key: string;
  readonly value: JsonValue;
}

function stepOf(
  actions: readonly Step["action"][],
): fc.Arbitrary<Step> {
  return fc.record({
    turns: fc.array(fc.nat(), { maxLength: 5 }),
    action: fc.constantFrom(...actions),
    key: fc.constantFrom(...NEW_KEYS),
    value: fc.constantFrom(...NEW_VALUES),
  });
}

/** A change to any value: steps, one after the other. */
export type Change = readonly Step[];

/** Changes that only add keys and items. */
export const addition: fc.Arbitrary<Change> = changeOf(["add"]);

/** Changes of every kind. */
export const anyChange: fc.Arbitrary<Change> = changeOf([
  "add",
  "add",
  "remove",
  "replace",
]);

function changeOf(actions: readonly Step["action"][]): fc.Arbitrary<Change> {
  return fc.array(stepOf(actions), { minLength: 1, maxLength: 4 });
}

/** The value with the change made. */
export function makeChange(value: JsonValue, change: Change): JsonValue {
  return change.reduce((at, step) => takeStep(at, step, step.turns), value);
}

function takeStep(
  value: JsonValue,
  step: Step,
  turns: readonly number[],
): JsonValue {
  const [turn, ...rest] = turns;
  if (Array.isArray(value)) {
    const at = (turn ?? 0) % (value.length + 1);
    const child = value[at];
    if (child !== undefined && rest.length > 0) {
      return value.with(at, takeStep(child, step, rest));
    }
    return changeList(value, at, step);
  }
  if (!isJsonObject(value)) {
    return step.action === "replace" ? step.value : value;
  }
  const keys = Object.keys(value);
  const key = keys[(turn ?? 0) % Math.max(keys.length, 1)];
  if (key !== undefined && rest.length > 0) {
    return { ...value, [key]: takeStep(value[key] ?? null, step, rest) };
  }
  if (step.action === "add") {
    return Object.hasOwn(value, step.key)
      ? value
      : { ...value, [step.key]: step.value };
  }
  if (key === undefined) return value;
  const { [key]: _, ...others } = value;
  return step.action === "remove" ? others : { ...value, [key]: step.value };
}

function changeList(
  list: readonly JsonValue[],
  at: number,
  { action, value }: Step,
): JsonValue[] {
  if (action === "add") return list.toSpliced(at, 0, value);
  if (at === list.length) return [...list];
  return action === "remove" ? list.toSpliced(at, 1) : list.with(at, value);
}

/**
 * Label selectors as they stand in objects: `matchLabels` and
 * `matchExpressions` (Kubernetes documentation, "Labels and Selectors").
 *
 * @module
 */

import { isJsonObject, type JsonValue } from "../kube/json.ts";

/** Labels by name. */
export type Labels = Readonly<Record<string, string>>;

type Test = (label: string | undefined, values: readonly string[]) => boolean;

/** A label that is absent differs from every value. */
const OPERATORS: Readonly<Record<string, Test>> = {
  In: (label, values) => label !== undefined && values.includes(label),
  NotIn: (label, values) => label === undefined || !values.includes(label),
  Exists: (label) => label !== undefined,
  DoesNotExist: (label) => label === undefined,
};

/**
 * Whether the selector selects what has these labels. One that is absent or
 * empty selects everything; one that cannot be understood, nothing.
 *
 * @example
 * ```ts
 * import { selects } from "./object_selector.ts";
 *
 * const selector = { matchLabels: { app: "web" } };
 * console.log(selects(selector, { app: "web", tier: "a" })); // true
 * ```
 */
export function selects(
  selector: JsonValue | undefined,
  labels: Labels,
): boolean {
  if (selector === undefined || selector === null) return true;
  if (!isJsonObject(selector)) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return isJsonObject(matchLabels) && Array.isArray(matchExpressions) &&
    Object.entries(matchLabels).every(([key, value]) =>
      labels[key] === value
    ) &&
    matchExpressions.every((expression) => holds(expression, labels));
}

function holds(expression: JsonValue, labels: Labels): boolean {
  if (!isJsonObject(expression)) return false;
  const { key, operator, values } = expression;
  const test = typeof operator === "string" ? OPERATORS[operator] : undefined;
  if (typeof key !== "string" || test === undefined) return false;
  const texts = Array.isArray(values)
    ? values.filter((value) => typeof value === "string")
    : [];
  return test(labels[key], texts);
}

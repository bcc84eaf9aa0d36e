/**
 * Label and field selectors as predicates on objects.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
 * @module
 */

import { parseFieldSelector } from "../../lib/kube/field_selector.ts";
import type { JsonObject } from "../../lib/kube/json.ts";
import {
  type LabelOperator,
  parseLabelSelector,
} from "../../lib/kube/label_selector.ts";
import { badRequest } from "./api_error.ts";
import { textAt, valueAt } from "../../lib/kube/object_fields.ts";
import type { ResourceType } from "./resource_types.ts";

/** Whether an object is meant. */
export type Selector = (object: JsonObject) => boolean;

/** Whether a label's value satisfies each operator; undefined stands for no such label. */
const LABEL_TESTS: Readonly<
  Record<
    LabelOperator,
    (value: string | undefined, values: readonly string[]) => boolean
  >
> = {
  "=": (value, values) => value !== undefined && values.includes(value),
  "!=": (value, values) => value === undefined || !values.includes(value),
  in: (value, values) => value !== undefined && values.includes(value),
  notin: (value, values) => value === undefined || !values.includes(value),
  exists: (value) => value !== undefined,
  "!": (value) => value === undefined,
  gt: (value, values) => Number(value) > Number(values[0]),
  lt: (value, values) => Number(value) < Number(values[0]),
};

/**
 * A label selector as a predicate.
 *
 * @throws {ApiError} 400 where the selector cannot be read.
 * @example
 * ```ts
 * import { labelPredicate } from "./selectors.ts";
 *
 * const selects = labelPredicate("app=web,tier notin (db)");
 * console.log(selects({ metadata: { labels: { app: "web" } } })); // true
 * ```
 */
export function labelPredicate(selector: string): Selector {
  const requirements = parseLabelSelector(selector);
  if (requirements === null) {
    throw badRequest(
      `unable to parse requirement: ${JSON.stringify(selector)}`,
    );
  }
  return (object) =>
    requirements.every(({ key, operator, values }) => {
      const value = valueAt(object, "metadata", "labels", key);
      return LABEL_TESTS[operator](
        typeof value === "string" ? value : undefined,
        values,
      );
    });
}

function fieldText(object: JsonObject, field: string): string {
  if (field === "source") {
    return textAt(object, "source", "component") ||
      textAt(object, "reportingComponent");
  }
  const value = valueAt(object, ...field.split("."));
  return value === undefined || value === null ? "" : String(value);
}

/**
 * A field selector as a predicate.
 *
 * @throws {ApiError} 400 where the selector cannot be read, or names a field
 * that this resource cannot be selected by.
 */
export function fieldPredicate(type: ResourceType, selector: string): Selector {
  const requirements = parseFieldSelector(selector);
  if (requirements === null) {
    throw badRequest(
      `invalid selector: '${selector}'; can't understand '${selector}'`,
    );
  }
  const selectable = ["metadata.name", "metadata.namespace"].concat(
    type.selectableFields,
  );
  const unknown = requirements.find(({ field }) => !selectable.includes(field));
  if (unknown !== undefined) {
    throw badRequest(
      type.selectableFields.length === 0
        ? `"${unknown.field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
        : `field label not supported: ${unknown.field}`,
    );
  }
  return (object) =>
    requirements.every(({ field, operator, value }) =>
      (fieldText(object, field) === value) === (operator === "=")
    );
}

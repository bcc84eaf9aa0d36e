import assert from "node:assert/strict";
import type { JsonValue } from "../../../lib/kube/json.ts";
import { type Labels, selects } from "../../../lib/status/object_selector.ts";

function expression(operator: string, values?: readonly string[]): JsonValue {
  return {
    matchExpressions: [{
      key: "a",
      operator,
      ...(values === undefined ? {} : { values: [...values] }),
    }],
  };
}

const CASES: readonly (readonly [
  name: string,
  selector: JsonValue | undefined,
  labels: Labels,
  expected: boolean,
])[] = [
  ["no selector", undefined, {}, true],
  ["a null selector", null, {}, true],
  ["an empty selector", {}, { a: "b" }, true],
  ["a label", { matchLabels: { a: "b" } }, { a: "b", c: "d" }, true],
  ["another value", { matchLabels: { a: "b" } }, { a: "c" }, false],
  ["an absent label", { matchLabels: { a: "b" } }, {}, false],
  ["In", expression("In", ["x", "b"]), { a: "b" }, true],
  ["In without the label", expression("In", ["b"]), {}, false],
  ["NotIn", expression("NotIn", ["b"]), { a: "c" }, true],
  ["NotIn without the label", expression("NotIn", ["b"]), {}, true],
  ["NotIn with the value", expression("NotIn", ["b"]), { a: "b" }, false],
  ["Exists", expression("Exists"), { a: "" }, true],
  ["Exists without the label", expression("Exists"), {}, false],
  ["DoesNotExist", expression("DoesNotExist"), {}, true],
  ["DoesNotExist with the label", expression("DoesNotExist"), { a: "" }, false],
  ["an unknown operator", expression("Gt", ["1"]), { a: "2" }, false],
  [
    "one of two that fails",
    { matchLabels: { a: "b" }, ...Object(expression("In", ["c"])) },
    { a: "b" },
    false,
  ],
  ["what is no selector", "a=b", { a: "b" }, false],
];

Deno.test("selects() reads selectors as the API server does", () => {
  for (const [name, selector, labels, expected] of CASES) {
    assert.equal(selects(selector, labels), expected, name);
  }
});

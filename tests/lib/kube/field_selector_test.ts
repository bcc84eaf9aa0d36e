import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  type FieldRequirement,
  parseFieldSelector,
  requiredValue,
} from "../../../lib/kube/field_selector.ts";

type Requirement = [
  field: FieldRequirement["field"],
  operator: FieldRequirement["operator"],
  value: FieldRequirement["value"],
];

Deno.test("parseFieldSelector() understands requirements, sorted by their text", () => {
  const cases: [selector: string, ...requirements: Requirement[]][] = [
    [""],
    [",,"],
    ["a=b", ["a", "=", "b"]],
    ["a==b", ["a", "=", "b"]],
    ["a!=b", ["a", "!=", "b"]],
    ["a=", ["a", "=", ""]],
    ["=b", ["", "=", "b"]],
    ["b=1,a=2,", ["a", "=", "2"], ["b", "=", "1"]],
    [`a=b\\,c\\=d\\\\e`, ["a", "=", `b,c=d\\e`]],
    [" a = b ", [" a ", "=", " b "]],
    ["a=\u{1f600},a=\uffff", ["a", "=", "\uffff"], ["a", "=", "\u{1f600}"]],
  ];
  for (const [selector, ...requirements] of cases) {
    deepStrictEqual(
      parseFieldSelector(selector),
      requirements.map(([field, operator, value]) => ({
        field,
        operator,
        value,
      })),
      selector,
    );
  }
});

Deno.test("parseFieldSelector() refuses what kube-apiserver refuses", () => {
  for (const selector of ["a", "a=b,c", "a=b=c", "a===b", "a=\\b", "a=\\"]) {
    strictEqual(parseFieldSelector(selector), null, selector);
  }
});

Deno.test("requiredValue() gives the value that no object can do without", () => {
  const cases: [selector: string, value: string | undefined][] = [
    ["metadata.name=a", "a"],
    ["metadata.name=", ""],
    ["metadata.name!=a", undefined],
    ["metadata.namespace=a", undefined],
    ["metadata.name!=a,metadata.name=b,metadata.name=c", "b"],
  ];
  for (const [selector, value] of cases) {
    const requirements = parseFieldSelector(selector) ?? [];
    strictEqual(requiredValue(requirements, "metadata.name"), value, selector);
  }
});

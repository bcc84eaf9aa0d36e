import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  type LabelOperator,
  parseLabelSelector,
} from "../../../lib/kube/label_selector.ts";

type Requirement = [key: string, operator: LabelOperator, ...values: string[]];

Deno.test("parseLabelSelector() understands all forms of requirements", () => {
  const cases: [selector: string, ...requirements: Requirement[]][] = [
    [""],
    [" \t\r\n"],
    ["a", ["a", "exists"]],
    ["!a", ["a", "!"]],
    ["a=b", ["a", "=", "b"]],
    ["a == b", ["a", "=", "b"]],
    ["a!=b", ["a", "!=", "b"]],
    ["a=", ["a", "=", ""]],
    ["a=,b", ["a", "=", ""], ["b", "exists"]],
    ["a in (c,b,c)", ["a", "in", "b", "c"]],
    ["a notin()", ["a", "notin", ""]],
    ["a in (,b)", ["a", "in", "", "b"]],
    ["a in (b,,c)", ["a", "in", "", "b", "c"]],
    ["a in (b,)", ["a", "in", "", "b"]],
    ["in in (in,notin)", ["in", "in", "in", "notin"]],
    ["a>5,b<007", ["a", "gt", "5"], ["b", "lt", "007"]],
    [
      "example.com/Name_1.x=V-1, z",
      ["example.com/Name_1.x", "=", "V-1"],
      ["z", "exists"],
    ],
    [`a=${"v".repeat(63)}`, ["a", "=", "v".repeat(63)]],
    ["a>9223372036854775807", ["a", "gt", "9223372036854775807"]],
  ];
  for (const [selector, ...requirements] of cases) {
    deepStrictEqual(
      parseLabelSelector(selector),
      requirements.map(([key, operator, ...values]) => ({
        key,
        operator,
        values,
      })),
      selector,
    );
  }
});

Deno.test("parseLabelSelector() refuses what kube-apiserver refuses", () => {
  const selectors = [
    ...[",", "a,", ",a", "a,,b", "a b", "=b", "a=b=c", "a===b", "a=(b)"],
    ...["!", "!!a", "!a=b", "!a in (b)", "a!", "a in", "a in b", "a in (b"],
    ...["a in (b c)", "a in ((b))", "a in (b)c", "(a)", "a>", "a>x", "a>-1"],
    ...["a>1.5", "a>9223372036854775808", `a>${"0".repeat(64)}`],
    ...["-a", "a-", "a/b/c", "/a", "a/", "Ex.io/a", "-x.io/a", "a..b/c"],
    ...[
      `${"k".repeat(64)}`,
      `${"p".repeat(254)}/a`,
      "a=-b",
      "a=b-",
      "é",
      "a=é",
    ],
    `a=${"v".repeat(64)}`,
  ];
  for (const selector of selectors) {
    strictEqual(parseLabelSelector(selector), null, selector);
  }
});

/**
 * Reads the JUnit report of `deno test --junit-path`. Only its own XML is
 * understood: one `<testcase>` per test or step, text escaped, so that a tag
 * name in a test's output cannot be taken for a tag.
 *
 * @module
 */

import type { Tally } from "./tally.ts";

/** One test, or one step of a test. */
export interface TestCase {
  /** The module, as the runner names it: `./tests/lib/errors_test.ts`. */
  readonly file: string;
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function unescape(text: string): string {
  return text.replaceAll(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => {
    if (!name.startsWith("#")) return entities[name] ?? whole;
    const hexadecimal = name.startsWith("#x");
    return String.fromCodePoint(
      parseInt(name.slice(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10),
    );
  });
}

function attribute(tag: string, name: string): string {
  const match = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  if (match?.[1] === undefined) {
    throw new Error(`No attribute ${name} in the JUnit report at ${tag}`);
  }
  return unescape(match[1]);
}

/**
 * The tests and steps of the report, in its order.
 *
 * @throws {Error} Where the report is cut off or its own sums do not hold.
 */
export function parseJunit(xml: string): TestCase[] {
  const head = /<testsuites\s[^>]*>/.exec(xml)?.[0];
  if (head === undefined || !xml.trimEnd().endsWith("</testsuites>")) {
    throw new Error("The JUnit report is not whole");
  }
  const cases: TestCase[] = [];
  for (
    const [, tag, body] of xml.matchAll(
      /(<testcase\s[^>]*>)(.*?)<\/testcase>/gs,
    )
  ) {
    if (tag === undefined || body === undefined) continue;
    cases.push({
      file: attribute(tag, "classname"),
      name: attribute(tag, "name"),
      outcome: /<(failure|error)[\s>]/.test(body)
        ? "failed"
        : /<skipped[\s/>]/.test(body)
        ? "skipped"
        : "passed",
    });
  }
  const tally = tallyCases(cases);
  const tests = Number(attribute(head, "tests"));
  const failures = Number(attribute(head, "failures")) +
    Number(attribute(head, "errors"));
  if (tests !== cases.length || failures !== tally.failed) {
    throw new Error(
      `The JUnit report says ${tests} tests and ${failures} failures, but lists ${cases.length} and ${tally.failed}`,
    );
  }
  return cases;
}

/** How many of the cases ended how. */
export function tallyCases(cases: readonly TestCase[]): Tally {
  const count = (outcome: TestCase["outcome"]) =>
    cases.filter((testCase) => testCase.outcome === outcome).length;
  return {
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
  };
}

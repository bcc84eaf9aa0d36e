import assert from "node:assert/strict";
import { parseJunit, tallyCases } from "../../../tools/gate/junit.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="2" errors="0" time="0.029">
    <testsuite name="./a_test.ts" tests="4" disabled="1" errors="0" failures="2">
        <testcase name="a() works" classname="./a_test.ts" time="0.000" line="1" col="6">
        </testcase>
        <testcase name="b() keeps &lt;x&gt; &amp; &quot;q&quot; &#x41;&#66;" classname="./a_test.ts" time="0.000" line="2" col="6">
            <skipped/>
        </testcase>
        <testcase name="c() has steps" classname="./a_test.ts" time="0.002" line="3" col="6">
            <failure message="1 test step failed">1 test step failed.</failure>
        </testcase>
        <testcase name="c() has steps &gt; one" classname="./a_test.ts" time="0.000" line="3" col="45">
            <failure message="Error: boom]]&gt;">Error: &lt;testcase name=&quot;x&quot;&gt; &lt;skipped/&gt;
    at file:///a_test.ts:3:149</failure>
        </testcase>
    </testsuite>
</testsuites>
`;

Deno.test("parseJunit() reads each test and step with its outcome", () => {
  assert.deepEqual(parseJunit(report), [
    { file: "./a_test.ts", name: "a() works", outcome: "passed" },
    { file: "./a_test.ts", name: 'b() keeps <x> & "q" AB', outcome: "skipped" },
    { file: "./a_test.ts", name: "c() has steps", outcome: "failed" },
    { file: "./a_test.ts", name: "c() has steps > one", outcome: "failed" },
  ]);
});

Deno.test("parseJunit() refuses a report that is cut off", () => {
  for (const end of [0, 60, report.length / 2, report.length - 4]) {
    assert.throws(() => parseJunit(report.slice(0, end)), /not whole/);
  }
});

Deno.test("parseJunit() refuses a report whose sums do not hold", () => {
  for (
    const [right, wrong] of [
      ['tests="4" failures="2"', 'tests="5" failures="2"'],
      ['tests="4" failures="2"', 'tests="4" failures="1"'],
    ] as const
  ) {
    assert.throws(
      () => parseJunit(report.replace(right, wrong)),
      /but lists 4 and 2/,
    );
  }
});

Deno.test("tallyCases() counts by outcome", () => {
  assert.deepEqual(tallyCases(parseJunit(report)), {
    passed: 1,
    failed: 2,
    skipped: 1,
  });
  assert.deepEqual(tallyCases([]), { passed: 0, failed: 0, skipped: 0 });
});

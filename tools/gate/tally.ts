/** How many tests ended how. A step that is no test run counts as one test. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Nothing counted. */
export const emptyTally: Tally = { passed: 0, failed: 0, skipped: 0 };

/** All tallies in one. */
export function addTallies(tallies: Iterable<Tally>): Tally {
  let { passed, failed, skipped } = emptyTally;
  for (const tally of tallies) {
    passed += tally.passed;
    failed += tally.failed;
    skipped += tally.skipped;
  }
  return { passed, failed, skipped };
}

/** The last line of a run; CI reads it. */
export function formatTally({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

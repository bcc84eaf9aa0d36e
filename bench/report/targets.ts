/**
 * What MCA is to reach, and whether it did.
 *
 * @module
 */

import type { Row } from "../measure/series.ts";

/** A target, as it came out. */
export interface Verdict {
  readonly cell: string;
  readonly figure: string;
  /** `at least 1.5 × ReverseProxy`. */
  readonly target: string;
  /** What was to be compared with the target, in the target's measure. */
  readonly value: number;
  readonly limit: number;
  readonly isMet: boolean;
}

interface TargetRule {
  readonly cell: RegExp;
  readonly figure: RegExp;
  readonly target: string;
  readonly limit: number;
  readonly better: "more" | "less";
  /** Undefined where what it takes was not measured. */
  value(row: Row): number | undefined;
}

const PROXY = "MCA";
const REFERENCE = "ReverseProxy";
const WEBHOOK = "MCA webhook";

function timesReference({ median }: Row): number | undefined {
  const [own, other] = [median[PROXY], median[REFERENCE]];
  return own === undefined || other === undefined ? undefined : own / other;
}

function added({ median }: Row): number | undefined {
  const [own, direct] = [median[PROXY], median["direct"]];
  return own === undefined || direct === undefined
    ? undefined
    : (own - direct) / 1000;
}

const itself = ({ median }: Row): number | undefined => median[PROXY];
const webhookItself = ({ median }: Row): number | undefined => median[WEBHOOK];

function milliseconds(microseconds: number | undefined): number | undefined {
  return microseconds === undefined ? undefined : microseconds / 1000;
}

const RULES: readonly TargetRule[] = [
  {
    cell: /^GET /,
    figure: /^requests\/s$/,
    target: "at least 1.5 × ReverseProxy",
    limit: 1.5,
    better: "more",
    value: timesReference,
  },
  {
    cell: /^GET /,
    figure: /^p(50|99)$/,
    target: "at most ReverseProxy's",
    limit: 1,
    better: "less",
    value: timesReference,
  },
  {
    cell: /^watch event/,
    figure: /^p99$/,
    target: "adds less than 0.5 ms",
    limit: 0.5,
    better: "less",
    value: added,
  },
  {
    cell: /^start-up$/,
    figure: /^exec to first answer$/,
    target: "at most 150 ms",
    limit: 150,
    better: "less",
    value: itself,
  },
  {
    cell: /^memory$/,
    figure: /^RSS after load$/,
    target: "at most 64 MB",
    limit: 64,
    better: "less",
    value: itself,
  },
  {
    cell: /^memory$/,
    figure: /^RSS with 500 watches$/,
    target: "at most 96 MB",
    limit: 96,
    better: "less",
    value: itself,
  },
  {
    cell: /^200 reviews\/s/,
    figure: /^p99$/,
    target: "less than 10 ms",
    limit: 10,
    better: "less",
    value: (row) => milliseconds(webhookItself(row)),
  },
  {
    cell: /^memory of the webhook$/,
    figure: /^RSS (idle|after 200 reviews\/s)$/,
    target: "less than 100 MB",
    limit: 100,
    better: "less",
    value: webhookItself,
  },
];

/** Each target that the rows can tell of. */
export function verdicts(rows: readonly Row[]): Verdict[] {
  return RULES.flatMap((rule) =>
    rows.flatMap((row) => {
      if (!rule.cell.test(row.cell) || !rule.figure.test(row.figure)) return [];
      const value = rule.value(row);
      if (value === undefined) return [];
      return [{
        cell: row.cell,
        figure: row.figure,
        target: rule.target,
        value,
        limit: rule.limit,
        isMet: rule.better === "more"
          ? value >= rule.limit
          : value <= rule.limit,
      }];
    })
  );
}

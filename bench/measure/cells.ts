/**
 * What is measured: each cell a load and the figures that come of it.
 *
 * @module
 */

import type { Job, LoadResult, Target } from "../load/job.ts";
import { RESOURCES } from "../origin/resources.ts";
import type { Series } from "./series.ts";

/** How much of everything: a short run proves that all of it works, and no more. */
export interface Effort {
  readonly rounds: number;
  /** Of each load. */
  readonly seconds: number;
  /** Of each watch load. */
  readonly events: number;
  readonly bursts: number;
  readonly starts: number;
  /** Of the load that lets just-in-time compilers finish first. */
  readonly warmUpSeconds: number;
  readonly watches: readonly number[];
}

/** Enough for figures to be quoted. */
export const FULL: Effort = {
  rounds: 7,
  seconds: 1.5,
  events: 400,
  bursts: 40,
  starts: 9,
  warmUpSeconds: 2,
  watches: [1, 100, 500],
};

/** Enough to see that it works. */
export const QUICK: Effort = {
  rounds: 1,
  seconds: 0.1,
  events: 5,
  bursts: 2,
  starts: 1,
  warmUpSeconds: 0.1,
  watches: [1, 20],
};

/** A figure of a cell. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** Which is better. */
  readonly better: "more" | "less";
  /**
   * Reads it from a result; `processorTime` is what the peer took, in
   * milliseconds, undefined where there is no peer.
   */
  value(
    result: LoadResult,
    processorTime: number | undefined,
  ): number | undefined;
}

/** A load's name and its figures. */
export interface Measured {
  readonly name: string;
  readonly figures: readonly Figure[];
}

/** A load with its figures. */
export interface Cell extends Measured {
  /** Whether the load is watches, which come last. */
  readonly watches?: number;
  job(target: Target, origin: Target): Job;
}

/** How many a second. */
export const RATE: Figure = {
  name: "requests/s",
  unit: "/s",
  better: "more",
  value: ({ count, seconds }) => count / seconds,
};

/** What half of them take at most. */
export const P50: Figure = {
  name: "p50",
  unit: "µs",
  better: "less",
  value: ({ latency }) => latency.p50,
};

/** What 99 of 100 take at most. */
export const P99: Figure = {
  name: "p99",
  unit: "µs",
  better: "less",
  value: ({ latency }) => latency.p99,
};

/** What each costs the process. */
export const PROCESSOR: Figure = {
  name: "CPU per request",
  unit: "µs",
  better: "less",
  value: ({ count }, time) =>
    time === undefined || count === 0 ? undefined : time * 1000 / count,
};

const REQUEST_FIGURES = [RATE, P50, P99, PROCESSOR];

function throughput(octets: number): Figure {
  return {
    name: "throughput",
    unit: "MB/s",
    better: "more",
    value: ({ count, seconds }) => count * octets / seconds / 2 ** 20,
  };
}

const LARGE_FIGURES = [throughput(RESOURCES.large.length), PROCESSOR];
/** At once, of large bodies and of new connections. */
const FEW = 4;

/** All cells, in the order of the tables. */
export function cellsOf(effort: Effort): readonly Cell[] {
  const { seconds, events, bursts } = effort;
  const requests = ([["1.2 KB", "small"], ["120 KB", "medium"]] as const)
    .flatMap(([size, name]) =>
      [1, 8, 32].map((connections): Cell => ({
        name: `GET ${size}, ${connections} ${
          plural(connections, "connection")
        }`,
        figures: REQUEST_FIGURES,
        job: (target) => ({
          kind: "requests",
          target,
          ...RESOURCES[name],
          connections,
          seconds,
        }),
      }))
    );
  const watches = effort.watches.map((count): Cell => ({
    name: `watch event, ${count} ${plural(count, "watch")}`,
    figures: [P50, P99],
    watches: count,
    job: (target, origin) => ({
      kind: "watches",
      target,
      origin,
      watches: count,
      events,
      isBurst: false,
    }),
  }));
  const burst = effort.watches.filter((count) => count > 1)
    .map((count): Cell => ({
      name: `event to all of ${count} watches`,
      figures: [P50, P99],
      watches: count,
      job: (target, origin) => ({
        kind: "watches",
        target,
        origin,
        watches: count,
        events: bursts,
        isBurst: true,
      }),
    }));
  return [
    ...requests,
    {
      name: `download 10 MB, ${FEW} connections`,
      figures: LARGE_FIGURES,
      job: (target) => ({
        kind: "requests",
        target,
        ...RESOURCES.large,
        connections: FEW,
        seconds: seconds * 2,
      }),
    },
    {
      name: `upload 10 MB, ${FEW} connections`,
      figures: LARGE_FIGURES,
      job: (target) => ({
        kind: "uploads",
        target,
        length: RESOURCES.large.length,
        connections: FEW,
        seconds: seconds * 2,
      }),
    },
    {
      name: `new connection each, ${FEW} at once`,
      figures: [{ ...RATE, name: "connections/s" }, PROCESSOR],
      job: (target) => ({ kind: "connect", target, connections: FEW, seconds }),
    },
    ...watches,
    ...burst,
  ];
}

function plural(count: number, one: string): string {
  if (count === 1) return one;
  return one.endsWith("ch") ? `${one}es` : `${one}s`;
}

/** Takes a load's figures; `processorTime` as in {@link Figure.value}. */
export function addFigures(
  series: Series,
  { name, figures }: Measured,
  peer: string,
  result: LoadResult,
  processorTime: number | undefined,
): void {
  for (const figure of figures) {
    const value = figure.value(result, processorTime);
    if (value === undefined) continue;
    const { unit, better } = figure;
    series.add({ cell: name, figure: figure.name, unit, better }, peer, value);
  }
}

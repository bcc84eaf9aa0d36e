/**
 * Figures measured several times, by peer.
 *
 * @module
 */

/** One figure of all peers. */
export interface Row {
  /** What was done. */
  readonly cell: string;
  /** What was measured of it. */
  readonly figure: string;
  readonly unit: string;
  readonly better: "more" | "less";
  /** Each round's value, by the peer's name. */
  readonly rounds: Readonly<Record<string, readonly number[]>>;
  /** The median of the rounds, by the peer's name. */
  readonly median: Readonly<Record<string, number>>;
}

/** What a {@link Row} is named. */
export type RowName = Pick<Row, "cell" | "figure" | "unit" | "better">;

/** Collects values into rows: the cells in the order of their first values, the figures within too. */
export class Series {
  readonly #cells = new Map<string, Map<string, Unfinished>>();

  /** Takes one value. */
  add(name: RowName, peer: string, value: number): void {
    const figures = this.#cells.get(name.cell) ?? new Map<string, Unfinished>();
    this.#cells.set(name.cell, figures);
    const row = figures.get(name.figure) ?? { name, rounds: {} };
    figures.set(name.figure, row);
    (row.rounds[peer] ??= []).push(value);
  }

  /** All rows. */
  rows(): Row[] {
    return [...this.#cells.values()].flatMap((figures) =>
      [...figures.values()].map(({ name, rounds }) => ({
        ...name,
        rounds,
        median: Object.fromEntries(
          Object.entries(rounds).map((
            [peer, values],
          ) => [peer, median(values)]),
        ),
      }))
    );
  }
}

interface Unfinished {
  readonly name: RowName;
  readonly rounds: Record<string, number[]>;
}

/** The middle value; of an even count, the middle of the two. NaN where there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
  const high = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return (low + high) / 2;
}

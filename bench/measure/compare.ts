/**
 * The whole comparison: start-up, loads in interleaved rounds, memory.
 *
 * @module
 */

import type { Target } from "../load/job.ts";
import { RESOURCES } from "../origin/resources.ts";
import { preparePod } from "../peers/mca.ts";
import { addFigures, type Cell, cellsOf, type Effort } from "./cells.ts";
import type { Laboratory } from "./laboratory.ts";
import {
  highestMemory,
  machineUse,
  memoryOf,
  othersShare,
  processorTimeOf,
} from "./process_usage.ts";
import { type Row, type RowName, Series } from "./series.ts";
import { started, startUpTime } from "./start_up.ts";

/** How long a process is left alone before its memory is taken. Milliseconds. */
const REST = 1_000;

interface RunningPeer {
  readonly name: string;
  readonly target: Target;
  readonly pid: number | undefined;
}

/** What a comparison gives. */
export interface Comparison {
  readonly rows: readonly Row[];
  /** The share of the machine that other processes took during the loads: more than a little spoils the figures. */
  readonly othersShare: number;
}

/** Measures everything; `tell` is told of what goes on. */
export async function compare(
  laboratory: Laboratory,
  effort: Effort,
  tell: (line: string) => void,
): Promise<Comparison> {
  const series = new Series();
  await measureStartUp(laboratory, effort, series, tell);
  await using resources = new AsyncDisposableStack();
  const peers: RunningPeer[] = [];
  for (const kind of laboratory.present) {
    const prepared = resources.use(
      await kind.prepare(laboratory.surroundings),
    );
    const target = await started(prepared);
    peers.push({ name: kind.name, target, pid: prepared.pid });
  }
  await measureMemory(peers, "idle", series);
  for (const { name, target } of peers) {
    tell(`Warming up ${name}`);
    await warmUp(laboratory, target, effort.warmUpSeconds);
  }
  const cells = cellsOf(effort);
  const run = new Rounds(laboratory, peers, series, tell);
  const before = await machineUse();
  await run.all(cells.filter(({ watches }) => watches === undefined), effort);
  await measureMemory(peers, "after load", series);
  await run.all(cells.filter(({ watches }) => watches !== undefined), effort);
  return {
    rows: series.rows(),
    othersShare: othersShare(before, await machineUse()),
  };
}

async function measureStartUp(
  laboratory: Laboratory,
  effort: Effort,
  series: Series,
  tell: (line: string) => void,
): Promise<void> {
  const { present, surroundings } = laboratory;
  const name = (figure: string): RowName => ({
    cell: "start-up",
    figure,
    unit: "ms",
    better: "less",
  });
  for (let round = 1; round <= effort.starts; round++) {
    tell(`Start-up, round ${round} of ${effort.starts}`);
    for (const kind of present) {
      if (kind.name === "direct") continue;
      laboratory.goOn();
      await using peer = await kind.prepare(surroundings);
      const time = await startUpTime(peer);
      series.add(name("exec to first answer"), kind.name, time);
      if (kind.name !== "MCA") {
        series.add(name("container restarted"), kind.name, time);
      }
    }
    if (!present.some((kind) => kind.name === "MCA")) continue;
    await using pod = await preparePod(surroundings);
    await started(pod);
    await pod.prepareAgain();
    series.add(name("container restarted"), "MCA", await startUpTime(pod));
  }
}

async function warmUp(
  laboratory: Laboratory,
  target: Target,
  seconds: number,
): Promise<void> {
  for (const resource of [RESOURCES.small, RESOURCES.medium]) {
    await laboratory.run({
      kind: "requests",
      target,
      ...resource,
      connections: 8,
      seconds,
    });
  }
}

async function measureMemory(
  peers: readonly RunningPeer[],
  when: string,
  series: Series,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, REST));
  for (const { name, pid } of peers) {
    if (pid === undefined) continue;
    addMemory(series, when, name, await memoryOf(pid));
  }
}

function addMemory(
  series: Series,
  when: string,
  peer: string,
  memory: { readonly resident: number; readonly anonymous: number },
): void {
  const row = (figure: string): RowName => ({
    cell: "memory",
    figure,
    unit: "MB",
    better: "less",
  });
  series.add(row(`RSS ${when}`), peer, memory.resident);
  series.add(row(`anonymous ${when}`), peer, memory.anonymous);
}

/** Runs each cell against each peer, round by round, so that what drifts drifts for all. */
class Rounds {
  readonly #laboratory: Laboratory;
  readonly #peers: readonly RunningPeer[];
  readonly #series: Series;
  readonly #tell: (line: string) => void;

  constructor(
    laboratory: Laboratory,
    peers: readonly RunningPeer[],
    series: Series,
    tell: (line: string) => void,
  ) {
    this.#laboratory = laboratory;
    this.#peers = peers;
    this.#series = series;
    this.#tell = tell;
  }

  async all(cells: readonly Cell[], effort: Effort): Promise<void> {
    const most = Math.max(...effort.watches);
    for (let round = 0; round < effort.rounds; round++) {
      for (const cell of cells) {
        this.#tell(`Round ${round + 1} of ${effort.rounds}: ${cell.name}`);
        for (let turn = 0; turn < this.#peers.length; turn++) {
          // Each round begins with another peer.
          const peer = this.#peers[(round + turn) % this.#peers.length];
          if (peer !== undefined) {
            await this.#one(cell, peer, cell.watches === most);
          }
        }
      }
    }
  }

  async #one(
    cell: Cell,
    { name, target, pid }: RunningPeer,
    takesMemory: boolean,
  ): Promise<void> {
    const job = cell.job(target, this.#laboratory.origin);
    const before = pid === undefined ? 0 : await processorTimeOf(pid);
    const running = this.#laboratory.run(job);
    const memory = pid !== undefined && takesMemory
      ? await highestMemory(pid, running)
      : undefined;
    const result = await running;
    const time = pid === undefined
      ? undefined
      : await processorTimeOf(pid) - before;
    addFigures(this.#series, cell, name, result, time);
    if (memory !== undefined) {
      addMemory(this.#series, `with ${cell.watches} watches`, name, memory);
    }
  }
}

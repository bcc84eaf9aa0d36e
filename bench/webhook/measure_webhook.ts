/**
 * The webhook's figures: reviews a second, latencies, memory.
 *
 * @module
 */

import { McaError } from "../../lib/errors.ts";
import { podProcessObstacle } from "../../tests/pod/pod_process.ts";
import type { Job, Target } from "../load/job.ts";
import {
  addFigures,
  type Effort,
  type Measured,
  P50,
  P99,
  PROCESSOR,
  RATE,
} from "../measure/cells.ts";
import { LoadGenerator } from "../measure/load_generator.ts";
import { memoryOf, processorTimeOf } from "../measure/process_usage.ts";
import { type Row, Series } from "../measure/series.ts";
import { podReview } from "./pod_review.ts";
import { ShippedWebhook } from "./shipped_webhook.ts";

/** What tables call it. */
export const WEBHOOK = "MCA webhook";

/** How long it is left alone before its memory is taken. Milliseconds. */
const REST = 1_000;

/** The pods: an ordinary one, and one that is larger than most people's largest. */
const PODS = [
  { size: "5 KB", review: podReview(5 * 1024, 2) },
  { size: "200 KB", review: podReview(200 * 1024, 20) },
] as const;

/** What a large cluster has when everything is rolled out at once. */
const RATE_OF_ARRIVALS = 200;

interface WebhookCell extends Measured {
  job(target: Target): Job;
}

const COST = { ...PROCESSOR, name: "CPU per review" };

/** Reviews that come by themselves: what people wait for. */
export function arrivalsCell(effort: Effort): WebhookCell {
  const [{ size, review }] = PODS;
  return {
    name: `${RATE_OF_ARRIVALS} reviews/s of ${size} pods`,
    figures: [P50, P99, COST],
    job: (target) => ({
      kind: "arrivals",
      target,
      body: review,
      rate: RATE_OF_ARRIVALS,
      // A percentile wants many.
      seconds: effort.seconds * 4,
    }),
  };
}

/** As many reviews as it can do. */
export function webhookCells(effort: Effort): readonly WebhookCell[] {
  return PODS.flatMap(({ size, review }) =>
    [1, 8, 32].map((connections) => ({
      name: `review of a ${size} pod, ${connections} connection${
        connections === 1 ? "" : "s"
      }`,
      figures: [{ ...RATE, name: "reviews/s" }, P50, P99, COST],
      job: (target: Target) => ({
        kind: "reviews" as const,
        target,
        body: review,
        connections,
        seconds: effort.seconds,
      }),
    }))
  );
}

/**
 * Measures the webhook as it ships; `tell` is told of what goes on, `stop` ends
 * it.
 *
 * @throws {McaError} `usage`, where the webhook cannot have its files' paths here.
 */
export async function measureWebhook(
  effort: Effort,
  tell: (line: string) => void,
  stop: AbortSignal,
): Promise<Row[]> {
  const obstacle = await podProcessObstacle();
  if (obstacle !== undefined) {
    throw new McaError("usage", `The webhook cannot run here: ${obstacle}`);
  }
  tell("Preparing the webhook");
  await using webhook = await ShippedWebhook.start();
  await using load = new LoadGenerator(stop);
  const series = new Series();
  const run = async (cell: WebhookCell): Promise<void> => {
    const before = await processorTimeOf(webhook.pid);
    const result = await load.run(cell.job(webhook.target));
    const time = await processorTimeOf(webhook.pid) - before;
    addFigures(series, cell, WEBHOOK, result, time);
  };
  await addMemory(series, webhook, "idle");
  const arrivals = arrivalsCell(effort);
  tell("Warming up the webhook");
  await load.run(
    arrivalsCell({ ...effort, seconds: effort.warmUpSeconds }).job(
      webhook.target,
    ),
  );
  // First all of these: more load would leave more memory behind.
  for (let round = 0; round < effort.rounds; round++) {
    tell(`Round ${round + 1} of ${effort.rounds}: ${arrivals.name}`);
    await run(arrivals);
  }
  await addMemory(series, webhook, `after ${RATE_OF_ARRIVALS} reviews/s`);
  const cells = webhookCells(effort);
  for (let round = 0; round < effort.rounds; round++) {
    for (const cell of cells) {
      tell(`Round ${round + 1} of ${effort.rounds}: ${cell.name}`);
      await run(cell);
    }
  }
  await addMemory(series, webhook, "after load");
  return series.rows();
}

async function addMemory(
  series: Series,
  { pid }: ShippedWebhook,
  when: string,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, REST));
  const { resident, anonymous } = await memoryOf(pid);
  for (
    const [figure, value] of [
      [`RSS ${when}`, resident],
      [`anonymous ${when}`, anonymous],
    ] as const
  ) {
    series.add(
      { cell: "memory of the webhook", figure, unit: "MB", better: "less" },
      WEBHOOK,
      value,
    );
  }
}

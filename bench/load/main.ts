/**
 * The load generator: a process of its own. Reads one job per line from its
 * standard input, as JSON, and writes one result per line.
 *
 * @module
 */

import { textLines } from "../text_lines.ts";
import { isJob, type Job, type LoadResult } from "./job.ts";
import { runConnects, runRequests, runUploads } from "./request_load.ts";
import { runArrivals, runReviews } from "./review_load.ts";
import { runSoak } from "./soak_load.ts";
import { runWatches } from "./watch_load.ts";

function run(job: Job): Promise<LoadResult> {
  switch (job.kind) {
    case "requests":
      return runRequests(job);
    case "uploads":
      return runUploads(job);
    case "connect":
      return runConnects(job);
    case "watches":
      return runWatches(job);
    case "reviews":
      return runReviews(job);
    case "arrivals":
      return runArrivals(job);
    case "soak":
      return runSoak(job);
  }
}

for await (const line of textLines(Deno.stdin.readable)) {
  const job: unknown = JSON.parse(line);
  if (!isJob(job)) throw new TypeError("A line of standard input is no job");
  console.log(JSON.stringify(await run(job)));
}

/**
 * The load generator, told what to do.
 *
 * @module
 */

import { DenoProcess } from "../deno_process.ts";
import { isLoadResult, type Job, type LoadResult } from "../load/job.ts";

/** A load generator that runs. */
export class LoadGenerator implements AsyncDisposable {
  readonly #process: DenoProcess;
  readonly #stop: AbortSignal;
  readonly #end: () => void;

  /** Starts it; `stop` ends the load that runs, and all that come. */
  constructor(stop: AbortSignal) {
    this.#process = new DenoProcess(
      "load generator",
      new URL("../load/main.ts", import.meta.url),
    );
    this.#stop = stop;
    this.#end = () => this.#process.kill();
    stop.addEventListener("abort", this.#end);
  }

  /** Has it do something. One at a time. */
  async run(job: Job): Promise<LoadResult> {
    this.#stop.throwIfAborted();
    await this.#process.tell(JSON.stringify(job));
    const result: unknown = JSON.parse(await this.#process.answer());
    if (!isLoadResult(result)) {
      throw new TypeError("The load generator's answer is no result");
    }
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.removeEventListener("abort", this.#end);
    await this.#process[Symbol.asyncDispose]();
  }
}

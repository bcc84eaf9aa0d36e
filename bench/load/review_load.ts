/**
 * Loads of admission reviews, as the API server sends them.
 *
 * @module
 */

import { isJsonObject } from "../../lib/kube/json.ts";
import { Client } from "./client.ts";
import type { ArrivalsJob, LoadResult, ReviewsJob, Target } from "./job.ts";
import { Latencies } from "./latencies.ts";
import { repeat } from "./repeat.ts";

/** More than the longest answer. */
const BUFFER = 256 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A connection of the API server to the webhook. */
class Reviewer implements Disposable {
  readonly #client: Client;
  readonly #request: Uint8Array;
  /** Of the first answer: the same question gets the same one. */
  #length: number | undefined;

  private constructor(client: Client, request: Uint8Array) {
    this.#client = client;
    this.#request = request;
  }

  static async connect(target: Target, body: string): Promise<Reviewer> {
    const octets = encoder.encode(body);
    // As k8s.io/apiserver's webhook client writes it.
    const head = encoder.encode([
      "POST /mutate?timeout=10s HTTP/1.1",
      `Host: 127.0.0.1:${target.port}`,
      "User-Agent: kube-apiserver-admission",
      `Content-Length: ${octets.length}`,
      "Accept: application/json, */*",
      "Content-Type: application/json",
      "Accept-Encoding: gzip",
      "",
      "",
    ].join("\r\n"));
    const request = new Uint8Array(head.length + octets.length);
    request.set(head);
    request.set(octets, head.length);
    return new Reviewer(await Client.connect(target, BUFFER), request);
  }

  /** Asks, and rejects where the pod is not to be injected. */
  async review(): Promise<void> {
    await this.#client.stream.write(this.#request);
    if (this.#length === undefined) {
      this.#length = await this.#readFirst();
      return;
    }
    const length = await this.#client.receive(200);
    if (length !== this.#length) {
      throw new TypeError(`Expected ${this.#length} octets, got ${length}`);
    }
  }

  async #readFirst(): Promise<number> {
    const head = await this.#client.expect(200);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    const { stream } = this.#client;
    while (stream.buffered.length < length) {
      if (!await stream.fill()) throw new TypeError("The answer broke off");
    }
    const answer: unknown = JSON.parse(decoder.decode(stream.take()));
    const response = isJsonObject(answer) ? answer["response"] : undefined;
    if (
      !isJsonObject(response) || response["allowed"] !== true ||
      response["patchType"] !== "JSONPatch"
    ) throw new TypeError("The webhook does not inject the pod");
    return length;
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}

/** The same review over and over; each connection has one under way. */
export async function runReviews(job: ReviewsJob): Promise<LoadResult> {
  using reviewers = new DisposableStack();
  const workers: (() => Promise<void>)[] = [];
  for (let number = 0; number < job.connections; number++) {
    const reviewer = reviewers.use(
      await Reviewer.connect(job.target, job.body),
    );
    workers.push(() => reviewer.review());
  }
  return await repeat(workers, job.seconds);
}

/** Connections that are free, and more where none is: the API server does not wait for one either. */
class Reviewers implements Disposable {
  readonly #job: ArrivalsJob;
  readonly #all = new DisposableStack();
  readonly #free: Reviewer[] = [];

  constructor(job: ArrivalsJob) {
    this.#job = job;
  }

  async review(): Promise<void> {
    const { target, body } = this.#job;
    const reviewer = this.#free.pop() ??
      this.#all.use(await Reviewer.connect(target, body));
    await reviewer.review();
    this.#free.push(reviewer);
  }

  [Symbol.dispose](): void {
    this.#all.dispose();
  }
}

/**
 * Reviews that come whether those before are done or not, at exponentially
 * distributed intervals: evenly spaced ones would never meet each other. A
 * latency runs from when the review is due, so that nothing that delays it is
 * left out, the generator itself included.
 */
export async function runArrivals(job: ArrivalsJob): Promise<LoadResult> {
  using reviewers = new Reviewers(job);
  await reviewers.review();
  const latencies = new Latencies();
  const running: Promise<void>[] = [];
  const start = performance.now();
  const end = start + job.seconds * 1000;
  for (let due = start; due < end; due += interval(job.rate)) {
    await until(due);
    running.push(
      reviewers.review().then(() => latencies.add(performance.now() - due)),
    );
  }
  await Promise.all(running);
  return {
    count: latencies.count,
    seconds: (performance.now() - start) / 1000,
    latency: latencies.summary(),
  };
}

/** To the next one, in milliseconds. */
function interval(rate: number): number {
  return -Math.log(1 - Math.random()) / rate * 1000;
}

async function until(moment: number): Promise<void> {
  for (;;) {
    const left = moment - performance.now();
    if (left <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, left));
  }
}

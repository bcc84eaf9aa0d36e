/** Pods created at a steady rate, as dry runs, and what became of each. */

import { Agent, request } from "node:https";
import type { Cluster } from "../cluster.ts";

/** What became of the pods. */
export interface LoadResult {
  readonly admitted: number;
  /** What the API server said of each of the others. */
  readonly failures: readonly string[];
}

/** Creates pods until it is stopped. */
export class AdmissionLoad {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #agent: Agent;
  readonly #body: string;
  readonly #running = new Set<Promise<void>>();
  readonly #failures: string[] = [];
  #admitted = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #started = 0;
  #begin = 0;

  constructor(cluster: Cluster, namespace: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#agent = new Agent({
      ca: cluster.caPem,
      keepAlive: true,
      maxSockets: 24,
    });
    this.#body = JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        generateName: "load-",
        labels: { "mca.k8s.io/inject": "true" },
      },
      spec: { containers: [{ name: "app", image: "registry.example/app:1" }] },
    });
  }

  /** Begins, at so many pods a second. */
  start(rate: number): void {
    this.#begin = performance.now();
    this.#timer = setInterval(() => {
      const due = (performance.now() - this.#begin) / 1000 * rate;
      while (this.#started < due) {
        this.#started++;
        const work = this.#create().finally(() => this.#running.delete(work));
        this.#running.add(work);
      }
    }, 10);
  }

  /** How many pods are admitted so far. */
  get admitted(): number {
    return this.#admitted;
  }

  /** Pods admitted a second, from the start to now. */
  get rate(): number {
    return this.#admitted / (performance.now() - this.#begin) * 1000;
  }

  /** Begins no more, and waits for the last. */
  async stop(): Promise<LoadResult> {
    clearInterval(this.#timer);
    while (this.#running.size > 0) await Promise.all(this.#running);
    this.#agent.destroy();
    return { admitted: this.#admitted, failures: this.#failures };
  }

  /** One more, now; resolves to what the API server said, undefined where the pod was injected. */
  async once(): Promise<string | undefined> {
    const before = this.#failures.length;
    await this.#create();
    return this.#failures[before];
  }

  async #create(): Promise<void> {
    const { status, text } = await this.#post();
    if (status === 201 && text.includes('"mca-proxy"')) this.#admitted++;
    else this.#failures.push(`${status} ${messageOf(text)}`);
  }

  #post(): Promise<{ status: number; text: string }> {
    const { promise, resolve } = Promise.withResolvers<
      { status: number; text: string }
    >();
    const { target } = this.#cluster;
    const outgoing = request({
      host: target.host,
      port: target.port,
      agent: this.#agent,
      method: "POST",
      path: `/api/v1/namespaces/${this.#namespace}/pods?dryRun=All`,
      headers: {
        authorization: `Bearer ${target.token}`,
        "content-type": "application/json",
        "content-length": String(this.#body.length),
      },
    }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => text += chunk);
      incoming.on(
        "end",
        () => resolve({ status: incoming.statusCode ?? 0, text }),
      );
      incoming.on(
        "error",
        (error) => resolve({ status: 0, text: String(error) }),
      );
    });
    outgoing.on(
      "error",
      (error) => resolve({ status: 0, text: String(error) }),
    );
    outgoing.end(this.#body);
    return promise;
  }
}

function messageOf(text: string): string {
  try {
    return String(JSON.parse(text).message ?? text.slice(0, 300));
  } catch {
    return text.slice(0, 300);
  }
}

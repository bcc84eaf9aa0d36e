/**
 * `mca webhook` as it runs in its own pod: the executable of the image, with
 * the permissions that it ships with and a ServiceAccount's token on the real
 * path.
 */

import { request } from "node:https";
import { PodProcess } from "../../pod/pod_process.ts";
import { shippedCommand } from "../../ship/shipped.ts";
import type { Cluster } from "../cluster.ts";
import { ClusterError } from "../cluster_error.ts";
import { waitUntil } from "../wait_until.ts";

/** What the webhook gets. */
export interface WebhookProcessOptions {
  readonly namespace: string;
  /** Whose token it has. */
  readonly serviceAccount: string;
  /** Arguments after those that every webhook of the tests has. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Another executable. */
  readonly command?: readonly [string, ...string[]];
  /** Called before it starts. */
  readonly prepare?: (process: PodProcess) => Promise<void>;
}

/** An answer to a probe. */
export interface ProbeAnswer {
  readonly status: number;
  readonly text: string;
}

/** A running webhook. */
export class WebhookProcess implements AsyncDisposable {
  readonly #process: PodProcess;
  /** The port it listens on. */
  readonly port: number;

  private constructor(process: PodProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  /** Starts it and waits until it serves; it may not be ready yet. */
  static async start(
    cluster: Cluster,
    options: WebhookProcessOptions,
  ): Promise<WebhookProcess> {
    const { namespace, serviceAccount, args = [], env = {} } = options;
    const process = await PodProcess.prepare({
      server: {
        host: cluster.host,
        port: cluster.port,
        caCertificate: cluster.caPem,
      },
      token: await cluster.createToken(serviceAccount, namespace),
      namespace,
      command: [
        ...options.command ?? await shippedCommand("mca-webhook"),
        "--port=0",
        "--name=127.0.0.1",
        ...args,
      ],
      env: {
        MCA_LOG_FORMAT: "json",
        MCA_LOG_LEVEL: "debug",
        MCA_DRAIN_SECONDS: "0",
        ...env,
      },
    });
    try {
      await options.prepare?.(process);
      await process.start();
      return new WebhookProcess(process, await portOf(process));
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What it has logged so far. */
  log(): Promise<string> {
    return this.#process.log();
  }

  /** The same, line by line. */
  async logLines(): Promise<Record<string, unknown>[]> {
    const text = await this.log();
    return text.split("\n").filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  }

  /** Asks a probe's path, as the kubelet does: without looking at the certificate. */
  probe(path: "/health" | "/ready"): Promise<ProbeAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<ProbeAnswer>();
    const outgoing = request({
      host: "127.0.0.1",
      port: this.port,
      path,
      agent: false,
      rejectUnauthorized: false,
    }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => text += chunk);
      incoming.on("error", reject);
      incoming.on(
        "end",
        () => resolve({ status: incoming.statusCode ?? 0, text }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end();
    return promise;
  }

  /** Waits until it says that it may be called. */
  async ready(): Promise<void> {
    let said = "";
    await waitUntil("the webhook to be ready", async () => {
      const { status, text } = await this.probe("/ready");
      said = text;
      return status === 200;
    }, { deadlineMilliseconds: 30_000 }).catch(async (error) => {
      throw new ClusterError(
        `${error.message}: it says ${said}\n${await this.log()}`,
      );
    });
  }

  /** Sends a signal and waits for the end; tells the exit code. */
  end(signal: Deno.Signal): Promise<number> {
    return this.#process.end(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}

async function portOf(process: PodProcess): Promise<number> {
  let port: number | undefined;
  let isOver = false;
  void process.status.then(() => isOver = true);
  await waitUntil("the webhook to serve", async () => {
    const log = await process.log();
    const match = /"message":"Serving","address":"[^"]*:(\d+)"/.exec(log);
    port = match === null ? undefined : Number(match[1]);
    if (port === undefined && isOver) {
      throw new ClusterError(`The webhook ended: ${log}`);
    }
    return port !== undefined;
  });
  return port ?? 0;
}

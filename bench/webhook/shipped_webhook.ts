/**
 * The webhook as it ships, with a certificate from mounted files.
 *
 * @module
 */

import { join } from "node:path";
import { freePort } from "../../tests/cluster/free_port.ts";
import { PodProcess } from "../../tests/pod/pod_process.ts";
import { shippedCommand } from "../../tests/ship/shipped.ts";
import { Client } from "../load/client.ts";
import type { Target } from "../load/job.ts";
import { issueMaterial } from "../pki.ts";

/** Where the volume with the certificate is mounted. */
const MOUNTED = "/var/run/mca";

/** How long its start may take. Milliseconds. */
const PATIENCE = 10_000;

/** A webhook that serves. */
export class ShippedWebhook implements AsyncDisposable {
  readonly #pod: PodProcess;
  readonly target: Target;

  private constructor(pod: PodProcess, target: Target) {
    this.#pod = pod;
    this.target = target;
  }

  /** Starts it, and waits until it serves. */
  static async start(): Promise<ShippedWebhook> {
    const directory = await Deno.makeTempDir({ prefix: "mca-bench-" });
    try {
      return await startIn(directory);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }

    async function startIn(directory: string): Promise<ShippedWebhook> {
      const { caCertificate, token } = await issueMaterial(directory);
      const port = freePort();
      await using pods = new AsyncDisposableStack();
      const pod = pods.use(
        await PodProcess.prepare({
          server: { host: "", port: 0, caCertificate },
          token,
          namespace: "mca-system",
          command: [
            ...await shippedCommand("mca-webhook"),
            `--port=${port}`,
            `--tls-cert-file=${MOUNTED}/tls.crt`,
            `--tls-key-file=${MOUNTED}/tls.key`,
          ],
          // Nothing to ask: what the API server trusts is the files' own business here.
          env: { KUBERNETES_SERVICE_HOST: "", MCA_LOG_FORMAT: "json" },
        }),
      );
      for (const name of ["tls.crt", "tls.key"]) {
        await Deno.copyFile(join(directory, name), pod.path(`state/${name}`));
      }
      await pod.start();
      const webhook = new ShippedWebhook(pod, { port, caCertificate, token });
      await webhook.#serves();
      pods.move();
      return webhook;
    }
  }

  /** Its process. */
  get pid(): number {
    return this.#pod.pid;
  }

  async #serves(): Promise<void> {
    const start = performance.now();
    for (;;) {
      try {
        using _client = await Client.connect(this.target);
        return;
      } catch (error) {
        if (performance.now() - start > PATIENCE) {
          const log = (await this.#pod.log()).trimEnd();
          throw new Error(`The webhook did not start: ${log}`, {
            cause: error,
          });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pod[Symbol.asyncDispose]();
  }
}

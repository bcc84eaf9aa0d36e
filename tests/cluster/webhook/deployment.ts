/** Replicas of the webhook on one Secret, behind a Service. */

import assert from "node:assert/strict";
import { parsePem } from "../../../lib/certs/pem.ts";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import {
  parseTrustState,
  type TrustState,
} from "../../../lib/webhook/trust_state.ts";
import {
  readEntries,
  readSecret,
} from "../../../lib/webhook/webhook_objects.ts";
import type { Cluster } from "../cluster.ts";
import { waitUntil } from "../wait_until.ts";
import {
  configurationOf,
  CONFIGURATIONS,
  newWebhookPlace,
  register,
  unregister,
  type WebhookPlace,
} from "./registration.ts";
import { servedAuthorities, servedLeaf } from "./served_certificates.ts";
import { Service } from "./service.ts";
import { webhookAhead } from "./shifted_clock.ts";
import { WebhookProcess } from "./webhook_process.ts";

/** What is logged at each step of a rotation that somebody asked for, in this order. */
export const ROTATION_STEPS: readonly RegExp[] = [
  /Restored the CA, and made the next one/,
  /Published the CAs/,
  /Put the next CA to use/,
];

/** Replicas behind a Service that is registered. */
export class Deployment implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly place: WebhookPlace;
  readonly service = new Service();
  readonly replicas: WebhookProcess[] = [];

  private constructor(cluster: Cluster, place: WebhookPlace) {
    this.#cluster = cluster;
    this.place = place;
  }

  /**
   * Starts so many replicas in a place of their own, and waits until all are
   * ready.
   *
   * @param ahead By how many milliseconds each one's clock is ahead.
   */
  static async create(
    cluster: Cluster,
    count: number,
    ahead: readonly number[] = [],
  ): Promise<Deployment> {
    const place = await newWebhookPlace(cluster);
    const deployment = new Deployment(cluster, place);
    try {
      await register(cluster, place, deployment.service.port);
      await Promise.all(
        Array.from({ length: count }, (_, at) => deployment.grow(ahead[at])),
      );
      await deployment.ready();
      return deployment;
    } catch (error) {
      await deployment[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** One replica more. */
  async grow(ahead = 0): Promise<WebhookProcess> {
    const replica = await WebhookProcess.start(this.#cluster, {
      ...this.place,
      args: [`--webhook-name=${this.place.webhookName}`, "--settle=2"],
      ...(ahead === 0 ? {} : { command: await webhookAhead(ahead) }),
    });
    this.replicas.push(replica);
    this.service.add(replica);
    return replica;
  }

  /** Waits until all are, and the Service knows. */
  async ready(): Promise<void> {
    for (const replica of this.replicas) await replica.ready();
    await waitUntil(
      "the Service to know all replicas",
      () => this.service.readyCount === this.replicas.length,
    );
  }

  /** As when a node dies. */
  async kill(replica: WebhookProcess): Promise<void> {
    await replica.end("SIGKILL");
    this.service.remove(replica);
    this.replicas.splice(this.replicas.indexOf(replica), 1);
    await replica[Symbol.asyncDispose]();
  }

  /** What they log from here on: tells the replicas that have logged such a line. */
  async listen(): Promise<(line: RegExp) => Promise<WebhookProcess[]>> {
    const seen = new Map<WebhookProcess, number>();
    for (const replica of this.replicas) {
      seen.set(replica, (await replica.log()).length);
    }
    return async (line) => {
      const found: WebhookProcess[] = [];
      for (const [replica, length] of seen) {
        if (line.test((await replica.log()).slice(length))) found.push(replica);
      }
      return found;
    };
  }

  /** What they have logged, but for reviews. */
  async logs(): Promise<string> {
    const logs = await Promise.all(this.replicas.map((each) => each.log()));
    return logs.map((log) =>
      log.split("\n").filter((line) => !line.includes('"Review"')).join("\n")
    ).join("\n\n");
  }

  get #secretPath(): string {
    const { namespace, secretName } = this.place;
    return `/api/v1/namespaces/${namespace}/secrets/${secretName}`;
  }

  /** What the Secret holds. */
  async state(): Promise<TrustState> {
    const secret = await this.#cluster.request("GET", this.#secretPath);
    assert.ok(isJsonObject(secret));
    return await parseTrustState(readSecret(secret) ?? {}, crypto);
  }

  /** How people ask for a new CA. */
  async deleteSecret(): Promise<void> {
    await this.#cluster.request("DELETE", this.#secretPath);
  }

  async patchSecret(data: JsonObject): Promise<void> {
    await this.#cluster.request("PATCH", this.#secretPath, {
      body: { data },
      contentType: "application/merge-patch+json",
    });
  }

  /** Sets the caBundle, as whoever applies the chart again does. */
  async setBundle(caBundle: string): Promise<void> {
    const { webhookName } = this.place;
    await this.#cluster.request("PATCH", `${CONFIGURATIONS}/${webhookName}`, {
      body: [{
        op: "replace",
        path: "/webhooks/0/clientConfig/caBundle",
        value: caBundle,
      }],
      contentType: "application/json-patch+json",
    });
  }

  /** Waits until there is one CA, one certificate, one bundle, and all serve it. */
  async settled(): Promise<TrustState> {
    let state: TrustState | undefined;
    await waitUntil("one CA, one certificate, one bundle", async () => {
      state = await this.state().catch(() => undefined);
      if (state === undefined || state.next !== undefined) return false;
      const wanted = state.bundle.map(({ id }) => id).sort().join();
      const entries = readEntries(
        await configurationOf(this.#cluster, this.place),
      );
      const served = await servedAuthorities(this.replicas, state.bundle);
      return entries.length > 0 &&
        entries.every(({ authorities }) =>
          authorities.map(({ id }) => id).sort().join() === wanted
        ) && served.every((id) => id === state?.authority.id) &&
        await this.#serveAlike(state.leaf?.certificate) &&
        this.service.readyCount === this.replicas.length;
    }, { deadlineMilliseconds: 30_000 }).catch(async (error) => {
      throw new Error(`${error.message}\n${await this.logs()}`);
    });
    return state ?? assert.fail();
  }

  async #serveAlike(certificate: string | undefined): Promise<boolean> {
    if (certificate === undefined) return false;
    const [block] = parsePem(certificate);
    const leaves = await Promise.all(this.replicas.map(servedLeaf));
    return leaves.every((leaf) => leaf === block?.der.toBase64());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await unregister(this.#cluster, this.place);
    for (const replica of this.replicas) await replica[Symbol.asyncDispose]();
    await this.service[Symbol.asyncDispose]();
  }
}

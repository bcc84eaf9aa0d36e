/** What the chart has put into a cluster, looked at through the API server. */

import assert from "node:assert/strict";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import { objectAt, objectsAt, textAt } from "../../charts/object_path.ts";
import type { Cluster } from "../cluster.ts";
import { waitUntil } from "../wait_until.ts";
import type { ReplicaPlace } from "./replica.ts";

const CONFIGURATIONS =
  "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

/** The label that asks for the sidecar. */
export const INJECTED = { "mca.k8s.io/inject": "true" } as const;

function podBody(labels: Readonly<Record<string, string>>) {
  return {
    metadata: { name: "app", labels },
    spec: { containers: [{ name: "app", image: "app" }] },
  };
}

/** A webhook that the chart has installed. */
export class InstalledWebhook {
  readonly #cluster: Cluster;
  readonly #place: ReplicaPlace;

  constructor(cluster: Cluster, place: ReplicaPlace) {
    this.#cluster = cluster;
    this.#place = place;
  }

  /** The MutatingWebhookConfiguration's path. */
  get configurationPath(): string {
    return `${CONFIGURATIONS}/${this.#place.webhookName}`;
  }

  get secretPath(): string {
    const { namespace, webhookName } = this.#place;
    return `/api/v1/namespaces/${namespace}/secrets/${webhookName}-certificates`;
  }

  async read(path: string): Promise<JsonObject> {
    const object = await this.#cluster.request("GET", path);
    assert.ok(isJsonObject(object));
    return object;
  }

  /** A field of each webhook in the configuration. */
  async webhooks(...path: readonly string[]): Promise<unknown[]> {
    return objectsAt(await this.read(this.configurationPath), "webhooks")
      .map((webhook) =>
        path.reduce<unknown>(
          (value, key) => isJsonObject(value) ? value[key] : undefined,
          webhook,
        )
      );
  }

  /** The caBundle of each webhook. */
  async bundles(): Promise<string[]> {
    return (await this.webhooks("clientConfig", "caBundle"))
      .map((bundle) => String(bundle ?? ""));
  }

  /** What the Secret holds; empty where it is not there. */
  async secretData(): Promise<JsonObject> {
    const secret = await this.#cluster.request("GET", this.secretPath, {
      accept: [404],
    });
    return isJsonObject(secret) ? objectAt(secret, "data") : {};
  }

  /** Creates a pod in a dry run; the names of its init containers as they would be stored. */
  async createPod(
    namespace: string,
    labels: Readonly<Record<string, string>>,
  ): Promise<string[]> {
    const pod = await this.#cluster.request(
      "POST",
      `/api/v1/namespaces/${namespace}/pods?dryRun=All`,
      { body: podBody(labels) },
    );
    assert.ok(isJsonObject(pod));
    return objectsAt(pod, "spec", "initContainers").map(({ name }) =>
      String(name)
    );
  }

  /** Waits until the API server has learned of the Service's endpoints. */
  async reached(namespace: string): Promise<void> {
    await waitUntil("the Service's endpoints", async () => {
      const answer = await this.#cluster.request(
        "POST",
        `/api/v1/namespaces/${namespace}/pods?dryRun=All`,
        { body: podBody(INJECTED), accept: [500] },
      );
      return !JSON.stringify(answer).includes("no endpoints available");
    });
  }

  /** Takes every CA out of the configuration, and waits until they are there again. */
  async emptyBundles(signal?: AbortSignal): Promise<void> {
    const before = await this.bundles();
    await this.#cluster.request("PATCH", this.configurationPath, {
      contentType: "application/strategic-merge-patch+json",
      body: {
        webhooks: (await this.webhooks("name")).map((name) => ({
          name,
          clientConfig: { caBundle: null },
        })),
      },
    });
    await this.bundlesAre(before, signal);
  }

  async bundlesAre(
    expected: readonly string[],
    signal?: AbortSignal,
  ): Promise<void> {
    await waitUntil("the CA to be published", async () => {
      const bundles = await this.bundles();
      return bundles.every((bundle, index) => bundle === expected[index]);
    }, { signal });
  }

  /** Does something to the configuration, in no version of which a CA is missing. */
  async keepsBundle(action: () => Promise<unknown>): Promise<void> {
    const before = await this.bundles();
    assert.ok(before.length > 0 && before.every((bundle) => bundle !== ""));
    for (const version of await this.#changesDuring(action)) {
      assert.deepEqual(
        objectsAt(version, "webhooks").map((webhook) =>
          textAt(webhook, "clientConfig", "caBundle")
        ),
        before,
        `version ${textAt(version, "metadata", "resourceVersion")}`,
      );
    }
  }

  /** Every version of the configuration that there was meanwhile. */
  async #changesDuring(
    action: () => Promise<unknown>,
  ): Promise<JsonObject[]> {
    const before = await this.read(this.configurationPath);
    await action();
    const after = await this.read(this.configurationPath);
    const from = textAt(before, "metadata", "resourceVersion");
    const to = textAt(after, "metadata", "resourceVersion");
    if (from === to) return [after];
    const { stdout, stderr } = await this.#cluster.kubectl([
      "get",
      "--raw",
      `${CONFIGURATIONS}?watch=1&timeoutSeconds=1&resourceVersion=${from}` +
      `&fieldSelector=metadata.name=${this.#place.webhookName}`,
    ]);
    const seen = stdout.trim().split("\n").filter((line) => line !== "")
      .map((line): JsonObject => objectAt(JSON.parse(line), "object"));
    assert.equal(
      textAt(seen.at(-1), "metadata", "resourceVersion"),
      to,
      stderr,
    );
    return seen;
  }
}

/**
 * The Secret and the MutatingWebhookConfiguration, as this replica sees them
 * and writes them.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type { ApiClient, ObjectReference } from "../kube/api_client.ts";
import type { JsonObject } from "../kube/json.ts";
import { ObjectWatch, versionOf } from "../kube/object_watch.ts";
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../platform.ts";
import type { Authority } from "./authority.ts";
import type { ConfigurationView, SharedView } from "./trust_view.ts";
import {
  formatTrustState,
  parseTrustState,
  type TrustState,
} from "./trust_state.ts";
import {
  bundlePatch,
  FIELD_MANAGER,
  readEntries,
  readSecret,
  secretData,
} from "./webhook_objects.ts";

/** What {@link TrustObjects} needs. */
export interface TrustObjectsOptions {
  readonly client: Pick<ApiClient, "read" | "patch" | "watch">;
  readonly secret: ObjectReference;
  readonly configuration: ObjectReference;
  readonly crypto: Crypto;
  readonly clock: Pick<Clock, "after">;
  readonly logger: Logger;
}

/** Both objects at one moment. */
export interface TrustSnapshot {
  /** What the Secret holds. */
  readonly shared: SharedView;
  /** The last good state that was seen in the Secret. */
  readonly known: TrustState | undefined;
  /** The webhooks and what they trust. */
  readonly configuration: ConfigurationView;
  /** The objects themselves; undefined where they are not there. */
  readonly objects: {
    readonly secret: JsonObject | undefined;
    readonly configuration: JsonObject | undefined;
  };
}

/** Sees both objects and writes them, each on condition that it is as a snapshot has it. */
export class TrustObjects {
  readonly #options: TrustObjectsOptions;
  readonly #onChange: () => void;
  readonly #secretWatch: ObjectWatch;
  readonly #configurationWatch: ObjectWatch;
  #secret: JsonObject | undefined;
  #configuration: JsonObject | undefined;
  #shared: SharedView = { kind: "unknown" };
  #configurationView: ConfigurationView = { kind: "unknown" };
  #known: TrustState | undefined;
  #reading: Promise<void> = Promise.resolve();

  /** Begins at once; calls `onChange` whenever a view is another. */
  constructor(options: TrustObjectsOptions, onChange: () => void) {
    this.#options = options;
    this.#onChange = onChange;
    this.#secretWatch = this.#watch(options.secret, (secret) => {
      // One after the other: reading one takes a while.
      this.#reading = this.#reading.then(() => this.#takeSecret(secret));
    });
    this.#configurationWatch = this.#watch(
      options.configuration,
      (configuration) => this.#takeConfiguration(configuration),
    );
  }

  /** What is seen now. Decide over one snapshot, and write with the same. */
  snapshot(): TrustSnapshot {
    return {
      shared: this.#shared,
      known: this.#known,
      configuration: this.#configurationView,
      objects: {
        secret: this.#secret,
        configuration: this.#configuration,
      },
    };
  }

  /**
   * Writes every caBundle.
   *
   * @throws {McaError} `upstream`; an ApiError of 409 where the configuration has changed.
   */
  async publish(
    bundle: readonly Authority[],
    { objects }: TrustSnapshot,
  ): Promise<void> {
    const { client, configuration } = this.#options;
    if (objects.configuration === undefined) return;
    const patch = bundlePatch(objects.configuration, bundle);
    this.#configurationWatch.offer(
      await client.patch(configuration, "strategic", patch, FIELD_MANAGER),
    );
  }

  /**
   * Writes the Secret, or makes it.
   *
   * @throws {McaError} `upstream`; an ApiError of 409 where the Secret has changed, or is there by now.
   */
  async write(state: TrustState, { objects }: TrustSnapshot): Promise<void> {
    const { client, secret } = this.#options;
    const data = secretData(formatTrustState(state));
    this.#secretWatch.offer(
      objects.secret === undefined
        ? await this.#create(data)
        : await client.patch(secret, "merge", {
          metadata: { resourceVersion: versionOf(objects.secret) },
          data,
        }, FIELD_MANAGER),
    );
    await this.#reading;
  }

  /**
   * Looks at both objects past the watches.
   *
   * @throws {McaError} `upstream`
   */
  async refresh(): Promise<void> {
    await this.#secretWatch.refresh();
    await this.#configurationWatch.refresh();
    await this.#reading;
  }

  /** Ends it; nothing changes any more. */
  async close(): Promise<void> {
    await Promise.all([
      this.#secretWatch.stop(),
      this.#configurationWatch.stop(),
    ]);
    await this.#reading;
  }

  #watch(
    reference: ObjectReference,
    onObject: (object: JsonObject | undefined) => void,
  ): ObjectWatch {
    const { client, clock, logger } = this.#options;
    const object = reference.name;
    return new ObjectWatch({
      client,
      reference,
      clock,
      onObject,
      onFault: (error) => {
        if (error === undefined) {
          logger.info("The API server can be read again", { object });
          return;
        }
        const { message: reason, hint } = error;
        logger.warn("The API server cannot be read", { object, reason, hint });
      },
    });
  }

  async #takeSecret(secret: JsonObject | undefined): Promise<void> {
    this.#shared = await readShared(secret, this.#options.crypto);
    this.#secret = secret;
    if (this.#shared.kind === "good") this.#known = this.#shared.state;
    this.#onChange();
  }

  #takeConfiguration(configuration: JsonObject | undefined): void {
    this.#configuration = configuration;
    this.#configurationView = configuration === undefined
      ? { kind: "absent" }
      : { kind: "present", entries: readEntries(configuration) };
    this.#onChange();
  }

  /**
   * Server-side apply is the one way to make an object that RBAC can allow by
   * name. Each attempt is a field manager of its own, so that whoever comes
   * second finds a conflict rather than a Secret to overwrite.
   */
  #create(data: JsonObject): Promise<JsonObject> {
    const { client, secret, crypto } = this.#options;
    return client.patch(secret, "apply", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: secret.name },
      type: "Opaque",
      data: Object.fromEntries(
        Object.entries(data).filter(([, value]) => value !== null),
      ),
    }, `${FIELD_MANAGER}-${crypto.randomUUID().slice(0, 8)}`);
  }
}

async function readShared(
  secret: JsonObject | undefined,
  crypto: Crypto,
): Promise<SharedView> {
  if (secret === undefined) return { kind: "absent" };
  const data = readSecret(secret);
  if (data === undefined) {
    return { kind: "unusable", fault: "the Secret is empty" };
  }
  try {
    return { kind: "good", state: await parseTrustState(data, crypto) };
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    return {
      kind: "unusable",
      fault: `the Secret is damaged (${error.message})`,
    };
  }
}

/**
 * Several replicas of the webhook on one Secret and one configuration, in
 * memory and in virtual time, and a watchman who sees each of their steps.
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import type { ObjectReference } from "../../../lib/kube/api_client.ts";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import { Logger } from "../../../lib/log/logger.ts";
import { includesAuthority } from "../../../lib/webhook/authority.ts";
import { SecretCertificates } from "../../../lib/webhook/secret_certificates.ts";
import {
  parseTrustState,
  type TrustState,
} from "../../../lib/webhook/trust_state.ts";
import {
  configurationReference,
  readEntries,
  readSecret,
  secretReference,
} from "../../../lib/webhook/webhook_objects.ts";
import {
  type Certificate,
  readCertificate,
} from "../../../lib/certs/certificate.ts";
import { type FakeClient, FakeCluster } from "./fake_cluster.ts";
import { rememberingCrypto } from "./remembering_crypto.ts";
import { VirtualTime } from "./virtual_time.ts";

/** The objects' names. */
export const SECRET = "mca-webhook-certificates";
export const CONFIGURATION = "mca-webhook";
const NAMES = ["mca-webhook.mca.svc"];
/** Milliseconds. */
export const SETTLE = 30_000;

/** When a replica dies: at its how manyeth patch, and on which side of it. */
export interface Death {
  readonly patch: number;
  readonly side: "before" | "after";
}

/** One replica. */
export interface Replica {
  readonly name: string;
  readonly network: FakeClient;
  isDead: boolean;
  /** Its patches so far. */
  patches: number;
  source: SecretCertificates | undefined;
  /** The certificate it serves, as the server got it. */
  served: string | undefined;
  /** Whether it has been ready. */
  wasReady: boolean;
  /** Whether it is as it should be not to be trusted: others have taken the trust away. */
  isExcused: boolean;
  readonly stop: AbortController;
  opening: Promise<void>;
}

const certificates = new Map<string, Certificate>();
const entriesRead = new WeakMap<JsonObject, ReturnType<typeof readEntries>>();

/** Read once: the watchman looks at the same ones thousands of times. */
function certificateOf(pem: string): Certificate {
  const certificate = certificates.get(pem) ?? readCertificate(pem);
  certificates.set(pem, certificate);
  return certificate;
}

/** Likewise; no object of the cluster is ever changed, only replaced. */
function entriesOf(configuration: JsonObject): ReturnType<typeof readEntries> {
  const entries = entriesRead.get(configuration) ?? readEntries(configuration);
  entriesRead.set(configuration, entries);
  return entries;
}

/** The whole. */
export class TrustSimulation {
  readonly cluster = new FakeCluster();
  readonly time = new VirtualTime(Date.UTC(2030, 0, 1));
  readonly replicas: Replica[] = [];
  readonly log: string[] = [];
  /** What the watchman saw and should not have. */
  readonly violations: string[] = [];
  /** Told of each patch once it is carried out, with their count. */
  onPatch: (count: number) => void = () => {};
  #patches = 0;
  #pending = 0;
  readonly #crypto: Crypto;

  constructor() {
    // Else nobody knows when all is quiet.
    this.#crypto = rememberingCrypto((work) => {
      this.#pending++;
      const end = () => this.#pending--;
      work.then(end, end);
    });
  }

  /** Registers the webhook: entries without caBundle. */
  registerWebhooks(count = 2): void {
    this.cluster.put(CONFIGURATION, {
      webhooks: Array.from({ length: count }, (_, index) => ({
        name: `webhook-${index}.mca.k8s.io`,
        clientConfig: { url: "https://127.0.0.1:8443/mutate" },
      })),
    });
  }

  /** Starts one more replica. */
  start(
    options: {
      readonly ahead?: number;
      readonly death?: Death;
      readonly names?: readonly string[];
    } = {},
  ): Replica {
    const { ahead = 0, death, names = [] } = options;
    const name = `r${this.replicas.length}`;
    const onPatch = (side: Death["side"]) => (_: ObjectReference) => {
      if (side === "before") replica.patches++;
      else {
        this.check(`a patch of ${name}`);
        this.onPatch(++this.#patches);
      }
      if (death?.side === side && death.patch === replica.patches) {
        this.kill(replica);
        return false;
      }
      return true;
    };
    const replica: Replica = {
      name,
      network: this.cluster.connect({
        before: onPatch("before"),
        after: onPatch("after"),
      }),
      isDead: false,
      patches: 0,
      source: undefined,
      served: undefined,
      wasReady: false,
      isExcused: false,
      stop: new AbortController(),
      opening: Promise.resolve(),
    };
    this.replicas.push(replica);
    const clock = this.time.clock(ahead, () => replica.isDead);
    replica.opening = SecretCertificates.open({
      client: replica.network.client,
      secret: secretReference("mca", SECRET),
      configuration: configurationReference(CONFIGURATION),
      names: [...NAMES, ...names],
      settle: SETTLE,
      crypto: this.#crypto,
      clock,
      logger: new Logger({
        level: "debug",
        format: "text",
        clock,
        sink: (line) => this.log.push(`${name} ${line.trimEnd()}`),
      }),
    }, replica.stop.signal).then((source) => {
      if (replica.isDead) return;
      replica.source = source;
      source.onChange((pair) => {
        replica.served = pair.certificate;
        this.check(`${name} serves`);
      });
    }, () => {});
    return replica;
  }

  /** As SIGKILL does. */
  kill(replica: Replica): void {
    replica.isDead = true;
    replica.network.cut();
    this.log.push(`${replica.name} dies`);
  }

  get living(): Replica[] {
    return this.replicas.filter(({ isDead }) => !isDead);
  }

  entries(): ReturnType<typeof readEntries> {
    const configuration = this.cluster.get(CONFIGURATION);
    return configuration === undefined ? [] : entriesOf(configuration);
  }

  /** Whether the API server, as its configuration is now, would trust the replica. */
  isTrusted({ served }: Replica): boolean {
    if (served === undefined) return false;
    const { encoded, authorityKeyId } = certificateOf(served);
    const entries = this.entries();
    return entries.length > 0 &&
      entries.every(({ authorities }) =>
        authorities.some(({ certificate }) => {
          const issuer = certificateOf(certificate);
          return issuer.subjectKeyId === authorityKeyId &&
            issuer.encoded.subject.toHex() === encoded.issuer.toHex();
        })
      );
  }

  /** The watchman's look: who was trusted still is, but for what outsiders did. */
  check(occasion: string): void {
    for (const replica of this.living) {
      if (replica.source?.notReadyReason() === undefined && replica.source) {
        replica.wasReady = true;
      }
      if (!replica.wasReady) continue;
      const isTrusted = this.isTrusted(replica);
      if (isTrusted) replica.isExcused = false;
      else if (!replica.isExcused) {
        this.violations.push(
          `After ${occasion} the API server does not trust ${replica.name}`,
        );
      }
    }
  }

  /** Does something to the objects that nobody but an outsider does. */
  outside(what: string, action: () => void): void {
    this.log.push(`outside: ${what}`);
    action();
    for (const replica of this.living) {
      if (!this.isTrusted(replica)) replica.isExcused = true;
    }
  }

  /** Waits until nobody is at work but those that wait for time to pass. */
  async quiet(): Promise<void> {
    for (let still = 0; still < 4;) {
      // A turn of the event loop; a timer takes two milliseconds for the same.
      await new Promise<void>((resolve) => setImmediate(resolve));
      still = this.#pending === 0 ? still + 1 : 0;
    }
    this.check("a quiet moment");
  }

  /** Lets so many milliseconds pass. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time.elapsed + milliseconds;
    await this.quiet();
    while (this.time.step(end)) await this.quiet();
    await this.quiet();
  }

  /** What the Secret holds; undefined where that cannot be used. */
  async state(): Promise<TrustState | undefined> {
    const secret = this.cluster.get(SECRET);
    const data = secret === undefined ? undefined : readSecret(secret);
    if (data === undefined) return undefined;
    return await parseTrustState(data, crypto).catch(() => undefined);
  }

  /** All is well: one CA, one leaf, one bundle, everybody ready. */
  async assertSettled(): Promise<TrustState> {
    const context = () =>
      `${this.violations.join("\n")}\n${this.log.join("\n")}`;
    assert.deepEqual(this.violations, [], context());
    const state = await this.state();
    assert.ok(state !== undefined, context());
    assert.equal(state.next, undefined, context());
    for (const replica of this.living) {
      assert.equal(
        replica.source?.notReadyReason(),
        undefined,
        `${replica.name}\n${context()}`,
      );
      assert.ok(replica.source !== undefined, context());
      assert.equal(replica.served, state.leaf?.certificate, context());
      assert.ok(this.isTrusted(replica), context());
    }
    const [first, ...others] = this.entries();
    assert.ok(first !== undefined);
    assert.ok(includesAuthority(first.authorities, state.authority.id));
    for (const other of others) {
      assert.deepEqual(other.authorities, first.authorities, context());
    }
    const ids = (list: readonly { readonly id: string }[]) =>
      list.map(({ id }) => id).sort();
    assert.deepEqual(ids(first.authorities), ids(state.bundle), context());
    return state;
  }

  /** Changes what the Secret holds, as an outsider. */
  damageSecret(change: (data: JsonObject) => JsonObject): void {
    const secret = this.cluster.get(SECRET);
    if (secret === undefined) return;
    const data = isJsonObject(secret["data"]) ? secret["data"] : {};
    this.cluster.put(SECRET, { ...secret, data: change(data) });
  }

  /** Sets the caBundle of some entries, as an outsider. */
  setBundle(bundle: string, isMeant: (index: number) => boolean): void {
    const configuration = this.cluster.get(CONFIGURATION);
    const webhooks = configuration?.["webhooks"];
    if (configuration === undefined || !Array.isArray(webhooks)) return;
    this.cluster.put(CONFIGURATION, {
      ...configuration,
      webhooks: webhooks.map((webhook, index) => {
        if (!isJsonObject(webhook) || !isMeant(index)) return webhook;
        const config = webhook["clientConfig"];
        return {
          ...webhook,
          clientConfig: {
            ...(isJsonObject(config) ? config : {}),
            caBundle: new TextEncoder().encode(bundle).toBase64(),
          },
        };
      }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const replica of this.replicas) {
      replica.stop.abort(new Error("The test is over"));
      if (!replica.isDead) {
        await replica.opening;
        await replica.source?.close();
      }
    }
  }
}

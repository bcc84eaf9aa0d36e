/**
 * The certificate that all replicas share through a Secret, and the caBundles
 * that have to know its CA: carries out what {@link planTrust} decides.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { ApiError } from "../kube/api_client.ts";
import type { Clock, ServingCertificate } from "../platform.ts";
import { includesAuthority } from "./authority.ts";
import type { CertificateSource } from "./certificate_source.ts";
import {
  TrustObjects,
  type TrustObjectsOptions,
  type TrustSnapshot,
} from "./trust_objects.ts";
import { planTrust, type TrustPlan } from "./trust_plan.ts";
import type { Leaf } from "./trust_state.ts";
import { makeTrustState } from "./trust_steps.ts";

/** How long a new CA is published before it signs, in milliseconds: API servers learn of it one after the other. */
export const DEFAULT_SETTLE = 30_000;

/** How long to wait after a step that failed, in milliseconds; doubled up to {@link LONGEST_PAUSE}. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

/**
 * How many times a replica writes the Secret as it likes. Each further time
 * within {@link WRITES_COUNT_FOR} it waits, twice as long as before: replicas whose clocks
 * are hours apart would else replace each other's certificates without end.
 */
const FREE_WRITES = 6;
const WRITES_COUNT_FOR = 60 * 60 * 1000;
const LONGEST_WRITE_PAUSE = 5 * 60 * 1000;

/** What {@link SecretCertificates} needs. */
export interface SecretCertificatesOptions extends TrustObjectsOptions {
  readonly clock: Clock;
  /** The names to serve under. */
  readonly names: readonly string[];
  /** {@link DEFAULT_SETTLE} unless told. */
  readonly settle?: number;
}

/** One replica's part in the shared trust. */
export class SecretCertificates implements CertificateSource {
  readonly #options: SecretCertificatesOptions;
  readonly #objects: TrustObjects;
  readonly #hasFirst = Promise.withResolvers<void>();
  #served: Leaf | undefined;
  /** The id of the CA that signed it. */
  #servedAuthority = "";
  /** Since when the next CA has been in every caBundle, as far as this replica saw. */
  #published: { readonly id: string; readonly since: number } | undefined;
  #notReady: string | undefined = "There is no certificate yet";
  #serve: (pair: ServingCertificate) => void = () => {};
  #running: Promise<void> | undefined;
  #isWanted = false;
  #isClosed = false;
  #cancelLook = (): void => {};
  #lastFault = "";
  #pause = FIRST_PAUSE;
  /** When this replica wrote the Secret, by the clock that never goes back. */
  #writes: readonly number[] = [];

  private constructor(options: SecretCertificatesOptions) {
    this.#options = options;
    this.#objects = new TrustObjects(options, () => this.#want());
  }

  /**
   * Begins, and waits until there is a certificate to serve with. Faults of the
   * API server are logged and tried again.
   *
   * @param signal Ends the wait; the promise then rejects with its reason.
   */
  static async open(
    options: SecretCertificatesOptions,
    signal: AbortSignal,
  ): Promise<SecretCertificates> {
    signal.throwIfAborted();
    const source = new SecretCertificates(options);
    const abort = () => source.#hasFirst.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      await source.#hasFirst.promise;
      return source;
    } catch (error) {
      await source.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  get first(): ServingCertificate {
    if (this.#served === undefined) {
      throw new RangeError("There is no certificate yet");
    }
    return this.#served;
  }

  onChange(serve: (pair: ServingCertificate) => void): void {
    this.#serve = serve;
    serve(this.first);
  }

  notReadyReason(): string | undefined {
    return this.#notReady;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#objects.close();
    await this.#running;
    this.#cancelLook();
  }

  /** Decides and acts once more: now, or as soon as what is under way is done. */
  #want(): void {
    this.#isWanted = true;
    if (this.#isClosed) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Wanted since the last look at it.
      if (this.#isWanted) this.#want();
    });
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#isClosed) {
      this.#isWanted = false;
      this.#cancelLook();
      const pause = await this.#actSafely();
      this.#cancelLook = this.#options.clock.after(pause, () => this.#want());
    }
  }

  /** A defect is no reason to stop serving: what is served goes on, and the next round may succeed. */
  async #actSafely(): Promise<number> {
    try {
      return await this.#act();
    } catch (error) {
      this.#options.logger.error("The certificates could not be looked after", {
        error: error instanceof Error ? error.name : "unknown error",
      });
      return LONGEST_PAUSE;
    }
  }

  /** One round; tells after how many milliseconds to look again. */
  async #act(): Promise<number> {
    const snapshot = this.#objects.snapshot();
    this.#notePublished(snapshot);
    const plan = this.#plan(snapshot);
    const wait = plan.write === undefined ? 0 : this.#writePause();
    const faults = [
      await faultOf(() => this.#takeUp(plan, snapshot)),
      await faultOf(() => wait > 0 ? undefined : this.#write(plan, snapshot)),
      // Also where the Secret cannot be written: what is served has to be trusted.
      await faultOf(() => this.#publish(plan, snapshot)),
    ].filter((fault) => fault !== undefined);
    if (faults.length > 0) return await this.#recover(faults);
    this.#pause = FIRST_PAUSE;
    this.#lastFault = "";
    return wait > 0 ? wait : plan.lookAgainAfter;
  }

  /** For how many milliseconds the Secret may not be written yet. */
  #writePause(): number {
    const now = this.#options.clock.monotonic();
    this.#writes = this.#writes.filter((at) => now - at < WRITES_COUNT_FOR);
    const excess = this.#writes.length - FREE_WRITES;
    const last = this.#writes.at(-1);
    if (excess < 0 || last === undefined) return 0;
    const pause = Math.min(1_000 * 2 ** excess, LONGEST_WRITE_PAUSE);
    return Math.max(0, last + pause - now);
  }

  async #write(
    { write }: TrustPlan,
    snapshot: TrustSnapshot,
  ): Promise<void> {
    if (write === undefined) return;
    const { crypto, clock, logger, secret } = this.#options;
    const now = clock.now();
    const state = await makeTrustState(write, { crypto, now });
    await this.#objects.write(state, snapshot);
    this.#writes = [...this.#writes, clock.monotonic()];
    logger.info(write.what, { secret: secret.name });
  }

  async #publish(
    { publish }: TrustPlan,
    snapshot: TrustSnapshot,
  ): Promise<void> {
    if (publish === undefined) return;
    await this.#objects.publish(publish, snapshot);
    this.#options.logger.info("Published the CAs", { count: publish.length });
  }

  #plan({ shared, configuration, known }: TrustSnapshot): TrustPlan {
    const { clock, names, settle = DEFAULT_SETTLE } = this.#options;
    return planTrust({
      now: clock.now(),
      shared,
      configuration,
      known,
      served: this.#served === undefined ? undefined : {
        authority: this.#servedAuthority,
        notBefore: this.#served.notBefore,
        notAfter: this.#served.notAfter,
      },
      nextPublishedFor: this.#published === undefined
        ? undefined
        : clock.monotonic() - this.#published.since,
      settle,
      names,
    });
  }

  #notePublished({ shared, configuration }: TrustSnapshot): void {
    const id = shared.kind === "good" ? shared.state.next?.id : undefined;
    const isEverywhere = id !== undefined && configuration.kind === "present" &&
      configuration.entries.length > 0 &&
      configuration.entries.every(({ authorities }) =>
        includesAuthority(authorities, id)
      );
    if (!isEverywhere) this.#published = undefined;
    else if (this.#published?.id !== id) {
      this.#published = { id, since: this.#options.clock.monotonic() };
    }
  }

  #takeUp({ serve, notReady }: TrustPlan, { shared }: TrustSnapshot): void {
    if (
      serve !== undefined && shared.kind === "good" &&
      serve.certificate !== this.#served?.certificate
    ) {
      this.#serve(serve);
      this.#served = serve;
      this.#servedAuthority = shared.state.authority.id;
      this.#options.logger.info("Serving with the Secret's certificate", {
        notAfter: new Date(serve.notAfter).toISOString(),
      });
      // Whether it is trusted is another question now.
      this.#isWanted = true;
      this.#hasFirst.resolve();
      return;
    }
    if (notReady === this.#notReady) return;
    this.#notReady = notReady;
    if (notReady === undefined) this.#options.logger.info("Ready");
    else this.#options.logger.warn("Not ready", { reason: notReady });
  }

  /** After a conflict what is there counts; any other fault is told once. Tells how long to wait. */
  async #recover(faults: readonly McaError[]): Promise<number> {
    const { logger } = this.#options;
    const isConflict = (fault: McaError) =>
      fault instanceof ApiError && fault.status === 409;
    const told = faults.find((fault) => !isConflict(fault));
    if (told === undefined) {
      logger.debug("Another replica was faster");
    } else if (told.message !== this.#lastFault) {
      this.#lastFault = told.message;
      const { message: reason, hint } = told;
      logger.warn("Cannot do what the certificates need; trying again", {
        reason,
        hint,
      });
    }
    // What cannot be read now is told of by the watches.
    await faultOf(() => this.#objects.refresh());
    if (told === undefined) return FIRST_PAUSE;
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    return this.#pause;
  }
}

/** What the action failed with; a defect goes on. */
async function faultOf(
  action: () => Promise<void> | void,
): Promise<McaError | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (error instanceof McaError) return error;
    throw error;
  }
}

/**
 * A CA and a certificate of this machine alone, kept in a directory: for a
 * webhook on a laptop. Whoever registers it copies the CA by hand, so the CA
 * stays as long as it can.
 *
 * @module
 */

import { McaError, systemErrorCode } from "../errors.ts";
import type { Logger } from "../log/logger.ts";
import type { Clock, FileStore, ServingCertificate } from "../platform.ts";
import type { CertificateSource } from "./certificate_source.ts";
import { planTrust } from "./trust_plan.ts";
import {
  formatTrustState,
  parseTrustState,
  TRUST_KEYS,
  type TrustData,
} from "./trust_state.ts";
import { makeTrustState } from "./trust_steps.ts";
import type { SharedView } from "./trust_view.ts";

/** How often the certificate's end is looked at, in milliseconds. */
const LOOK_INTERVAL = 10 * 60 * 1000;

/** What {@link DirectoryCertificates} needs. */
export interface DirectoryCertificatesOptions {
  readonly files: FileStore;
  readonly directory: string;
  /** The names to serve under. */
  readonly names: readonly string[];
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A certificate whose CA is in the directory's file `ca.crt`. */
export class DirectoryCertificates implements CertificateSource {
  readonly #options: DirectoryCertificatesOptions;
  #caCertificate: string;
  #current: ServingCertificate;
  #serve: (pair: ServingCertificate) => void = () => {};
  #cancel = (): void => {};

  private constructor(
    options: DirectoryCertificatesOptions,
    { authority, leaf }: LocalTrust,
  ) {
    this.#options = options;
    this.#caCertificate = authority;
    this.#current = leaf;
    this.#schedule();
  }

  /**
   * Takes up what is in the directory, and makes what is not.
   *
   * @throws {McaError} `file`
   */
  static async open(
    options: DirectoryCertificatesOptions,
  ): Promise<DirectoryCertificates> {
    return new DirectoryCertificates(options, await bringUpToDate(options));
  }

  get first(): ServingCertificate {
    return this.#current;
  }

  /** The CA to register, in PEM. */
  get caCertificate(): string {
    return this.#caCertificate;
  }

  onChange(serve: (pair: ServingCertificate) => void): void {
    this.#serve = serve;
    serve(this.#current);
  }

  notReadyReason(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    this.#cancel();
    return Promise.resolve();
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.after(LOOK_INTERVAL, () => {
      void this.#look().then(() => this.#schedule());
    });
  }

  async #look(): Promise<void> {
    const { logger } = this.#options;
    try {
      const { authority, leaf } = await bringUpToDate(this.#options);
      if (leaf.certificate === this.#current.certificate) return;
      this.#serve(leaf);
      this.#current = leaf;
      if (authority === this.#caCertificate) return;
      this.#caCertificate = authority;
      logger.warn("The CA is another: register the webhook anew");
    } catch (error) {
      if (!(error instanceof McaError)) throw error;
      const { message: reason, hint } = error;
      logger.warn("Cannot renew the certificate", { reason, hint });
    }
  }
}

interface LocalTrust {
  readonly authority: string;
  readonly leaf: ServingCertificate;
}

/** Writes until nothing is left to be done; two rounds are the most there can be. */
async function bringUpToDate(
  options: DirectoryCertificatesOptions,
): Promise<LocalTrust> {
  const { crypto, clock, names, logger, directory } = options;
  for (;;) {
    const now = clock.now();
    const shared = await readDirectory(options);
    const { write } = planTrust({
      now,
      shared,
      configuration: { kind: "absent" },
      known: undefined,
      served: undefined,
      nextPublishedFor: undefined,
      settle: 0,
      names,
    });
    // A next CA would help nobody: there is no bundle that it could be put in.
    if (write === undefined || write.next === "new") {
      const trust = localTrust(shared);
      if (trust !== undefined) return trust;
    }
    if (write === undefined) continue;
    const state = await makeTrustState(write, { crypto, now });
    await writeDirectory(formatTrustState(state), options);
    logger.info(write.what, { directory });
  }
}

function localTrust(shared: SharedView): LocalTrust | undefined {
  if (shared.kind !== "good" || shared.state.leaf === undefined) {
    return undefined;
  }
  const { authority, leaf } = shared.state;
  return { authority: authority.certificate, leaf };
}

async function readDirectory(
  { files, directory, crypto }: DirectoryCertificatesOptions,
): Promise<SharedView> {
  const data: Record<string, string> = {};
  for (const key of Object.values(TRUST_KEYS)) {
    const path = `${directory}/${key}`;
    try {
      data[key] = await files.readText(path);
    } catch (cause) {
      if (systemErrorCode(cause) === "ENOENT") continue;
      throw fileFault(cause, path);
    }
  }
  if (Object.keys(data).length === 0) return { kind: "absent" };
  try {
    return { kind: "good", state: await parseTrustState(data, crypto) };
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    return { kind: "unusable", fault: `it is damaged (${error.message})` };
  }
}

async function writeDirectory(
  data: TrustData,
  { files, directory }: DirectoryCertificatesOptions,
): Promise<void> {
  try {
    await files.makeDirectory(directory, 0o700);
    for (const [key, text] of Object.entries(data)) {
      if (text === undefined) continue;
      await files.writeAtomic(`${directory}/${key}`, text, 0o600);
    }
  } catch (cause) {
    throw fileFault(cause, directory);
  }
}

function fileFault(cause: unknown, file: string): McaError {
  const code = systemErrorCode(cause) ?? "unknown error";
  return new McaError("file", `Cannot be used (${code})`, {
    place: { file },
    hint: "Name a directory that can be written.",
    cause,
  });
}

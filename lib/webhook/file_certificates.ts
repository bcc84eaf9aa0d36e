/**
 * A certificate that others put into files and renew: cert-manager, or whoever
 * fills a mounted Secret. The files are read again and again; what was good last
 * goes on where they are not.
 *
 * @module
 */

import { readCertificate } from "../certs/certificate.ts";
import { keyAlgorithmOf, keyMatches } from "../certs/verification.ts";
import { McaError, systemErrorCode } from "../errors.ts";
import type { Logger } from "../log/logger.ts";
import type { Clock, FileStore, ServingCertificate } from "../platform.ts";
import type { CertificateSource } from "./certificate_source.ts";
import type { ConfigurationTrust } from "./configuration_trust.ts";

/** How often the files are read, in milliseconds: they are small, and a time stamp proves nothing. */
const LOOK_INTERVAL = 5_000;

/** What {@link FileCertificates} needs. */
export interface FileCertificatesOptions {
  readonly files: Pick<FileStore, "readText">;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly crypto: Crypto;
  readonly clock: Pick<Clock, "after">;
  readonly logger: Logger;
  /** What the API server trusts; undefined where that cannot be known. */
  readonly trust: ConfigurationTrust | undefined;
}

/** A certificate chain and its key from two files. */
export class FileCertificates implements CertificateSource {
  readonly #options: FileCertificatesOptions;
  #current: ServingCertificate;
  #serve: (pair: ServingCertificate) => void = () => {};
  #cancel = (): void => {};
  #lastFault = "";

  private constructor(
    options: FileCertificatesOptions,
    first: ServingCertificate,
  ) {
    this.#options = options;
    this.#current = first;
    options.trust?.expect(first.certificate);
    this.#schedule();
  }

  /**
   * Reads the files for the first time.
   *
   * @throws {McaError} `file` or `certificate` where they cannot be used.
   */
  static async open(
    options: FileCertificatesOptions,
  ): Promise<FileCertificates> {
    return new FileCertificates(options, await readPair(options));
  }

  get first(): ServingCertificate {
    return this.#current;
  }

  onChange(serve: (pair: ServingCertificate) => void): void {
    this.#serve = serve;
    serve(this.#current);
  }

  notReadyReason(): string | undefined {
    return this.#options.trust?.notReadyReason();
  }

  async close(): Promise<void> {
    this.#cancel();
    await this.#options.trust?.close();
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.after(LOOK_INTERVAL, () => {
      void this.#look().then(() => this.#schedule());
    });
  }

  async #look(): Promise<void> {
    const { logger, trust, certificateFile: file } = this.#options;
    try {
      const pair = await readPair(this.#options);
      if (this.#lastFault !== "") {
        this.#lastFault = "";
        logger.info("The certificate can be used again", { file });
      }
      if (
        pair.certificate === this.#current.certificate &&
        pair.privateKey === this.#current.privateKey
      ) return;
      this.#serve(pair);
      this.#current = pair;
      trust?.expect(pair.certificate);
      logger.info("Serving with a new certificate", {
        file,
        notAfter: new Date(readCertificate(pair.certificate).notAfter)
          .toISOString(),
      });
    } catch (error) {
      if (!(error instanceof McaError)) throw error;
      const { message: reason, hint, place } = error;
      // Of the two, the key's may be the one.
      const culprit = place.file ?? file;
      const fault = `${culprit}: ${reason}`;
      if (fault === this.#lastFault) return;
      this.#lastFault = fault;
      logger.warn("The certificate cannot be used, and the one before stays", {
        file: culprit,
        reason,
        hint,
      });
    }
  }
}

async function readPair(
  { files, certificateFile, keyFile, crypto }: FileCertificatesOptions,
): Promise<ServingCertificate> {
  const certificate = await readFile(files, certificateFile);
  const privateKey = await readFile(files, keyFile);
  const leaf = await inFile(certificateFile, () => {
    const facts = readCertificate(certificate);
    keyAlgorithmOf(facts);
    return facts;
  });
  if (await inFile(keyFile, () => keyMatches(leaf, privateKey, crypto))) {
    return { certificate, privateKey };
  }
  throw new McaError("certificate", "The key is not that of the certificate", {
    place: { file: keyFile },
    hint:
      "Both files change together; if this goes on, put the pair that belongs together there.",
  });
}

/** What reading comes to; a fault says in which file it is. */
async function inFile<T>(
  file: string,
  read: () => T | Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof McaError ? error.at({ file }) : error;
  }
}

async function readFile(
  files: Pick<FileStore, "readText">,
  file: string,
): Promise<string> {
  try {
    return await files.readText(file);
  } catch (cause) {
    const code = systemErrorCode(cause) ?? "unknown error";
    throw new McaError("file", `Cannot be read (${code})`, {
      place: { file },
      hint: "Mount the Secret that holds the certificate there.",
      cause,
    });
  }
}

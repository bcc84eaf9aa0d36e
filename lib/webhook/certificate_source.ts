/**
 * Where the webhook's certificate comes from. Types only.
 *
 * @module
 */

import type { ServingCertificate } from "../platform.ts";

/** Gives the certificate to serve with, and the next ones when there are any. */
export interface CertificateSource {
  /** The one to begin with. */
  readonly first: ServingCertificate;
  /** Calls `serve` with the present one, and with each that comes. It may throw; then the one before stays. */
  onChange(serve: (pair: ServingCertificate) => void): void;
  /** Why the API server would not trust the one that is served; undefined where it does. */
  notReadyReason(): string | undefined;
  close(): Promise<void>;
}

/**
 * Certificates for the tests of real sockets.
 *
 * @module
 */

import {
  issueCertificateAuthority,
  type IssuedCertificate,
  issueLeaf,
} from "../../lib/certs/issue.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Certificates of two CAs that know nothing of each other. */
export interface TlsMaterial {
  readonly ca: IssuedCertificate;
  readonly otherCa: IssuedCertificate;
  /** For localhost, 127.0.0.1 and ::1. */
  readonly server: IssuedCertificate;
  /** For kubernetes.default.svc alone. */
  readonly namedServer: IssuedCertificate;
  /** Ended long ago. */
  readonly expiredServer: IssuedCertificate;
  /** Begins in a year. */
  readonly futureServer: IssuedCertificate;
  /** For TLS clients. */
  readonly client: IssuedCertificate;
}

let material: Promise<TlsMaterial> | undefined;

/** The certificates, made once per process. */
export function tlsMaterial(): Promise<TlsMaterial> {
  material ??= issue();
  return material;
}

async function issue(): Promise<TlsMaterial> {
  const now = { crypto, now: Date.now() };
  const past = { crypto, now: Date.now() - 400 * DAY };
  const future = { crypto, now: Date.now() + 365 * DAY };
  const names = ["localhost", "127.0.0.1", "::1"];
  const ca = await issueCertificateAuthority({ commonName: "one" }, past);
  const leaf = { commonName: "server", names, lifetime: 30 * DAY };
  return {
    ca,
    otherCa: await issueCertificateAuthority({ commonName: "two" }, now),
    server: await issueLeaf(ca, leaf, now),
    namedServer: await issueLeaf(ca, {
      ...leaf,
      names: ["kubernetes.default.svc"],
    }, now),
    expiredServer: await issueLeaf(ca, leaf, past),
    futureServer: await issueLeaf(ca, leaf, future),
    client: await issueLeaf(ca, {
      commonName: "client",
      names: [],
      clientAuth: true,
    }, now),
  };
}

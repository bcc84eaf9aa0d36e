/**
 * The certificates and tokens that origin, peers and clients use.
 *
 * @module
 */

import { join } from "node:path";
import { issueCertificateAuthority, issueLeaf } from "../lib/certs/issue.ts";

/** What a run of the benchmark has been issued. */
export interface Material {
  /** Holds `ca.crt`, `tls.crt`, `tls.key` and `token`. */
  readonly directory: string;
  readonly caCertificate: string;
  /** What the origin asks for: the pod's real token. */
  readonly token: string;
}

/** Issues it, with the same kind of key that MCA gives itself. */
export async function issueMaterial(directory: string): Promise<Material> {
  const now = { crypto, now: Date.now() };
  const authority = await issueCertificateAuthority(
    { commonName: "benchmark" },
    now,
  );
  const leaf = await issueLeaf(authority, {
    commonName: "benchmark",
    names: ["localhost", "127.0.0.1"],
  }, now);
  // As long as a ServiceAccount's token.
  const token = crypto.getRandomValues(new Uint8Array(480)).toHex();
  for (
    const [name, text] of [
      ["ca.crt", authority.certificate],
      ["tls.crt", leaf.certificate],
      ["tls.key", leaf.privateKey],
      ["token", token],
    ] as const
  ) await Deno.writeTextFile(join(directory, name), text, { mode: 0o600 });
  return { directory, caCertificate: authority.certificate, token };
}

/** Which CA each replica serves with, found out as a TLS client does. */

import type { Authority } from "../../../lib/webhook/authority.ts";

/**
 * The ids of the CAs that replicas serve with, of those in the bundle; undefined
 * where a replica's certificate comes from none of them.
 */
export async function servedAuthorities(
  replicas: readonly { readonly port: number }[],
  bundle: readonly Authority[],
): Promise<(string | undefined)[]> {
  return await Promise.all(replicas.map(async ({ port }) => {
    for (const { id, certificate } of bundle) {
      if (await isTrusted(port, certificate)) return id;
    }
    return undefined;
  }));
}

async function isTrusted(port: number, ca: string): Promise<boolean> {
  try {
    using connection = await Deno.connectTls({
      hostname: "127.0.0.1",
      port,
      caCerts: [ca],
    });
    await connection.handshake();
    return true;
  } catch {
    return false;
  }
}

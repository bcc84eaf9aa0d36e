/** Which CA and certificate each replica serves with, found out as a TLS client does. */

import { connect } from "node:tls";
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

/** The certificate that a replica serves, as base64 of its DER; undefined where it serves none. */
export function servedLeaf(
  { port }: { readonly port: number },
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const socket = connect({
    host: "127.0.0.1",
    port,
    rejectUnauthorized: false,
  }, () => {
    resolve(new Uint8Array(socket.getPeerCertificate().raw).toBase64());
    socket.destroy();
  });
  socket.on("error", () => resolve(undefined));
  return promise.finally(() => socket.destroy());
}

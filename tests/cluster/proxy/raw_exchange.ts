/** Requests whose octets are chosen by hand, and all that comes back. */

import type { PodProxy } from "./pod_proxy.ts";

/** Sends the octets to the proxy, and reads until it ends the connection. */
export async function rawExchange(
  proxy: PodProxy,
  request: string,
): Promise<string> {
  const connection = await Deno.connectTls({
    hostname: "127.0.0.1",
    port: proxy.port,
    caCerts: [await proxy.appCa()],
    alpnProtocols: ["http/1.1"],
  });
  try {
    await connection.write(new TextEncoder().encode(request));
    return await new Response(connection.readable).text();
  } catch (error) {
    // The stream closes the connection by itself at its end.
    if (error instanceof Deno.errors.UnexpectedEof) return "";
    throw error;
  }
}

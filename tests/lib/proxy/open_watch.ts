/** A watch under way, with nothing told yet. */

import type { ProxyUnderTest } from "./proxy_under_test.ts";
import type { RawPeer } from "./raw_peer.ts";

/** Begins a watch; both sides have read the heads. */
export async function openWatch(
  test: ProxyUnderTest,
): Promise<{ readonly client: RawPeer; readonly upstream: RawPeer }> {
  const client = await test.connect();
  await client.send(test.request("GET /api/v1/pods?watch=1 HTTP/1.1"));
  const upstream = await test.upstream.accept();
  await upstream.readHead();
  await upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  await client.readHead();
  return { client, upstream };
}

/**
 * The origin: what stands in for the API server. A process of its own, so that
 * its work is not measured as somebody else's.
 *
 * Reads `tls.crt`, `tls.key` and `token` from the directory named by its only
 * argument, and prints the port that it listens on. Ends with its standard
 * input.
 *
 * @module
 */

import { join } from "node:path";
import { listenTls } from "../../flavors/deno_listener.ts";
import type { AcceptedConnection } from "../../lib/platform.ts";
import { isEnd } from "../byte_stream.ts";
import { OriginConnection } from "./origin_connection.ts";
import { Watches } from "./watches.ts";

const directory = Deno.args[0] ?? ".";
const file = (name: string) => Deno.readTextFile(join(directory, name));

const listener = listenTls({
  hostname: "127.0.0.1",
  port: 0,
  certificate: await file("tls.crt"),
  privateKey: await file("tls.key"),
});
const authorization = `Bearer ${await file("token")}\r\n`;
const watches = new Watches();

async function serve(connection: AcceptedConnection): Promise<void> {
  try {
    await connection.handshake();
    await new OriginConnection(connection, authorization, watches).run();
  } catch (error) {
    if (!isEnd(error)) console.error("origin:", error);
  } finally {
    try {
      connection.close();
    } catch {
      // A failed handshake has closed it already.
    }
  }
}

async function accept(): Promise<void> {
  for (;;) void serve(await listener.accept());
}

void accept();
console.log(listener.port);
for await (const _ of Deno.stdin.readable);
Deno.exit();

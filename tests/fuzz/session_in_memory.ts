/** The proxy's own session without sockets: octets in, what goes upstream and what comes back out. */

import type { ClusterTarget } from "../../lib/kube/cluster_target.ts";
import { Logger } from "../../lib/log/logger.ts";
import {
  ClientSession,
  SESSION_TIMEOUTS,
} from "../../lib/proxy/client_session.ts";
import { route } from "../../lib/proxy/passes/route.ts";
import { BlockPool } from "../../lib/wire/block_pool.ts";
import { Deadlines } from "../../lib/wire/deadlines.ts";
import { Peer } from "../../lib/wire/peer.ts";
import { UpstreamPool } from "../../lib/wire/upstream_pool.ts";
import { textToOctets } from "../../lib/wire/octets.ts";
import { FakeClock } from "../fakes/fake_clock.ts";
import { MemoryConnection } from "../fakes/memory_connection.ts";

/** More than any chain of promises between two octets that move. */
const QUIET_TURNS = 60;

/** What an upstream does with one connection; it is closed when this returns. */
export type UpstreamScript = (connection: MemoryConnection) => Promise<void>;

const target: ClusterTarget = {
  name: "memory",
  connect: { hostname: "memory", port: 1 },
  basePath: "",
  host: "upstream",
  caCertificates: [],
  credentials: { headers: () => [], refresh: () => Promise.resolve(false) },
  namespace: "default",
};

/**
 * Serves one client whose octets come in the given pieces. When nothing moves
 * any more, the session is ended.
 *
 * @returns What the client got, and whether the proxy had ended the connection by itself.
 */
export async function serveInMemory(
  pieces: readonly string[],
  upstream: UpstreamScript,
): Promise<{ readonly received: string; readonly hasEnded: boolean }> {
  const clock = new FakeClock(0);
  const deadlines = new Deadlines(clock);
  const blocks = new BlockPool();
  const connections: MemoryConnection[] = [];
  const tasks: Promise<void>[] = [];
  const pool = new UpstreamPool({
    clock,
    blocks,
    deadlines,
    options: () => target.connect,
    connect: () => {
      const [near, far] = MemoryConnection.pair(1024 * 1024);
      connections.push(near);
      tasks.push(upstream(far).catch(() => {}).finally(() => far.close()));
      return Promise.resolve(near);
    },
  });
  const [client, server] = MemoryConnection.pair(1024 * 1024);
  connections.push(client);
  const session = new ClientSession(new Peer(server, blocks), "memory", {
    passes: [route(() => ({ target, poolFor: () => pool }))],
    clock,
    deadlines,
    logger: new Logger({ level: "off", format: "text", clock, sink: () => {} }),
    timeouts: SESSION_TIMEOUTS,
  });
  let received = "";
  let hasEnded = false;
  const reading = readAll(client, (text) => received += text)
    .then(() => hasEnded = true);
  const running = session.run();
  for (const piece of pieces) {
    await client.write(textToOctets(piece)).catch(() => {});
    await untilQuiet(connections);
  }
  const outcome = { received, hasEnded };
  session.close();
  client.close();
  await running;
  pool.close();
  await reading;
  await Promise.all(tasks);
  deadlines.close();
  if (pool.counts.open !== 0) throw new Error("Upstream connections are left");
  return outcome;
}

/** Lets all run until no octet moves. */
async function untilQuiet(
  connections: readonly MemoryConnection[],
): Promise<void> {
  for (let before = -1;;) {
    const moved = connections.reduce(
      (sum, { octetsRead, octetsWritten }) => sum + octetsRead + octetsWritten,
      connections.length,
    );
    if (moved === before) return;
    before = moved;
    for (let turn = 0; turn < QUIET_TURNS; turn++) await Promise.resolve();
  }
}

/** Hands on what is read, one character for each octet, up to the end. */
export async function readAll(
  connection: MemoryConnection,
  take: (text: string) => void,
): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return;
    take(String.fromCharCode(...buffer.subarray(0, count)));
  }
}

import {
  deepStrictEqual,
  match,
  notStrictEqual,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { McaError } from "../../../lib/errors.ts";
import type { ConnectOptions } from "../../../lib/platform.ts";
import { BlockPool } from "../../../lib/wire/block_pool.ts";
import { Deadlines } from "../../../lib/wire/deadlines.ts";
import { textToOctets } from "../../../lib/wire/octets.ts";
import {
  POOL_SETTINGS,
  type PoolSettings,
  UpstreamPool,
} from "../../../lib/wire/upstream_pool.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { MemoryConnection } from "../../fakes/memory_connection.ts";

const OPTIONS: ConnectOptions = { hostname: "memory", port: 1 };

/** Roots that every server's certificate comes from, unless a test has others. */
const UNCHANGED_ROOTS: {
  readonly trusted: ConnectOptions | undefined;
  readonly refreshRoots: () => Promise<void>;
} = { trusted: undefined, refreshRoots: () => Promise.resolve() };

function pooling(settings: Partial<PoolSettings> = {}) {
  const clock = new FakeClock();
  const servers: MemoryConnection[] = [];
  const state = {
    options: OPTIONS,
    hangs: false,
    ...UNCHANGED_ROOTS,
  };
  const pool = new UpstreamPool(
    {
      clock,
      blocks: new BlockPool(),
      deadlines: new Deadlines(clock),
      options: () => state.options,
      refreshRoots: () => state.refreshRoots(),
      connect: ({ signal, ...options }) => {
        if (
          state.trusted !== undefined && options.tls !== state.trusted.tls
        ) {
          return Promise.reject(
            new McaError("certificate", "Issued by another CA"),
          );
        }
        if (state.hangs) {
          return new Promise((_, reject) => {
            signal?.addEventListener("abort", () => reject(signal.reason));
          });
        }
        const [near, far] = MemoryConnection.pair();
        servers.push(far);
        return Promise.resolve(near);
      },
    },
    { ...POOL_SETTINGS, ...settings },
  );
  return { pool, clock, servers, state };
}

/** Lets all promises run that wait for nothing else. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

Deno.test("UpstreamPool.acquire() lends the most recently used connection first", async () => {
  const { pool } = pooling();
  const [first, second] = [await pool.acquire(), await pool.acquire()];
  deepStrictEqual([first.isReused, second.isReused], [false, false]);
  pool.giveBack(first.peer);
  pool.giveBack(second.peer);
  deepStrictEqual(pool.counts, { open: 2, idle: 2, connecting: 0 });
  deepStrictEqual(await pool.acquire(), { peer: second.peer, isReused: true });
  deepStrictEqual(await pool.acquire(), { peer: first.peer, isReused: true });
  deepStrictEqual(pool.counts, { open: 2, idle: 0, connecting: 0 });
  strictEqual((await pool.acquire()).isReused, false);
});

Deno.test("UpstreamPool.connect() makes a new one where others are idle", async () => {
  const { pool } = pooling();
  const { peer } = await pool.acquire();
  pool.giveBack(peer);
  const fresh = await pool.connect();
  notStrictEqual(fresh.peer, peer);
  strictEqual(fresh.isReused, false);
});

Deno.test("UpstreamPool.acquire() passes over a connection that has ended or spoken", async () => {
  const { pool, servers } = pooling();
  const [first, second] = [await pool.acquire(), await pool.acquire()];
  pool.giveBack(first.peer);
  pool.giveBack(second.peer);
  await servers[0]?.write(textToOctets("HTTP/1.1 408 Request Timeout\r\n\r\n"));
  servers[1]?.close();
  await settle();
  // The one that ended is gone already.
  deepStrictEqual(pool.counts, { open: 1, idle: 1, connecting: 0 });
  strictEqual((await pool.acquire()).isReused, false);
  deepStrictEqual(pool.counts, { open: 1, idle: 0, connecting: 0 });
  strictEqual(first.peer.isOpen, false);
});

Deno.test("UpstreamPool.giveBack() closes what is over the limit, the oldest first", async () => {
  const { pool } = pooling({ maxIdle: 2 });
  const all = [
    await pool.acquire(),
    await pool.acquire(),
    await pool.acquire(),
  ];
  for (const { peer } of all) pool.giveBack(peer);
  deepStrictEqual(all.map(({ peer }) => peer.isOpen), [false, true, true]);
  deepStrictEqual(pool.counts, { open: 2, idle: 2, connecting: 0 });
});

Deno.test("UpstreamPool.giveBack() closes a connection on which octets are left", async () => {
  const { pool, servers } = pooling();
  const { peer } = await pool.acquire();
  await servers[0]?.write(textToOctets("more"));
  await peer.reader.fill();
  pool.giveBack(peer);
  deepStrictEqual(pool.counts, { open: 0, idle: 0, connecting: 0 });
});

Deno.test("UpstreamPool.giveBack() keeps a connection for the idle timeout and no longer", async () => {
  const { pool, clock } = pooling({ idleTimeout: 60_000 });
  const { peer } = await pool.acquire();
  pool.giveBack(peer);
  clock.advance(59_000);
  strictEqual((await pool.acquire()).peer, peer);
  clock.advance(600_000);
  strictEqual(peer.isOpen, true);
  pool.giveBack(peer);
  clock.advance(61_000);
  strictEqual(peer.isOpen, false);
  strictEqual(pool.counts.open, 0);
});

Deno.test("UpstreamPool.acquire() leaves behind what was made with other options", async () => {
  const { pool, state } = pooling();
  const [idle, busy] = [await pool.acquire(), await pool.acquire()];
  pool.giveBack(idle.peer);
  state.options = { ...OPTIONS };
  const next = await pool.acquire();
  strictEqual(next.isReused, false);
  strictEqual(idle.peer.isOpen, false);
  pool.giveBack(busy.peer);
  strictEqual(busy.peer.isOpen, false);
  pool.giveBack(next.peer);
  strictEqual((await pool.acquire()).peer, next.peer);
});

Deno.test("UpstreamPool.connect() looks for new roots where those in use do not fit", async () => {
  const { pool, state } = pooling();
  const renewed = { ...OPTIONS, tls: { caCertificates: ["new"] } };
  let looks = 0;
  Object.assign(state, {
    trusted: renewed,
    refreshRoots: () => {
      looks++;
      state.options = renewed;
      return Promise.resolve();
    },
  });
  const { peer } = await pool.connect();
  strictEqual(peer.isOpen, true);
  deepStrictEqual([looks, pool.counts.open], [1, 1]);
  // It counts as made with the new ones: it may be used again.
  pool.giveBack(peer);
  strictEqual(pool.takeIdle()?.peer, peer);
  strictEqual(looks, 1);
});

Deno.test("UpstreamPool.connect() fails where there are no new roots", async () => {
  const { pool, state } = pooling();
  Object.assign(state, {
    trusted: { ...OPTIONS, tls: { caCertificates: ["new"] } },
  });
  await rejects(pool.connect(), /Issued by another CA/);
  deepStrictEqual(pool.counts, { open: 0, idle: 0, connecting: 0 });
});

Deno.test("UpstreamPool.acquire() refuses more connections than there may be", async () => {
  const { pool, state } = pooling({ maxOpen: 2 });
  const { peer } = await pool.acquire();
  state.hangs = true;
  const hanging = pool.acquire();
  await rejects(
    pool.acquire(),
    (error) => error instanceof McaError && error.code === "not-ready",
  );
  peer.close();
  const another = pool.acquire();
  strictEqual(pool.counts.connecting, 2);
  pool.close();
  await rejects(hanging, /shutting down/);
  await rejects(another, /shutting down/);
});

Deno.test("UpstreamPool.connect() counts those that wait for new roots", async () => {
  const { pool, state } = pooling({ maxOpen: 2 });
  const looked = Promise.withResolvers<void>();
  const renewed = { ...OPTIONS, tls: { caCertificates: ["new"] } };
  Object.assign(state, {
    trusted: renewed,
    refreshRoots: () => looked.promise,
  });
  const waiting = [pool.connect(), pool.connect()];
  await settle();
  deepStrictEqual(pool.counts, { open: 0, idle: 0, connecting: 2 });
  await rejects(pool.connect(), /too many requests/);
  state.options = renewed;
  looked.resolve();
  await Promise.all(waiting);
  deepStrictEqual(pool.counts, { open: 2, idle: 0, connecting: 0 });
});

Deno.test("UpstreamPool.acquire() gives up connecting in time", async () => {
  const { pool, clock, state } = pooling({ connectTimeout: 10_000 });
  state.hangs = true;
  let failure: unknown;
  const acquiring = pool.acquire().catch((error) => failure = error);
  clock.advance(9_000);
  await settle();
  strictEqual(failure, undefined);
  clock.advance(2_000);
  await acquiring;
  match(String(failure), /did not take the connection in time/);
  strictEqual(pool.counts.connecting, 0);
});

Deno.test("UpstreamPool.close() closes the idle at once and the others when they come back", async () => {
  const { pool, clock } = pooling();
  const [idle, busy] = [await pool.acquire(), await pool.acquire()];
  pool.giveBack(idle.peer);
  pool.close();
  strictEqual(idle.peer.isOpen, false);
  strictEqual(busy.peer.isOpen, true);
  pool.giveBack(busy.peer);
  strictEqual(busy.peer.isOpen, false);
  deepStrictEqual(pool.counts, { open: 0, idle: 0, connecting: 0 });
  await rejects(pool.acquire(), /shutting down/);
  clock.advance(1_000);
  strictEqual(clock.timerCount, 0);
});

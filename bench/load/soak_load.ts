/**
 * All that a pod does, at once and for long.
 *
 * @module
 */

import { EXEC_PATH, RESOURCES } from "../origin/resources.ts";
import { Client, requestOctets } from "./client.ts";
import type { LoadResult, SoakJob } from "./job.ts";
import { repeat } from "./repeat.ts";
import { runConnects, runRequests, runUploads } from "./request_load.ts";
import { Emitter, Watch } from "./watch_load.ts";

/** How many octets go through a tunnel, each way, before it ends. */
const TUNNEL_OCTETS = 256 * 1024;
const WATCHES = 50;
/** A watch lives for that many events; kube-apiserver ends them too. */
const EVENTS_PER_WATCH = 200;

/** Lists, watches, exec-like tunnels, uploads and new connections, until the time is up. */
export async function runSoak(job: SoakJob): Promise<LoadResult> {
  const { target, seconds } = job;
  const results = await Promise.all([
    runRequests({
      kind: "requests",
      target,
      ...RESOURCES.medium,
      connections: 4,
      seconds,
    }),
    runRequests({
      kind: "requests",
      target,
      ...RESOURCES.small,
      connections: 4,
      seconds,
    }),
    runUploads({
      kind: "uploads",
      target,
      length: RESOURCES.large.length,
      connections: 1,
      seconds,
    }),
    runConnects({ kind: "connect", target, connections: 1, seconds }),
    repeat([() => tunnel(job), () => tunnel(job)], seconds),
    repeat([() => someEvents(job)], seconds),
  ]);
  const [lists] = results;
  return {
    count: results.reduce((sum, { count }) => sum + count, 0),
    seconds: Math.max(...results.map((result) => result.seconds)),
    latency: lists.latency,
  };
}

/** One `kubectl exec … cat`: all that goes in comes back, then both sides end. */
async function tunnel({ target }: SoakJob): Promise<void> {
  using client = await Client.connect(target);
  await client.stream.write(
    requestOctets(target, `POST ${EXEC_PATH}`, [
      "Connection: Upgrade",
      "Upgrade: SPDY/3.1",
    ]),
  );
  await client.expect(101);
  const piece = new Uint8Array(8 * 1024).fill(0x61);
  for (let sent = 0; sent < TUNNEL_OCTETS; sent += piece.length) {
    await client.stream.write(piece);
    await client.stream.skip(piece.length);
  }
  await client.closeWrite();
  await client.drain();
}

/** Watches from their opening to their end. */
async function someEvents({ target, origin }: SoakJob): Promise<void> {
  using open = new DisposableStack();
  const emitter = open.use(await Emitter.connect(origin));
  const watches: Watch[] = [];
  for (let id = 0; id < WATCHES; id++) {
    watches.push(open.use(await Watch.open(target, id)));
  }
  for (let event = 0; event < EVENTS_PER_WATCH; event++) {
    const coming = watches.map((watch) => watch.next());
    await Promise.all([emitter.emit("all"), ...coming]);
  }
}

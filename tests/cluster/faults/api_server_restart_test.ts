/** The API server goes and comes back while an app is busy. */

import assert from "node:assert/strict";
import { type ControlPlane, startControlPlane } from "../control_plane.ts";
import { adminPod } from "../proxy/admin_pod.ts";
import type { PodProxy } from "../proxy/pod_proxy.ts";
import { newNamespace } from "../ready_pod.ts";
import { waitUntil } from "../wait_until.ts";
import { idleConnections, NOTICED } from "./idle_connections.ts";
import { OpenWatch } from "./open_watch.ts";
import { SteadyLoad, tally } from "./steady_load.ts";

const WATCHES = 20;
const LOAD = { path: "/version", connections: 8, rate: 200 };

function createMap(
  plane: ControlPlane,
  namespace: string,
  name: string,
): Promise<unknown> {
  return plane.request("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
    body: { metadata: { name } },
  });
}

async function openWatches(
  proxy: PodProxy,
  namespace: string,
): Promise<readonly OpenWatch[]> {
  return await Promise.all(
    Array.from({ length: WATCHES }, async () => {
      const watch = await OpenWatch.open(proxy, namespace);
      await watch.event("kube-root-ca.crt");
      return watch;
    }),
  );
}

Deno.test("`mca proxy` fails no GET but while the API server is gone, and keeps nothing of it", async (t) => {
  await using plane = await startControlPlane();
  await using proxy = await adminPod(plane);
  const namespace = await newNamespace(plane);
  await idleConnections(proxy);
  const { upstreamIdle } = await proxy.connections();
  assert.equal(await proxy.openConnections(), upstreamIdle);

  await using load = await SteadyLoad.start(proxy, LOAD);
  const watches = await openWatches(proxy, namespace);
  await load.more(200);

  const killed = performance.now();
  await plane.stopApiServer();
  const gone = performance.now();
  const ends = Promise.all(watches.map((watch) => watch.ended()));
  await load.more(100, ({ result }) => result === 502);
  await plane.startApiServer();
  const ready = performance.now();
  await createMap(plane, namespace, "new");
  await load.more(400, ({ sent }) => sent > ready);

  await t.step("each watch ends, and says that it was broken off", async () => {
    assert.deepEqual(
      await ends,
      Array.from({ length: WATCHES }, () => "broken off"),
    );
    for (const watch of watches) watch[Symbol.dispose]();
  });
  await t.step("new watches see what has come meanwhile", async () => {
    const again = await openWatches(proxy, namespace);
    await Promise.all(again.map((watch) => watch.event("new")));
    for (const watch of again) watch[Symbol.dispose]();
  });

  const outcomes = await load.stop();
  await t.step("before, each GET succeeds", () => {
    const before = outcomes.filter(({ ended }) => ended < killed);
    assert.ok(before.length >= 200);
    assert.deepEqual(tally(before), { 200: before.length });
  });
  await t.step("afterwards too, from the first one on", () => {
    const after = outcomes.filter(({ sent }) => sent > ready);
    assert.ok(after.length >= 400);
    assert.deepEqual(tally(after), { 200: after.length });
  });
  await t.step("meanwhile each is answered, at worst with a 502 Status", () => {
    const meanwhile = outcomes.filter(({ sent, ended }) =>
      sent > gone && ended < ready
    );
    const odd = meanwhile.filter(({ result, fault }) =>
      typeof result !== "number" ||
      (result === 502 && !/"kind":"Status".*"code":502/.test(fault))
    );
    assert.deepEqual(tally(odd), {});
    assert.ok(meanwhile.some(({ result }) => result === 502));
  });
  await t.step("at no time one hangs", () => {
    assert.deepEqual(
      tally(outcomes.filter(({ result }) => result === "hung")),
      {},
    );
  });
  await t.step("no connection is left", async () => {
    await idleConnections(proxy);
    // What is idle belongs to the new API server, and goes with it.
    await plane.stopApiServer();
    await waitUntil(
      "the idle connections to go",
      async () => (await proxy.connections()).upstream === 0,
      NOTICED,
    );
    await waitUntil(
      "the last sockets to go",
      async () => await proxy.openConnections() === 0,
      NOTICED,
    );
  });
});

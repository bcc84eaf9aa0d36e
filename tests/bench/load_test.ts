import assert from "node:assert/strict";
import { Laboratory } from "../../bench/measure/laboratory.ts";
import { RESOURCES } from "../../bench/origin/resources.ts";
import { direct } from "../../bench/peers/direct.ts";

function laboratory(stop = new AbortController().signal): Promise<Laboratory> {
  return Laboratory.open([direct], () => {}, stop);
}

Deno.test("Laboratory.run() does each kind of job", async (t) => {
  await using room = await laboratory();
  const target = room.origin;
  const common = { target, connections: 2, seconds: 0.05 };
  const jobs = [
    { kind: "requests", ...common, ...RESOURCES.small },
    { kind: "requests", ...common, ...RESOURCES.medium },
    { kind: "uploads", ...common, length: 200_000 },
    { kind: "connect", ...common },
    { kind: "soak", target, origin: target, seconds: 0.05 },
  ] as const;
  for (const job of jobs) {
    await t.step(job.kind, async () => {
      const { count, latency } = await room.run(job);
      assert.ok(count > 0);
      assert.ok(latency.p50 > 0 && latency.p50 <= latency.p99);
      assert.ok(latency.p99 <= latency.max);
    });
  }
  await t.step("an event goes to one watch", async () => {
    const { count } = await room.run({
      kind: "watches",
      target,
      origin: target,
      watches: 3,
      events: 7,
      isBurst: false,
    });
    assert.equal(count, 7);
  });
  await t.step("an event goes to all watches", async () => {
    const { count } = await room.run({
      kind: "watches",
      target,
      origin: target,
      watches: 3,
      events: 7,
      isBurst: true,
    });
    assert.equal(count, 21);
  });
});

for (
  const [what, changes, message] of [
    ["has another status", { path: "/nowhere" }, /Expected 200, got: .* 404 /],
    ["has another length", { length: 1 }, /Expected 1 octets, got 1228/],
  ] as const
) {
  Deno.test(`Laboratory.run() fails where an answer ${what}`, async () => {
    await using room = await laboratory();
    await assert.rejects(
      room.run({
        kind: "requests",
        target: room.origin,
        ...RESOURCES.small,
        ...changes,
        connections: 1,
        seconds: 1,
      }),
      message,
    );
  });
}

Deno.test("Laboratory.run() fails where the origin is not shown the real token", async () => {
  await using room = await laboratory();
  await assert.rejects(
    room.run({
      kind: "requests",
      target: { ...room.origin, token: "app" },
      ...RESOURCES.small,
      connections: 1,
      seconds: 1,
    }),
    /Expected 200, got: HTTP\/1\.1 401 /,
  );
});

Deno.test("Laboratory.run() ends as soon as it is told to stop", async () => {
  const stop = new AbortController();
  await using room = await laboratory(stop.signal);
  const running = room.run({
    kind: "requests",
    target: room.origin,
    ...RESOURCES.small,
    connections: 1,
    seconds: 60,
  });
  stop.abort();
  await assert.rejects(running, /load generator ended/);
  await assert.rejects(
    room.run({
      kind: "connect",
      target: room.origin,
      connections: 1,
      seconds: 1,
    }),
    { name: "AbortError" },
  );
});

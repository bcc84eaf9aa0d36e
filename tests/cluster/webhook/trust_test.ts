/** Three processes of the webhook on one Secret of a real API server. */

import assert from "node:assert/strict";
import { isJsonObject } from "../../../lib/kube/json.ts";
import { readEntries } from "../../../lib/webhook/webhook_objects.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { waitUntil } from "../wait_until.ts";
import { AdmissionLoad } from "./admission_load.ts";
import { Deployment, ROTATION_STEPS } from "./deployment.ts";
import { configurationOf, register, unregister } from "./registration.ts";
import { WebhookProcess } from "./webhook_process.ts";

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

Deno.test("the webhook shares one CA among replicas that start together", async () => {
  await using deployment = await Deployment.create(cluster, 3);
  const state = await deployment.settled();
  assert.equal(state.bundle.length, 1);
  const load = new AdmissionLoad(cluster, deployment.place.apps);
  assert.equal(await load.once(), undefined);
  await load.stop();
});

Deno.test("the webhook rotates its CA under load without losing an admission", async () => {
  await using deployment = await Deployment.create(cluster, 3);
  const before = await deployment.settled();
  const load = new AdmissionLoad(cluster, deployment.place.apps);
  load.start(200);
  await waitUntil("the load to run", () => load.admitted > 200);
  await deployment.deleteSecret();
  await waitUntil("the new CA to sign", async () => {
    const state = await deployment.state().catch(() => undefined);
    return state !== undefined && state.authority.id !== before.authority.id;
  });
  const after = await deployment.settled();
  const seen = load.admitted;
  await waitUntil("the load to go on", () => load.admitted > seen + 400);
  const { rate } = load;
  const { admitted, failures } = await load.stop();
  assert.deepEqual([...new Set(failures)], [], await deployment.logs());
  assert.notEqual(after.authority.id, before.authority.id);
  console.log(`${admitted} pods admitted, ${Math.round(rate)} a second`);
});

/** What the API server says of a connection that went away; the last where it notices as it writes. */
const CUT =
  /broken pipe|connection reset by peer|EOF|use of closed network connection/;

Deno.test("the webhook rotates its CA while every admission shakes hands anew", async () => {
  await using deployment = await Deployment.create(cluster, 3);
  const before = await deployment.settled();
  const load = new AdmissionLoad(cluster, deployment.place.apps);
  await deployment.deleteSecret();
  let isDone = false;
  const rotation = deployment.settled().then(
    (state) => state,
    (error: unknown) => error,
  ).finally(() => isDone = true);
  const failures: string[] = [];
  let bursts = 0;
  while (!isDone) {
    const burst = Array.from({ length: 6 }, () => load.once());
    for (const failure of await Promise.all(burst)) {
      // A connection that was cut just as it was used again is this test's own doing.
      if (failure === undefined || CUT.test(failure)) continue;
      failures.push(failure);
    }
    bursts++;
    // Nobody is under way: the API server has to connect, and to trust, again.
    await deployment.service.cut();
  }
  await load.stop();
  const after = await rotation;
  assert.deepEqual([...new Set(failures)], [], await deployment.logs());
  assert.ok(
    isJsonObject(after) && after["authority"] !== undefined,
    String(after),
  );
  assert.notEqual((await deployment.state()).authority.id, before.authority.id);
  assert.ok(bursts > 10, `${bursts} bursts`);
});

const DRIFTS: Readonly<Record<string, (d: Deployment) => Promise<void>>> = {
  "an emptied caBundle": (deployment) => deployment.setBundle(""),
  "a caBundle of somebody else's": (deployment) =>
    deployment.setBundle(new TextEncoder().encode(cluster.caPem).toBase64()),
  "a configuration deleted and made anew": async (deployment) => {
    await unregister(cluster, deployment.place);
    await register(cluster, deployment.place, deployment.service.port);
  },
};

for (const [what, drift] of Object.entries(DRIFTS)) {
  Deno.test(`the webhook repairs ${what}`, async () => {
    await using deployment = await Deployment.create(cluster, 2);
    const before = await deployment.settled();
    await drift(deployment);
    await waitUntil("the caBundle to hold the CA again", async () => {
      const [entry] = readEntries(
        await configurationOf(cluster, deployment.place),
      );
      return entry?.authorities.some(({ id }) => id === before.authority.id) ??
        false;
    }, { deadlineMilliseconds: 10_000 });
    const load = new AdmissionLoad(cluster, deployment.place.apps);
    await waitUntil(
      "pods to be injected again",
      async () => await load.once() === undefined,
    );
    await load.stop();
    await deployment.settled();
  });
}

Deno.test("the webhook mends a corrupted Secret without losing an admission", async () => {
  await using deployment = await Deployment.create(cluster, 2);
  const before = await deployment.settled();
  const load = new AdmissionLoad(cluster, deployment.place.apps);
  load.start(20);
  await deployment.patchSecret({ "ca.crt": "Z2FyYmFnZQ==", "tls.key": "" });
  const after = await deployment.settled();
  const { failures } = await load.stop();
  assert.deepEqual(failures, [], await deployment.logs());
  assert.equal(after.authority.id, before.authority.id);
});

Deno.test("the webhook serves on while each replica dies during a rotation", async () => {
  await using deployment = await Deployment.create(cluster, 3);
  await deployment.settled();
  const load = new AdmissionLoad(cluster, deployment.place.apps);
  for (const step of ROTATION_STEPS) {
    const before = await deployment.settled();
    const logged = await deployment.listen();
    await deployment.deleteSecret();
    let victim: WebhookProcess | undefined;
    await waitUntil(`a replica to log ${step}`, async () => {
      victim = (await logged(step)).at(-1);
      return victim !== undefined;
    }, { pollMilliseconds: 5 });
    assert.ok(victim !== undefined);
    await deployment.kill(victim);
    assert.equal(await load.once(), undefined, await deployment.logs());
    await deployment.grow();
    assert.equal(await load.once(), undefined, await deployment.logs());
    const after = await deployment.settled();
    assert.notEqual(after.authority.id, before.authority.id);
    assert.equal(await load.once(), undefined);
  }
  await load.stop();
});

Deno.test("the webhook serves on when a replica wakes up with an old CA", async () => {
  await using deployment = await Deployment.create(cluster, 2);
  const before = await deployment.settled();
  const [sleeper] = deployment.replicas;
  assert.ok(sleeper !== undefined);
  Deno.kill(sleeper.pid, "SIGSTOP");
  // Its probe fails meanwhile, as a kubelet's would.
  await waitUntil("it to be missed", () => deployment.service.readyCount === 1);
  await deployment.deleteSecret();
  await waitUntil("the new CA to sign", async () => {
    const state = await deployment.state().catch(() => undefined);
    return state !== undefined && state.authority.id !== before.authority.id;
  });
  const load = new AdmissionLoad(cluster, deployment.place.apps);
  load.start(50);
  Deno.kill(sleeper.pid, "SIGCONT");
  await deployment.settled();
  const { failures } = await load.stop();
  assert.deepEqual([...new Set(failures)], [], await deployment.logs());
});

Deno.test("the webhook rotates among clocks that are ten minutes apart from the API server's, without losing an admission", async () => {
  const tenMinutes = 10 * 60 * 1000;
  for (const first of [tenMinutes, -tenMinutes]) {
    // Alone it makes the CA, by its own clock.
    await using deployment = await Deployment.create(cluster, 1, [first]);
    await deployment.grow();
    await deployment.grow(-first);
    await deployment.ready();
    const before = await deployment.settled();
    const load = new AdmissionLoad(cluster, deployment.place.apps);
    load.start(50);
    await deployment.deleteSecret();
    await waitUntil("the new CA to sign", async () => {
      const state = await deployment.state().catch(() => undefined);
      return state !== undefined &&
        state.authority.id !== before.authority.id;
    });
    const after = await deployment.settled();
    assert.equal(after.bundle.length, 2);
    const { failures } = await load.stop();
    assert.deepEqual([...new Set(failures)], [], await deployment.logs());
    const shifts = await Promise.all(
      deployment.replicas.map(async (replica) => {
        const [line] = await replica.logLines();
        const told = Date.parse(String(line?.["time"]));
        return Math.round((told - Date.now()) / tenMinutes) * tenMinutes;
      }),
    );
    assert.deepEqual(shifts.map((shift) => shift + 0), [first, 0, -first]);
  }
});

Deno.test("the webhook stops in good order: nothing is lost on SIGTERM", async () => {
  await using deployment = await Deployment.create(cluster, 2);
  await deployment.settled();
  const load = new AdmissionLoad(cluster, deployment.place.apps);
  load.start(50);
  await waitUntil("the load to run", () => load.admitted > 50);
  const replica = await WebhookProcess.start(cluster, {
    ...deployment.place,
    args: [`--webhook-name=${deployment.place.webhookName}`, "--drain=2"],
  });
  await replica.ready();
  deployment.service.add(replica);
  await waitUntil("it to be known", () => deployment.service.readyCount === 3);
  const seen = load.admitted;
  await waitUntil("it to get its share", () => load.admitted > seen + 50);
  assert.equal(await replica.end("SIGTERM"), 0);
  deployment.service.remove(replica);
  await replica[Symbol.asyncDispose]();
  const { failures } = await load.stop();
  assert.deepEqual([...new Set(failures)], []);
});

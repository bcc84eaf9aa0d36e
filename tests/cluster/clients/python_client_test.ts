/** Kubernetes' Python client through the proxy and directly. */

import assert from "node:assert/strict";
import { newNamespace, readyPod } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { changeMaps, CHANGES, Gate, makeMaps } from "./changes.ts";
import { type ClientCommand, hasPython, pythonClient } from "./installed.ts";
import { answers, eventsOf, namedEvents, transcript } from "./transcript.ts";
import { TwoWays } from "./two_ways.ts";

const ignore = !await hasPython();

const resources = new AsyncDisposableStack();
let cluster: TestCluster;
let ways: TwoWays;
let client: ClientCommand;
Deno.test.beforeAll(async () => {
  if (ignore) return;
  client = await pythonClient();
  cluster = resources.use(await testCluster());
  ways = resources.use(await TwoWays.open(cluster));
});
Deno.test.afterAll(() => resources.disposeAsync());

/** What the command sees on both ways. */
function both(command: string, namespace: string) {
  const [program, ...args] = client;
  return ways.both(async (way) => {
    const { code, stdout, stderr } = await way.run(
      program,
      [...args, command, namespace],
      { signal: AbortSignal.timeout(60_000) },
    );
    assert.equal(code, 0, stderr);
    return transcript(stdout);
  });
}

Deno.test(
  "`mca proxy` gives Python's client the lists and errors that it gets directly (needs Python 3.11 with venv)",
  {
    ignore,
  },
  async () => {
    const namespace = await newNamespace(cluster);
    await makeMaps(cluster, namespace);
    const { direct, proxied } = await both("list", namespace);
    assert.deepEqual(
      eventsOf(proxied, "page", "object"),
      eventsOf(direct, "page", "object"),
    );
    assert.deepEqual(answers(proxied), answers(direct));
    assert.deepEqual(
      answers(proxied).map(({ status }) => status),
      [200, 200, 200, 200, 404, 422, 409],
    );
  },
);

Deno.test(
  "`mca proxy` shows a watch of Python's client what it sees directly (needs Python 3.11 with venv)",
  {
    ignore,
  },
  async () => {
    const namespace = await newNamespace(cluster);
    const [program, ...args] = client;
    const watching = new Gate(2);
    const changed = watching.opened.then(() => changeMaps(cluster, namespace));
    const { direct, proxied } = await ways.both(async (way) => {
      await using watch = way.spawn(program, [...args, "watch", namespace], {
        signal: AbortSignal.timeout(60_000),
      });
      await watch.waitFor(/"type": "ADDED".*kube-root-ca/);
      watching.arrive();
      const { code, stdout, stderr } = await watch.ended();
      assert.equal(code, 0, stderr);
      return transcript(stdout);
    });
    await changed;
    assert.deepEqual(proxied, direct);
    assert.deepEqual(namedEvents(eventsOf(proxied, "change")), CHANGES);
  },
);

Deno.test(
  "`mca proxy` lets Python's client run commands by WebSocket as it does directly (needs Python 3.11 with venv)",
  {
    ignore,
  },
  async () => {
    const { namespace } = await readyPod(cluster);
    const { direct, proxied } = await both("exec", namespace);
    assert.deepEqual(proxied, direct);
    const runs = eventsOf(proxied, "exec");
    assert.deepEqual(runs.map(({ code }) => code), [7, 127, 0, 0]);
    assert.deepEqual(
      runs.map(({ stdout }) => stdout),
      ["out\n", "", 300_000, "got typed\n"],
    );
    assert.equal(eventsOf(proxied, "refused").length, 1);
  },
);

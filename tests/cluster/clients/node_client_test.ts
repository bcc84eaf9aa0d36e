/** Kubernetes' JavaScript client on Node, through the proxy and directly. */

import assert from "node:assert/strict";
import { newNamespace, readyPod } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { changeMaps, CHANGES, Gate, makeMaps } from "./changes.ts";
import { type ClientCommand, hasNpm, nodeClient } from "./installed.ts";
import { answers, eventsOf, namedEvents, transcript } from "./transcript.ts";
import { TwoWays } from "./two_ways.ts";

const ignore = !await hasNpm();

const resources = new AsyncDisposableStack();
let cluster: TestCluster;
let ways: TwoWays;
let client: ClientCommand;
Deno.test.beforeAll(async () => {
  if (ignore) return;
  client = await nodeClient();
  cluster = resources.use(await testCluster());
  ways = resources.use(await TwoWays.open(cluster));
});
Deno.test.afterAll(() => resources.disposeAsync());

/** What the command sees on both ways. */
function both(...words: readonly string[]) {
  const [program, ...args] = client;
  return ways.both(async (way) => {
    const { code, stdout, stderr } = await way.run(
      program,
      [...args, ...words],
      { signal: AbortSignal.timeout(60_000) },
    );
    assert.equal(code, 0, stderr);
    return transcript(stdout);
  });
}

Deno.test(
  "`mca proxy` gives @kubernetes/client-node the lists and errors that it gets directly (needs npm)",
  {
    ignore,
  },
  async () => {
    const namespace = await newNamespace(cluster);
    await makeMaps(cluster, namespace);
    const { direct, proxied } = await both("list", namespace);
    assert.deepEqual(eventsOf(proxied, "page"), eventsOf(direct, "page"));
    assert.equal(eventsOf(proxied, "page").length, 3);
    assert.deepEqual(answers(proxied), answers(direct));
    assert.deepEqual(
      answers(proxied).map(({ status }) => status),
      [404, 422, 409],
    );
  },
);

Deno.test(
  "`mca proxy` shows @kubernetes/client-node's informer what it sees directly (needs npm)",
  {
    ignore,
  },
  async () => {
    const namespace = await newNamespace(cluster);
    const [program, ...args] = client;
    const watching = new Gate(2);
    const changed = watching.opened.then(() => changeMaps(cluster, namespace));
    const { direct, proxied } = await ways.both(async (way) => {
      await using informer = way.spawn(
        program,
        [...args, "informer", namespace],
        { signal: AbortSignal.timeout(60_000) },
      );
      // From the list's revision on it watches, and misses nothing.
      await informer.waitFor(/"type":"add".*"name":"kube-root-ca\.crt"/);
      watching.arrive();
      const { code, stdout, stderr } = await informer.ended();
      assert.equal(code, 0, stderr);
      return transcript(stdout);
    });
    await changed;
    const seen = eventsOf(proxied, "change");
    assert.deepEqual(seen, eventsOf(direct, "change"));
    assert.deepEqual(namedEvents(seen), CHANGES);
  },
);

Deno.test(
  "`mca proxy` lets @kubernetes/client-node run commands as it does directly (needs npm)",
  {
    ignore,
  },
  async () => {
    const { namespace } = await readyPod(cluster);
    const { direct, proxied } = await both("exec", namespace);
    assert.deepEqual(proxied, direct);
    assert.deepEqual(
      eventsOf(proxied, "exec").map(({ stdout }) => stdout),
      ["out\n", 300_000, "got typed\n"],
    );
  },
);

/** Serves connections: answers each octet with the same in capitals. */
async function shout(listener: Deno.TcpListener): Promise<void> {
  for await (const connection of listener) {
    void connection.readable
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(
        new TransformStream<string, string>({
          transform: (text, out) => out.enqueue(text.toUpperCase()),
        }),
      )
      .pipeThrough(new TextEncoderStream())
      .pipeTo(connection.writable)
      .catch(() => {});
  }
}

Deno.test(
  "`mca proxy` lets @kubernetes/client-node forward a port as it does directly (needs npm)",
  {
    ignore,
  },
  async () => {
    const { namespace } = await readyPod(cluster);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const shouting = shout(listener);
    const { direct, proxied } = await both(
      "port-forward",
      namespace,
      String(listener.addr.port),
    );
    listener.close();
    await shouting.catch(() => {});
    assert.deepEqual(proxied, direct);
    assert.deepEqual(proxied, [{ event: "answer", text: "QUESTION." }]);
  },
);

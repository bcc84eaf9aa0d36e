/** client-go as controllers use it, through the proxy and directly. */

import assert from "node:assert/strict";
import type { JsonObject } from "../../../lib/kube/json.ts";
import { findProgram } from "../find_program.ts";
import { newNamespace } from "../ready_pod.ts";
import type { RunningCommand } from "../running_command.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { changeMaps, CHANGES, Gate, makeMaps } from "./changes.ts";
import { answers, eventsOf, namedEvents, transcript } from "./transcript.ts";
import { TwoWays } from "./two_ways.ts";

/**
 * Long enough for some renewals of a lease of 6 s. MCA_TEST_LONG asks for the
 * two minutes that a real controller's lease of 15 s needs as many for.
 */
const ELECTION = Deno.env.get("MCA_TEST_LONG")
  ? { duration: "15s", milliseconds: 120_000 }
  : { duration: "6s", milliseconds: 15_000 };

/** The proxy offers HTTP/1.1 alone, and over HTTP/2 the API server frames otherwise. */
const HTTP_1 = { DISABLE_HTTP2: "true" };

const resources = new AsyncDisposableStack();
let cluster: TestCluster;
let ways: TwoWays;
let program: string;
Deno.test.beforeAll(async () => {
  program = await findProgram("go-client");
  cluster = resources.use(await testCluster());
  ways = resources.use(await TwoWays.open(cluster));
});
Deno.test.afterAll(() => resources.disposeAsync());

Deno.test("`mca proxy` shows client-go's informer what it sees directly, from a streamed list on", async () => {
  const namespace = await newNamespace(cluster);
  const synced = new Gate(2);
  const follow = async (informer: RunningCommand) => {
    await informer.waitFor(/"event":"synced"/);
    synced.arrive();
    await informer.waitFor(/"event":"delete".*"name":"last"/);
    // Some resyncs later it still holds the same.
    await informer.waitFor(/("event":"resync"[^]*){6}/);
    await informer.write("store\n");
    await informer.waitFor(/"event":"store"/);
    await informer.closeInput();
    const { code, stdout, stderr } = await informer.ended();
    assert.equal(code, 0, stderr);
    return transcript(stdout);
  };
  const changed = synced.opened.then(() => changeMaps(cluster, namespace));
  const { direct, proxied } = await ways.both(async (way) => {
    await using informer = way.spawn(program, ["informer", namespace], {
      env: HTTP_1,
      signal: AbortSignal.timeout(60_000),
    });
    return await follow(informer);
  });
  await changed;
  const objects = ["add", "update", "delete", "missed delete", "store"];
  const seen = eventsOf(proxied, ...objects);
  assert.deepEqual(seen, eventsOf(direct, ...objects));
  assert.deepEqual(namedEvents(seen.slice(0, -1)), CHANGES);
  assert.deepEqual(answers(proxied), answers(direct));
  const [list] = answers(proxied);
  assert.match(JSON.stringify(list), /"sendInitialEvents":\["true"\]/);
  assert.match(JSON.stringify(list), /"status":"200 OK"/);
});

for (
  const mediaType of [
    "application/json",
    "application/vnd.kubernetes.protobuf",
  ]
) {
  Deno.test(`\`mca proxy\` shows client-go's watch as ${mediaType} what it sees directly`, async () => {
    const namespace = await newNamespace(cluster);
    const watching = new Gate(2);
    const changed = watching.opened.then(() => changeMaps(cluster, namespace));
    const { direct, proxied } = await ways.both(async (way) => {
      await using watch = way.spawn(program, ["watch", namespace, mediaType], {
        env: HTTP_1,
        signal: AbortSignal.timeout(60_000),
      });
      await watch.waitFor(/"event":"watching"/);
      watching.arrive();
      const { code, stdout, stderr } = await watch.ended();
      assert.equal(code, 0, stderr);
      return transcript(stdout);
    });
    await changed;
    const seen = eventsOf(proxied, "change");
    assert.deepEqual(seen, eventsOf(direct, "change"));
    assert.deepEqual(namedEvents(seen), CHANGES);
    assert.deepEqual(answers(proxied), answers(direct));
  });
}

Deno.test("`mca proxy` gives client-go the lists that it gets directly, in pages, as protobuf, and of metadata", async () => {
  const namespace = await newNamespace(cluster);
  await makeMaps(cluster, namespace);
  const { direct, proxied } = await ways.both(async (way) => {
    const { code, stdout, stderr } = await way.run(
      program,
      ["list", namespace],
      { env: HTTP_1, signal: AbortSignal.timeout(60_000) },
    );
    assert.equal(code, 0, stderr);
    return transcript(stdout);
  });
  const seen = eventsOf(proxied, "page", "metadata");
  assert.deepEqual(seen, eventsOf(direct, "page", "metadata"));
  assert.equal(seen.length, 7);
  // The tokens of continued lists hold the revision of the moment.
  const steady = (lines: readonly JsonObject[]) =>
    answers(lines).map((line) => ({ ...line, query: undefined }));
  assert.deepEqual(steady(proxied), steady(direct));
});

/** Resolves once the time has passed: leading for a while is what the test is about. */
function whileLeading(milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, milliseconds);
  return promise;
}

Deno.test("`mca proxy` lets client-go's leaders hold their lease until they give it up", async () => {
  const { duration, milliseconds } = ELECTION;
  const { direct, proxied } = await ways.both(async (way) => {
    const lease = way === ways.directly ? "direct" : "proxied";
    const candidate = (identity: string) =>
      way.spawn(program, [
        "elect",
        ways.namespace,
        `--lease=${lease}`,
        `--identity=${identity}`,
        `--duration=${duration}`,
      ], { env: HTTP_1, signal: AbortSignal.timeout(milliseconds + 60_000) });
    await using first = candidate("first");
    await first.waitFor(/"event":"leading"/);
    await using second = candidate("second");
    await second.waitFor(/"event":"leader","identity":"first"/);
    await whileLeading(milliseconds);
    assert.doesNotMatch(first.stdout, /"event":"stopped"/);
    assert.doesNotMatch(second.stdout, /"event":"leading"/);
    await first.closeInput();
    await second.waitFor(/"event":"leading"/);
    await second.closeInput();
    const ends = [await first.ended(), await second.ended()];
    return ends.map(({ code, stdout, stderr }) => {
      assert.equal(code, 0, stderr);
      return transcript(stdout);
    });
  });
  // client-go tells of the leader, and to lead, at once: in any order.
  for (const changes of [["leading", "stopped"], ["leader"]]) {
    assert.deepEqual(
      proxied.map((lines) => eventsOf(lines, ...changes)),
      direct.map((lines) => eventsOf(lines, ...changes)),
    );
  }
  for (const lines of [...direct, ...proxied]) {
    // What was under way when it gave up is its own doing.
    const failed = answers(lines).filter(({ error, status }) =>
      error !== "context canceled" &&
      !/^(200|201|404|409) /.test(String(status))
    );
    assert.deepEqual(failed, []);
  }
  const [first = []] = proxied;
  const renewals = answers(first).filter(({ method }) => method === "PUT");
  assert.ok(renewals.length > 10, `${renewals.length} renewals`);
});

/** Connections to the API server that break at any moment, while requests run. */

import assert from "node:assert/strict";
import { Cable, type Strand } from "../../lib/proxy/cable.ts";
import { adminPod } from "../proxy/admin_pod.ts";
import { testCluster } from "../test_cluster.ts";
import { SteadyLoad, tally } from "./steady_load.ts";

/**
 * A handshake and more than two requests with their tokens of about 1 KiB:
 * octets by which a connection has served one request to its end.
 */
const USED = 6_000;
const CUTS = 10;

for (const kind of ["cut", "reset"] satisfies (keyof Strand)[]) {
  Deno.test(`\`mca proxy\` fails no GET when used connections to the API server are ${kind} again and again`, async () => {
    await using cluster = await testCluster();
    await using cable = await Cable.open(cluster.port);
    await using proxy = await adminPod(cluster, { serverPort: cable.port });
    await using load = await SteadyLoad.start(proxy, {
      path: "/version",
      connections: 8,
      rate: 200,
    });
    const done = new Set<Strand>();
    let wereCut = 0;
    for (let round = 0; round < CUTS; round++) {
      await load.more(60);
      for (const strand of cable.strands) {
        if (done.has(strand) || strand.sent < USED) continue;
        done.add(strand);
        strand[kind]();
        wereCut++;
      }
    }
    await load.more(60);
    const outcomes = await load.stop();
    assert.ok(wereCut >= CUTS, `${wereCut} connections`);
    assert.deepEqual(tally(outcomes), { 200: outcomes.length });
  });
}

/** The same requests through the proxy and directly, compared octet by octet. */

import assert from "node:assert/strict";
import { newNamespace } from "../ready_pod.ts";
import { testCluster } from "../test_cluster.ts";
import { DIFFERENTIAL_REQUESTS } from "./differential_requests.ts";
import { exchange, type RawAnswer, type RawSession } from "./raw_request.ts";
import { TwoWays } from "./two_ways.ts";

/** Where two long texts begin to differ, for a failure that can be read. */
function excerpts(answer: RawAnswer, other: RawAnswer): RawAnswer {
  const { body } = answer;
  if (body === other.body || body.length < 2000) return answer;
  let at = 0;
  while (body[at] === other.body[at]) at++;
  return {
    ...answer,
    body: `${at}: ${body.slice(Math.max(0, at - 100), at + 300)}`,
  };
}

Deno.test("`mca proxy` changes nothing that a client sees of an answer", async (t) => {
  await using cluster = await testCluster();
  await using ways = await TwoWays.open(cluster);
  const { direct, proxied } = await ways.both(async (way) => {
    return {
      way,
      namespace: await newNamespace(cluster),
      token: await way.file("token"),
      ca: await way.file("ca.crt"),
      left: new Map(),
    } satisfies RawSession;
  });
  for (const [index, request] of DIFFERENTIAL_REQUESTS.entries()) {
    const { method, target } = request;
    await t.step(`${index + 1} ${method} ${target.slice(0, 80)}`, async () => {
      const [expected, actual] = await Promise.all([
        exchange(direct, request),
        exchange(proxied, request),
      ]);
      assert.deepEqual(excerpts(actual, expected), excerpts(expected, actual));
    });
  }
});

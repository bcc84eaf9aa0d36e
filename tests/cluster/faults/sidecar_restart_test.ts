/** The sidecar restarts while client-go's informer runs. */

import assert from "node:assert/strict";
import { eventsOf, transcript } from "../clients/transcript.ts";
import { TwoWays } from "../clients/two_ways.ts";
import { findProgram } from "../find_program.ts";
import { freePort } from "../free_port.ts";
import { newNamespace } from "../ready_pod.ts";
import { testCluster } from "../test_cluster.ts";

for (const signal of ["SIGKILL", "SIGTERM"] satisfies Deno.Signal[]) {
  Deno.test(`\`mca proxy\` leaves client-go's informer whole after a restart by ${signal}`, async () => {
    const program = await findProgram("go-client");
    await using cluster = await testCluster();
    await using ways = await TwoWays.open(cluster, {
      env: { MCA_PROXY_PORT: String(freePort()), MCA_GRACE_SECONDS: "1" },
    });
    const namespace = await newNamespace(cluster);
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const create = (name: string) =>
      cluster.request("POST", path, { body: { metadata: { name } } });
    await using informer = ways.throughProxy.spawn(
      program,
      ["informer", namespace],
      { signal: AbortSignal.timeout(90_000) },
    );
    await create("before");
    await informer.waitFor(/"event":"add".*"name":"before"/);

    // What happens while nobody forwards it is not lost.
    const restarted = ways.proxy.restart(signal);
    await create("meanwhile");
    await cluster.request("DELETE", `${path}/before`);
    await restarted;
    await create("after");
    await informer.waitFor(/"event":"(missed )?delete".*before/);
    await informer.waitFor(/"event":"add".*"name":"meanwhile"/);
    await informer.waitFor(/"event":"add".*"name":"after"/);

    await informer.write("store\n");
    await informer.waitFor(/"event":"store"/);
    await informer.closeInput();
    const { stdout } = await informer.ended();
    const lines = transcript(stdout);
    const [store] = eventsOf(lines, "store");
    assert.deepEqual(
      Object.keys(Object(store?.["versions"])).toSorted(),
      ["after", "kube-root-ca.crt", "meanwhile"],
    );
    // It goes on trusting the CA, and its token goes on to be good.
    const failures = eventsOf(lines, "failure").map(({ error }) => error)
      .filter((error) =>
        !/refused|EOF|reset|context canceled/.test(String(error))
      );
    assert.deepEqual(failures, []);
    const refused = eventsOf(lines, "response").filter(({ status }) =>
      status !== "200 OK"
    );
    assert.deepEqual(refused, []);
  });
}

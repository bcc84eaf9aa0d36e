/** Credentials and roots that change while requests run. */

import assert from "node:assert/strict";
import { tlsMaterial } from "../../flavors/tls_material.ts";
import { Cable } from "../../lib/proxy/cable.ts";
import { startControlPlane } from "../control_plane.ts";
import { adminPod } from "../proxy/admin_pod.ts";
import { waitUntil } from "../wait_until.ts";
import { OpenWatch } from "./open_watch.ts";
import { SteadyLoad, tally } from "./steady_load.ts";

const LOAD = { path: "/api/v1/namespaces/default", connections: 8, rate: 200 };

Deno.test("`mca proxy` changes over to another token and to another CA of the API server while requests run", async (t) => {
  await using plane = await startControlPlane();
  await using cable = await Cable.open(plane.port);
  await using proxy = await adminPod(plane, { serverPort: cable.port });
  await using load = await SteadyLoad.start(proxy, LOAD);
  using watch = await OpenWatch.open(proxy, proxy.namespace);
  await watch.event("kube-root-ca.crt");
  await load.more(50);
  const { ca, server } = await tlsMaterial();
  // It looks at the file when a request comes and some seconds have passed.
  const trust = async (caPem: string, times: number) => {
    await proxy.replaceCa(caPem);
    await waitUntil("the proxy to see the new roots", async () => {
      const log = await proxy.log();
      return log.split("/ca.crt changed").length > times;
    });
  };

  // As a cluster's administrator does it: both roots first.
  await proxy.rotateToken();
  await trust(`${plane.caPem}\n${ca.certificate}`, 1);
  await load.more(100);
  await t.step("no request fails with the new token", async () => {
    assert.match(await proxy.log(), /\/token changed/);
    assert.deepEqual(tally(load.outcomes), { 200: load.outcomes.length });
  });
  const folder = `${plane.directory}/credentials`;
  await Deno.writeTextFile(`${folder}/apiserver.key`, server.privateKey);
  await Deno.writeTextFile(`${folder}/apiserver.crt`, server.certificate);
  await waitUntil("the API server to serve the new certificate", async () => {
    const connection = await Deno.connectTls({
      hostname: "127.0.0.1",
      port: plane.port,
      caCerts: [ca.certificate],
    });
    try {
      await connection.handshake();
      return true;
    } catch {
      return false;
    } finally {
      connection.close();
    }
  });
  await load.more(50);
  const before = cable.strands.length;
  for (const strand of cable.strands) strand.cut();
  await load.more(100);
  assert.ok(cable.strands.length > before);

  await t.step(
    "no request fails but those on a connection that was cut",
    async () => {
      assert.equal(await watch.ended(), "broken off");
      const failed = load.outcomes.filter(({ result }) => result !== 200);
      assert.ok(failed.length <= LOAD.connections, Deno.inspect(tally(failed)));
    },
  );
  await t.step("nor when the old root goes", async () => {
    await trust(ca.certificate, 2);
    for (const strand of cable.strands) strand.cut();
    await load.more(LOAD.connections);
    await load.more(100);
    const failures = load.outcomes.slice(-100)
      .filter(({ result }) => result !== 200);
    assert.deepEqual(tally(failures), {});
  });
});

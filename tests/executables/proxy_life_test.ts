/** What a started `mca proxy` goes through, as a process on a pod's volumes. */

import { match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { startEmbeddedApi } from "../../flavors/embedded_api/embedded_api.ts";
import { denoClock } from "../../flavors/deno_clock.ts";
import { appFile, get, podOf, serve } from "./proxy_pod.ts";

/** A port that nobody listens on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("`mca proxy` serves before its API server does, and says so", async () => {
  const port = freePort();
  await using elsewhere = await startEmbeddedApi({ clock: denoClock });
  await using pod = await podOf(elsewhere, { port });
  const proxyPort = await serve(pod);
  match(await pod.log(), /"level":"warn".*refused the connection/);
  const answer = await get(pod, proxyPort, "/api/v1/namespaces");
  strictEqual(answer.status, 502);
  const status = JSON.parse(answer.body);
  strictEqual(status.kind, "Status");
  strictEqual(status.code, 502);
  strictEqual(status.reason, "BadGateway");
  match(status.message, /refused the connection$/);
});

Deno.test("`mca proxy` is the same to running apps after a restart of its container", async () => {
  await using api = await startEmbeddedApi({ clock: denoClock });
  await using pod = await podOf(api);
  await serve(pod);
  const files = async () =>
    await appFile(pod, "ca.crt") + await appFile(pod, "token");
  const before = await files();
  await pod.restart();
  const port = await serve(pod);
  strictEqual(await files(), before);
  strictEqual((await get(pod, port, "/api/v1/namespaces")).status, 200);
});

Deno.test("`mca proxy` makes another CA and token in another pod", async () => {
  await using api = await startEmbeddedApi({ clock: denoClock });
  await using one = await podOf(api);
  await using other = await podOf(api);
  await serve(one);
  await serve(other);
  for (const name of ["ca.crt", "token"]) {
    notStrictEqual(await appFile(one, name), await appFile(other, name));
  }
});

Deno.test("`mca proxy` ends with 0 after SIGTERM, as the first process of a container too", async () => {
  await using api = await startEmbeddedApi({ clock: denoClock });
  await using pod = await podOf(api);
  const port = await serve(pod);
  strictEqual((await get(pod, port, "/api/v1/namespaces")).status, 200);
  strictEqual(await pod.end("SIGTERM"), 0);
  ok((await pod.log()).includes('"message":"Stopping"'));
});

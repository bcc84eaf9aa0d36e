/** What a started `mca proxy` goes through, as a process on a pod's volumes. */

import { match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  type EmbeddedApi,
  startEmbeddedApi,
} from "../../flavors/embedded_api/embedded_api.ts";
import { denoClock } from "../../flavors/deno_clock.ts";
import { waitUntil } from "../cluster/wait_until.ts";
import { PodProcess } from "../pod/pod_process.ts";
import { PROXY_COMMAND } from "./proxy_command.ts";

/** A pod whose API server is that one, or would be. */
function podOf(api: EmbeddedApi, port = new URL(api.url).port) {
  return PodProcess.prepare({
    server: {
      host: "127.0.0.1",
      port: Number(port),
      caCertificate: api.caCertificate,
    },
    token: api.adminToken,
    namespace: "default",
    command: PROXY_COMMAND,
    env: { MCA_PROXY_PORT: "0", MCA_LOG_FORMAT: "json" },
  });
}

/** Starts the proxy and waits until it serves; tells its port. */
async function serve(pod: PodProcess): Promise<number> {
  const before = (await pod.log()).length;
  await pod.start();
  let port: string | undefined;
  await waitUntil("the proxy to serve", async () => {
    const log = (await pod.log()).slice(before);
    port = /"Serving","address":"127\.0\.0\.1:(\d+)"/.exec(log)?.[1];
    return port !== undefined;
  });
  return Number(port);
}

function appFile(pod: PodProcess, name: string): Promise<string> {
  return Deno.readTextFile(`${pod.appDirectory}/${name}`);
}

/** A request as an app sends it; the status and the body. */
async function get(pod: PodProcess, port: number, path: string) {
  using client = Deno.createHttpClient({
    caCerts: [await appFile(pod, "ca.crt")],
  });
  const response = await fetch(`https://127.0.0.1:${port}${path}`, {
    client,
    headers: { Authorization: `Bearer ${await appFile(pod, "token")}` },
  });
  return { status: response.status, body: await response.text() };
}

/** A port that nobody listens on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("`mca proxy` serves before its API server does, and says so", async () => {
  const port = freePort();
  await using elsewhere = await startEmbeddedApi({ clock: denoClock });
  await using pod = await podOf(elsewhere, String(port));
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

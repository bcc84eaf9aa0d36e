/** What a started `mca proxy` does at the limits that its container sets. */

import { match, strictEqual } from "node:assert/strict";
import { denoClock } from "../../flavors/deno_clock.ts";
import {
  type EmbeddedApi,
  startEmbeddedApi,
} from "../../flavors/embedded_api/embedded_api.ts";
import { waitUntil } from "../cluster/wait_until.ts";
import { PodProcess } from "../pod/pod_process.ts";
import { PROXY_COMMAND } from "./proxy_command.ts";

function podOf(api: EmbeddedApi): Promise<PodProcess> {
  return PodProcess.prepare({
    server: {
      host: "127.0.0.1",
      port: Number(new URL(api.url).port),
      caCertificate: api.caCertificate,
    },
    token: api.adminToken,
    namespace: "default",
    command: PROXY_COMMAND,
    env: { MCA_PROXY_PORT: "0", MCA_LOG_FORMAT: "json" },
  });
}

async function serve(pod: PodProcess): Promise<number> {
  await pod.start();
  let port: string | undefined;
  await waitUntil("the proxy to serve", async () => {
    port = /"Serving","address":"127\.0\.0\.1:(\d+)"/.exec(await pod.log())
      ?.[1];
    return port !== undefined;
  });
  return Number(port);
}

/** The status of a request that an app sends on a connection of its own. */
async function get(pod: PodProcess, port: number): Promise<number> {
  const file = (name: string) =>
    Deno.readTextFile(`${pod.appDirectory}/${name}`);
  using client = Deno.createHttpClient({ caCerts: [await file("ca.crt")] });
  const response = await fetch(`https://127.0.0.1:${port}/api/v1/namespaces`, {
    client,
    headers: { Authorization: `Bearer ${await file("token")}` },
    // Who is never accepted is to fail rather than to hang.
    signal: AbortSignal.timeout(15_000),
  });
  await response.body?.cancel();
  return response.status;
}

/** Lets the process open so many files more than it has open. */
async function allowFiles(pod: PodProcess, more: number): Promise<void> {
  const open = [...Deno.readDirSync(`/proc/${pod.pid}/fd`)].length;
  const { success } = await new Deno.Command("prlimit", {
    args: [`--pid=${pod.pid}`, `--nofile=${open + more}`],
    stdin: "null",
  }).output();
  strictEqual(success, true);
}

Deno.test("`mca proxy` says that it has no file descriptors left, and goes on when it has", async () => {
  await using api = await startEmbeddedApi({ clock: denoClock });
  await using pod = await podOf(api);
  const port = await serve(pod);
  await allowFiles(pod, 8);
  const clients = await Promise.all(
    Array.from({ length: 16 }, () => Deno.connect({ port })),
  );
  await waitUntil(
    "the proxy to run out of file descriptors",
    async () => (await pod.log()).includes("Accepting a connection failed"),
  );
  for (const client of clients) client.close();
  strictEqual(await get(pod, port), 200);
  match(
    await pod.log(),
    /"level":"error","message":"Accepting a connection failed","reason":"Too many open files[^"]*"/,
  );
  await waitUntil(
    "the proxy to say that it accepts again",
    async () => (await pod.log()).includes("Accepting connections again"),
  );
  strictEqual(await pod.end("SIGTERM"), 0);
});

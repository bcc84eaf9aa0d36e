/** What a started `mca proxy` does at the limits that its container sets. */

import { match, strictEqual } from "node:assert/strict";
import { denoClock } from "../../flavors/deno_clock.ts";
import { startEmbeddedApi } from "../../flavors/embedded_api/embedded_api.ts";
import { waitUntil } from "../cluster/wait_until.ts";
import type { PodProcess } from "../pod/pod_process.ts";
import { get, podOf, serve } from "./proxy_pod.ts";

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
  strictEqual((await get(pod, port, "/api/v1/namespaces")).status, 200);
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

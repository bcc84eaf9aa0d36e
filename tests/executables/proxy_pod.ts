/** A pod with `mca proxy` in it, in front of an embedded API. */

import type { EmbeddedApi } from "../../flavors/embedded_api/embedded_api.ts";
import { waitUntil } from "../cluster/wait_until.ts";
import { PodProcess } from "../pod/pod_process.ts";
import { PROXY_COMMAND } from "./proxy_command.ts";

/** How a test wants the pod. */
interface PodOptions {
  /** Where the API server would be, if not where it is. */
  readonly port?: number;
  readonly command?: readonly [string, ...string[]];
}

/** A pod whose API server is that one, or would be. */
export function podOf(
  api: EmbeddedApi,
  { port = Number(new URL(api.url).port), command = PROXY_COMMAND }:
    PodOptions = {},
): Promise<PodProcess> {
  return PodProcess.prepare({
    server: { host: "127.0.0.1", port, caCertificate: api.caCertificate },
    token: api.adminToken,
    namespace: "default",
    command,
    env: { MCA_PROXY_PORT: "0", MCA_LOG_FORMAT: "json" },
  });
}

/** Starts the proxy and waits until it serves; tells its port. */
export async function serve(pod: PodProcess): Promise<number> {
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

/** A file of the directory that the pod's app sees. */
export function appFile(pod: PodProcess, name: string): Promise<string> {
  return Deno.readTextFile(`${pod.appDirectory}/${name}`);
}

/**
 * A request as an app sends it, on a connection of its own; the status and the
 * body. Who is never accepted fails rather than hangs.
 */
export async function get(
  pod: PodProcess,
  port: number,
  path: string,
): Promise<{ readonly status: number; readonly body: string }> {
  using client = Deno.createHttpClient({
    caCerts: [await appFile(pod, "ca.crt")],
  });
  const response = await fetch(`https://127.0.0.1:${port}${path}`, {
    client,
    headers: { Authorization: `Bearer ${await appFile(pod, "token")}` },
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, body: await response.text() };
}

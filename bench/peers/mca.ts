/**
 * MCA as it is shipped: the release flavor, bundled and minified, with the
 * executable's own permissions and heap, on the real paths of an injected pod.
 *
 * @module
 */

import { join } from "node:path";
import { freePort } from "../../tests/cluster/free_port.ts";
import { PodProcess, podProcessObstacle } from "../../tests/pod/pod_process.ts";
import { shippedBundle, shippedCommand } from "../../tests/ship/shipped.ts";
import type { Target } from "../load/job.ts";
import type { PeerKind, PeerSurroundings, PreparedPeer } from "./peer.ts";

/** A proxy in its pod, and how to start it again in the same. */
export interface PreparedPod extends PreparedPeer {
  /** Ends it and makes it ready again, with the volumes as they are. */
  prepareAgain(): Promise<void>;
}

/** Makes a pod whose proxy is one `exec` away from running. */
export async function preparePod(
  { material, originPort }: PeerSurroundings,
): Promise<PreparedPod> {
  const port = freePort();
  const pod = await PodProcess.prepare({
    server: {
      host: "127.0.0.1",
      port: originPort,
      caCertificate: material.caCertificate,
    },
    token: material.token,
    namespace: "default",
    command: await shippedCommand("mca-proxy"),
    env: { MCA_PROXY_PORT: String(port), MCA_LOG_FORMAT: "json" },
  });
  return {
    start: () => pod.start(),
    target: () => targetOf(pod, port),
    prepareAgain: () => pod.restart(),
    get pid() {
      return pod.pid;
    },
    log: () => pod.log(),
    [Symbol.asyncDispose]: () => pod[Symbol.asyncDispose](),
  };
}

/** What an app in the pod finds; undefined until the token, which is written last, is there. */
async function targetOf(
  pod: PodProcess,
  port: number,
): Promise<Target | undefined> {
  const read = (name: string) =>
    Deno.readTextFile(join(pod.appDirectory, name));
  try {
    const token = await read("token");
    return { port, token, caCertificate: await read("ca.crt") };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The proxy of this repository. */
export const mca: PeerKind = {
  name: "MCA",
  description:
    "this repository's proxy, release flavor, bundled, with its access log",
  obstacle: podProcessObstacle,
  build: async () => {
    await shippedBundle("mca-proxy");
  },
  prepare: (surroundings) => preparePod(surroundings),
};

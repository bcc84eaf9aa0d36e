/**
 * The testing flavor: files in memory, and an API server of its own.
 *
 * @module
 */

import type { Platform } from "../lib/platform.ts";
import { denoClock } from "./deno_clock.ts";
import { denoEnvironment } from "./deno_environment.ts";
import { denoNetwork } from "./deno_network.ts";
import { denoTerminal } from "./deno_terminal.ts";
import type { EmbeddedApi } from "./embedded_api/embedded_api.ts";
import { memoryFiles } from "./memory_files.ts";

let api: Promise<EmbeddedApi> | undefined;

/**
 * The API server that the platform's `clusterTarget()` leads to. It starts
 * with the first call of either, on a free port; whoever started it closes it.
 *
 * @example
 * ```ts
 * import { embeddedApi } from "./testing.ts";
 *
 * await using api = await embeddedApi();
 * console.log(api.url);
 * ```
 */
export function embeddedApi(): Promise<EmbeddedApi> {
  api ??= import("./embedded_api/embedded_api.ts")
    .then(({ startEmbeddedApi }) => startEmbeddedApi({ clock: denoClock }));
  return api;
}

/** What unit tests and the demo run on. */
export const platform: Platform = {
  flavor: "testing",
  clock: denoClock,
  environment: denoEnvironment,
  crypto,
  files: memoryFiles(denoClock),
  network: denoNetwork,
  terminal: denoTerminal,
  proxyListen: { hostname: "127.0.0.1", port: 6443 },
  proxyPaths: {
    serviceAccount: "/serviceaccount",
    appServiceAccount: "/mca-serviceaccount",
    state: "/state",
    areVolumes: false,
  },
  webhookListen: { hostname: "127.0.0.1", port: 8443 },
  webhookCertificates: { source: "directory", directory: "/webhook" },
  serveHttps: async (options) =>
    (await import("./deno_https.ts")).serveHttps(options),
  clusterTarget: async () => (await embeddedApi()).target,
};

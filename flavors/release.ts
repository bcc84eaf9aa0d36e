/**
 * The release flavor: the real root, and the pod's own ServiceAccount.
 *
 * @module
 */

import { inClusterTarget } from "../lib/kube/in_cluster.ts";
import type { Platform } from "../lib/platform.ts";
import { denoClock } from "./deno_clock.ts";
import { denoEnvironment } from "./deno_environment.ts";
import { denoFiles } from "./deno_files.ts";
import { denoNetwork } from "./deno_network.ts";
import { denoTerminal } from "./deno_terminal.ts";
import { trustOnlyGivenRoots } from "./given_roots.ts";

/** What production executables run on. */
export const platform: Platform = {
  flavor: "release",
  clock: denoClock,
  environment: denoEnvironment,
  crypto,
  files: denoFiles,
  network: {
    ...denoNetwork,
    connect(options) {
      trustOnlyGivenRoots();
      return denoNetwork.connect(options);
    },
  },
  terminal: denoTerminal,
  proxyListen: { hostname: "127.0.0.1", port: 6443 },
  proxyPaths: {
    serviceAccount: "/var/run/secrets/kubernetes.io/serviceaccount",
    appServiceAccount: "/var/run/secrets/kubernetes.io/mca-serviceaccount",
    state: "/var/run/mca",
    areVolumes: true,
  },
  webhookListen: { hostname: "::", port: 8443 },
  webhookCertificates: { source: "secret" },
  serveHttps: async (options) =>
    (await import("./deno_https.ts")).serveHttps(options),
  clusterTarget: (log) =>
    inClusterTarget({
      files: denoFiles,
      environment: denoEnvironment,
      clock: denoClock,
      directory: platform.proxyPaths.serviceAccount,
      ...(log === undefined ? {} : { log }),
    }),
};

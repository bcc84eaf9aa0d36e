/**
 * The develop flavor: files under ./tmp, and the API server of a kubeconfig
 * context.
 *
 * @module
 */

import { object } from "../lib/kube/kubeconfig_entry.ts";
import { selectContext } from "../lib/kube/kubeconfig.ts";
import { kubeconfigTarget } from "../lib/kube/kubeconfig_target.ts";
import type { Platform } from "../lib/platform.ts";
import { denoClock } from "./deno_clock.ts";
import { denoEnvironment } from "./deno_environment.ts";
import { denoFiles } from "./deno_files.ts";
import { denoNetwork } from "./deno_network.ts";
import { denoTerminal } from "./deno_terminal.ts";
import { execLogin } from "./exec_login.ts";
import { readKubeconfigFiles } from "./kubeconfig_files.ts";
import { oidcLogin } from "./oidc_login.ts";

const login = { files: denoFiles, clock: denoClock };

/** What `deno task proxy` runs on. */
export const platform: Platform = {
  flavor: "develop",
  clock: denoClock,
  environment: denoEnvironment,
  crypto,
  files: denoFiles,
  network: denoNetwork,
  terminal: denoTerminal,
  proxyListen: { hostname: "0.0.0.0", port: 6443 },
  proxyPaths: {
    serviceAccount: "tmp/in-cluster-serviceaccount",
    appServiceAccount: "tmp/serviceaccount",
    state: "tmp/state",
    areVolumes: false,
  },
  webhookListen: { hostname: "0.0.0.0", port: 8443 },
  webhookCertificates: { source: "directory", directory: "tmp/webhook" },
  serveHttps: async (options) =>
    (await import("./deno_https.ts")).serveHttps(options),
  async clusterTarget(log) {
    const kubeconfig = await readKubeconfigFiles(denoFiles, denoEnvironment);
    const name = denoEnvironment.get("MCA_K8S_CTX") ?? "";
    return await kubeconfigTarget({
      context: selectContext(kubeconfig, name === "" ? undefined : name),
      files: denoFiles,
      clock: denoClock,
      openLogin: (user, cluster) =>
        object(user, "exec") === undefined
          ? oidcLogin(user, login)
          : execLogin(user, cluster, login),
      log,
    });
  },
};

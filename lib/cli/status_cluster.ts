/**
 * The API server that `mca status` asks.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type { ClusterTarget } from "../kube/cluster_target.ts";
import { type KubeconfigFile, selectContext } from "../kube/kubeconfig.ts";
import { kubeconfigTarget } from "../kube/kubeconfig_target.ts";
import type { Environment, FileStore, Platform } from "../platform.ts";
import type { ClusterChoice } from "./status_options.ts";

/** Finds and parses the files that `KUBECONFIG` lists, or the one in the home directory. */
export type KubeconfigReader = (
  files: Pick<FileStore, "readText">,
  environment: Environment,
) => Promise<KubeconfigFile[]>;

/**
 * What the options choose. A kubeconfig's user may have a token or a client
 * certificate; what takes running a program or asking an identity provider is
 * left to `kubectl proxy`, so that this program needs no right to run others.
 *
 * @throws {McaError} `kubeconfig`, `service-account` or `usage`, with a hint.
 */
export async function openStatusCluster(
  choice: ClusterChoice,
  platform: Platform,
  readKubeconfig: KubeconfigReader,
): Promise<ClusterTarget> {
  if (choice.source === "in-cluster") return await platform.clusterTarget();
  if (choice.source === "server") return plainTarget(choice.url);
  const { files, clock, environment } = platform;
  const { file, context } = choice;
  const kubeconfigs = await readKubeconfig(files, {
    get: (name) =>
      name === "KUBECONFIG" && file !== undefined
        ? file
        : environment.get(name),
  });
  return await kubeconfigTarget({
    context: selectContext(kubeconfigs, context),
    files,
    clock,
    openLogin: (user) => {
      throw new McaError(
        "kubeconfig",
        `The user ${user.name} logs in by another program`,
        {
          place: { file: user.file, field: user.field },
          hint:
            "Run `kubectl proxy` beside it, and give --server http://127.0.0.1:8001.",
        },
      );
    },
  });
}

/** A server that asks for no credentials, as `kubectl proxy` does not. */
function plainTarget(text: string): ClusterTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new McaError("usage", "--server is not an address", {
      hint: "Give one such as http://127.0.0.1:8001.",
    });
  }
  const isTls = url.protocol === "https:";
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(url.port || (isTls ? 443 : 80));
  return {
    name: url.host,
    connect: {
      hostname,
      port,
      ...(isTls ? { tls: { caCertificates: [] } } : {}),
    },
    basePath: url.pathname.replace(/\/+$/, ""),
    host: url.host,
    caCertificates: [],
    credentials: { headers: () => [], refresh: () => Promise.resolve(false) },
    namespace: "default",
  };
}

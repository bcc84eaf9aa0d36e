/**
 * The executables: what each is made of, and what it may do.
 *
 * @module
 */

import { platform as release } from "../../flavors/release.ts";
import type { FlavorName } from "../../lib/platform.ts";
import type { Permission, Permissions } from "./permissions.ts";
import type { ExecutableName, Target } from "./targets.ts";

/** One executable. */
export interface Executable {
  readonly name: ExecutableName;
  /** The module it starts with, from the repository's root. */
  readonly entryPoint: string;
  /** What it may do in the release flavor, wherever it runs. */
  readonly permissions: readonly Permission[];
  /** Whether it may set options of sockets through the C library. */
  readonly usesLibc: boolean;
  /** What V8 is told, for the sake of memory. */
  readonly v8Flags: readonly string[];
  /** Modules that are another executable's business; they may not be in its release. */
  readonly foreign: RegExp | null;
}

const { proxyPaths } = release;

/**
 * Trades little speed for much memory: a small young generation, and an old one
 * that is collected when it has grown by 30 %. What is alive in a proxy under
 * load is less than 10 MB; without the flags V8 lets it grow to ten times that.
 * With a young generation so small, much of what a request needs outlives a
 * collection; V8 would take that for lasting, and put it with the old at once.
 */
const SMALL_HEAP: readonly string[] = [
  "--max-semi-space-size=2",
  "--no-allocation-site-pretenuring",
  "--initial-old-space-size=12",
  "--heap-growing-percent=30",
  "--single-threaded-gc",
];

/**
 * The webhook's: 200 reviews of 5 KB a second, and after them 20 of 165 KB, leave
 * it at 80 and 90 MB, where no flags leave it at 98 and 126 MB. A larger old
 * space to begin with costs it 8 MB more, and a collector without threads makes
 * its slowest answers slower.
 */
const WEBHOOK_HEAP: readonly string[] = [
  "--max-semi-space-size=1",
  "--heap-growing-percent=30",
];

/** Every executable that talks to the API server. */
const IN_CLUSTER: readonly Permission[] = [
  {
    kind: "net",
    because:
      "the API server's address is known only in the cluster, and Deno cannot narrow a permission later",
  },
  {
    kind: "env",
    value: "KUBERNETES_SERVICE_HOST",
    because: "the API server's address",
  },
  {
    kind: "env",
    value: "KUBERNETES_SERVICE_PORT",
    because: "the API server's port",
  },
  { kind: "env", value: "MCA_*", because: "MCA's own settings" },
  ...["DENO_TLS_CA_STORE", "SSL_CERT_FILE"].map((value) => ({
    kind: "env" as const,
    value,
    because: "set, never read: empties the store of public certificates",
  })),
  {
    kind: "env",
    value: "NODE_EXTRA_CA_CERTS",
    because: "unset, never read: no roots but the cluster's own",
  },
];

const READ_SERVICE_ACCOUNT: Permission = {
  kind: "read",
  value: proxyPaths.serviceAccount,
  because: "the pod's token and the cluster's CA",
};

/** The executables, the smallest first. */
export const EXECUTABLES: readonly Executable[] = [
  {
    name: "mca-proxy",
    entryPoint: "proxy.ts",
    permissions: [
      READ_SERVICE_ACCOUNT,
      {
        kind: "read",
        value: proxyPaths.appServiceAccount,
        because: "what the app sees may be there already, or be damaged",
      },
      {
        kind: "read",
        value: proxyPaths.state,
        because: "CA, key and token outlive a restart of the container",
      },
      {
        kind: "write",
        value: proxyPaths.appServiceAccount,
        because: "the token, CA and namespace that the app sees",
      },
      {
        kind: "write",
        value: proxyPaths.state,
        because: "CA, key and token outlive a restart of the container",
      },
      ...IN_CLUSTER,
    ],
    usesLibc: true,
    v8Flags: SMALL_HEAP,
    foreign:
      /^(npm:yaml$|lib\/(inject|webhook)\/|lib\/cli\/(?!program|command|help_text|option_values|proxy_|version_))/,
  },
  {
    name: "mca-webhook",
    entryPoint: "webhook.ts",
    permissions: [
      READ_SERVICE_ACCOUNT,
      {
        kind: "read",
        value: proxyPaths.state,
        because: "where a certificate or a config file may be mounted",
      },
      {
        kind: "env",
        value: "NAMESPACE",
        because: "where its Service and Secret are",
      },
      ...IN_CLUSTER,
    ],
    usesLibc: true,
    v8Flags: WEBHOOK_HEAP,
    foreign:
      /^(lib\/proxy\/|lib\/cli\/(?!program|command|help_text|inject_inputs|inject_settings|option_values|version_|webhook_))/,
  },
  {
    name: "mca",
    entryPoint: "cli.ts",
    permissions: [
      {
        kind: "read",
        because: "manifests and config files, wherever they are",
      },
      { kind: "write", because: "--in-place, wherever the manifests are" },
      {
        kind: "env",
        value: "NAMESPACE",
        because: "where the webhook's Service and Secret are",
      },
      ...["KUBECONFIG", "HOME", "USERPROFILE"].map((value) => ({
        kind: "env" as const,
        value,
        because: "where the kubeconfig is",
      })),
      ...IN_CLUSTER,
    ],
    usesLibc: true,
    v8Flags: SMALL_HEAP,
    foreign: null,
  },
];

/**
 * What the executable may do, in a flavor and on a target. Only the release
 * flavor is held short: a kubeconfig may name any file, server and program, and
 * the testing flavor is for this repository's own tests.
 */
export function permissionsOf(
  executable: Executable,
  flavor: FlavorName,
  target: Target,
): Permissions {
  if (flavor !== "release") return "all";
  const { permissions, usesLibc } = executable;
  if (!usesLibc || target.libc === null) return permissions;
  return [...permissions, {
    kind: "ffi",
    value: target.libc,
    because: "TCP_NODELAY and keep-alive of TLS sockets",
  }];
}

/** The option that tells V8 so, for `deno compile` and `deno run`. */
export function v8Option({ v8Flags }: Executable): string {
  return `--v8-flags=${v8Flags.join(",")}`;
}

/**
 * The executable of that name.
 *
 * @throws {RangeError} Where there is none.
 */
export function executableOf(name: string): Executable {
  const executable = EXECUTABLES.find((candidate) => candidate.name === name);
  if (executable !== undefined) return executable;
  const known = EXECUTABLES.map((candidate) => candidate.name).join(", ");
  throw new RangeError(`There is no executable ${name}; there are ${known}`);
}

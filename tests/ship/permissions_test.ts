/**
 * Each permission that an executable ships with is needed: there is something
 * that it does with all of them, and does not do without that one.
 */

import {
  deepStrictEqual,
  match,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { EXECUTABLES } from "../../tools/compile/executables.ts";
import type { ExecutableName } from "../../tools/compile/targets.ts";
import { permissionName } from "../../tools/compile/permissions.ts";
import { podProcessObstacle } from "../pod/pod_process.ts";
import { tlsMaterial } from "../flavors/tls_material.ts";
import { keepAliveTimers } from "./keep_alive_timers.ts";
import { ProxyInPod } from "./proxy_in_pod.ts";
import { runToEnd } from "./run_to_end.ts";
import { shippedCommand, shippedPermissions } from "./shipped.ts";

type Command = readonly [string, ...string[]];

/** Does something with the executable; rejects where that does not go as it should. */
type Scenario = (command: Command) => Promise<void>;

/** The proxy serves, and goes on with the same CA and token after a restart. */
async function serves(command: Command): Promise<void> {
  await using proxy = await ProxyInPod.start({
    command: [...command, "--proxy"],
  });
  strictEqual(await proxy.ask("/api/v1/namespaces"), 200);
  const files = ["token", "ca.crt"] as const;
  const before = await Promise.all(files.map((name) => proxy.appFile(name)));
  await proxy.restart();
  strictEqual(await proxy.ask("/api/v1/namespaces"), 200);
  const after = await Promise.all(files.map((name) => proxy.appFile(name)));
  deepStrictEqual(after, before);
}

/** The proxy trusts the cluster's CA alone, whatever else the system trusts. */
function trustsTheClusterAlone(
  systemStore: (directory: string) => Readonly<Record<string, string>>,
): Scenario {
  return async (command) => {
    const directory = await Deno.makeTempDir();
    try {
      const { otherCa } = await tlsMaterial();
      await rejects(
        ProxyInPod.start({
          command: [...command, "--proxy"],
          caCertificate: otherCa.certificate,
          env: { DENO_TLS_CA_STORE: "system", ...systemStore(directory) },
          prepare: async (_pod, { caCertificate }) => {
            await storeCertificate(directory, caCertificate);
          },
        }).then((proxy) => proxy[Symbol.asyncDispose]()),
        /a certificate that the trusted CA did not issue/,
      );
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  };
}

/** Puts a certificate where a system's store has its own: under its name's hash. */
async function storeCertificate(
  directory: string,
  certificate: string,
): Promise<void> {
  const file = `${directory}/public.crt`;
  await Deno.writeTextFile(file, certificate);
  const { code, stdout } = await runToEnd([
    "openssl",
    "x509",
    "-noout",
    "-hash",
    "-in",
    file,
  ]);
  strictEqual(code, 0);
  await Deno.copyFile(file, `${directory}/${stdout.trim()}.0`);
}

/**
 * The connection to the API server is probed every half minute. The kernel's
 * own two hours are what the runtime's method comes to.
 */
async function probesIdleConnections(command: Command): Promise<void> {
  await using proxy = await ProxyInPod.start({
    command: [...command, "--proxy"],
  });
  strictEqual(await proxy.ask("/api/v1/namespaces"), 200);
  const next = await keepAliveTimers(proxy.pod.pid, proxy.api.port);
  strictEqual(next.length > 0, true);
  for (const seconds of next) {
    strictEqual(seconds <= 30, true, `the next probe is in ${seconds} s`);
  }
}

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: app
spec:
  containers:
    - name: app
      image: app
`;

/** `mca inject` on a file of its own. */
function injects(options: readonly string[]): Scenario {
  return async (command) => {
    const file = await Deno.makeTempFile({ suffix: ".yaml" });
    try {
      await Deno.writeTextFile(file, POD);
      const result = await runToEnd([
        ...command,
        "inject",
        ...options,
        "-f",
        file,
      ]);
      strictEqual(result.stderr.includes("injected"), true, result.stderr);
      strictEqual(result.code, 0);
      match(
        result.stdout + await Deno.readTextFile(file),
        /- name: mca-proxy/,
      );
    } finally {
      await Deno.remove(file);
    }
  };
}

// NO_COLOR is the one variable that the runtime lets everybody read.
Deno.test("`mca` colours a difference on a terminal unless NO_COLOR is set", async () => {
  const command = await shippedCommand("mca");
  const onTerminal = async (env: Record<string, string>) => {
    const words = [...command, "inject", "--diff", "examples/job.yaml"];
    const { code, stdout } = await runToEnd([
      "script",
      "--quiet",
      "--return",
      "--command",
      words.map((word) => `'${word}'`).join(" "),
      "/dev/null",
    ], { env: { TERM: "xterm", ...env } });
    strictEqual(code, 0, stdout);
    return stdout;
  };
  const green = "\x1b[32m+";
  strictEqual((await onTerminal({ NO_COLOR: "" })).includes(green), true);
  strictEqual((await onTerminal({ NO_COLOR: "1" })).includes("\x1b["), false);
});

/** `mca webhook` reads where its Service is, and says what is wrong with it. */
async function readsNamespace(command: Command): Promise<void> {
  const { code, stderr } = await runToEnd([...command, "webhook"], {
    env: { NAMESPACE: "Not_A_Name" },
  });
  match(stderr, /^mca: NAMESPACE /);
  strictEqual(code, 2);
}

/** `mca status` reads the kubeconfig that the variable leads to. */
function readsKubeconfig(variable: string, path: string): Scenario {
  return async (command) => {
    const home = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${home}/.kube`);
      await Deno.writeTextFile(
        `${home}/.kube/config`,
        "current-context: nowhere\n",
      );
      const { code, stderr } = await runToEnd([
        "env",
        "--unset=HOME",
        "--unset=KUBECONFIG",
        `${variable}=${home}${path}`,
        ...command,
        "status",
      ]);
      match(stderr, /There is no context named nowhere/);
      strictEqual(code, 1);
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  };
}

const SECRETS = "/var/run/secrets/kubernetes.io";

/** What an executable does with a permission. */
const SCENARIOS: readonly {
  readonly permission: string;
  readonly does: string;
  readonly scenario: Scenario;
}[] = [
  ...[
    "net",
    `read=${SECRETS}/serviceaccount`,
    `read=${SECRETS}/mca-serviceaccount`,
    "read=/var/run/mca",
    `write=${SECRETS}/mca-serviceaccount`,
    "write=/var/run/mca",
    "env=KUBERNETES_SERVICE_HOST",
    "env=KUBERNETES_SERVICE_PORT",
    "env=MCA_*",
  ].map((permission) => ({
    permission,
    does: "serves an app before and after a restart",
    scenario: serves,
  })),
  ...["env=DENO_TLS_CA_STORE", "env=SSL_CERT_FILE"].map((permission) => ({
    permission,
    does: "trusts the cluster's CA alone, not a file of public ones",
    scenario: trustsTheClusterAlone((directory) => ({
      SSL_CERT_FILE: `${directory}/public.crt`,
    })),
  })),
  {
    permission: "env=NODE_EXTRA_CA_CERTS",
    does: "trusts the cluster's CA alone, not a file of additional ones",
    scenario: trustsTheClusterAlone((directory) => ({
      NODE_EXTRA_CA_CERTS: `${directory}/public.crt`,
    })),
  },
  ...Deno.build.os === "linux"
    ? [{
      permission: `ffi=/lib/${Deno.build.arch}-linux-gnu/libc.so.6`,
      does: "probes idle connections",
      scenario: probesIdleConnections,
    }]
    : [],
  {
    permission: "env=NAMESPACE",
    does: "reads where its Service is",
    scenario: readsNamespace,
  },
  ...Object.entries({
    KUBECONFIG: "/.kube/config",
    HOME: "",
    USERPROFILE: "",
  }).map(([variable, path]) => ({
    permission: `env=${variable}`,
    does: `reads the kubeconfig by ${variable}`,
    scenario: readsKubeconfig(variable, path),
  })),
  {
    permission: "read",
    does: "injects a file",
    scenario: injects([]),
  },
  {
    permission: "write",
    does: "injects a file in place",
    scenario: injects(["-i"]),
  },
];

const obstacle = await podProcessObstacle();

Deno.test({
  name:
    "`mca-proxy` trusts the cluster's CA alone, not a directory of public ones (needs mount namespaces)",
  ignore: obstacle !== undefined,
  fn: async () => {
    // The runtime reads no such directory. If one does some day, it has to be
    // emptied as the file is.
    const scenario = trustsTheClusterAlone((directory) => ({
      SSL_CERT_DIR: directory,
    }));
    await scenario(await shippedCommand("mca-proxy"));
  },
});

Deno.test("`mca-webhook` says that it may not read elsewhere", async () => {
  const { code, stderr } = await runToEnd([
    ...await shippedCommand("mca-webhook"),
    "--tls-cert-file=/etc/hostname",
    "--tls-key-file=/etc/hostname",
  ]);
  match(
    stderr,
    /^mca-webhook: \/etc\/hostname: Cannot be read \(ENOTCAPABLE\)\nhint: /m,
  );
  strictEqual(code, 1);
});

/** Shown with a real API server: tests/cluster/ship/webhook_permissions_test.ts. */
const SHOWN_ELSEWHERE: readonly ExecutableName[] = ["mca-webhook"];

for (const { name } of EXECUTABLES) {
  if (SHOWN_ELSEWHERE.includes(name)) continue;
  for (const permission of shippedPermissions(name)) {
    const text = permissionName(permission);
    const found = SCENARIOS.find((candidate) => candidate.permission === text);
    Deno.test({
      name: `\`${name}\` ${
        found?.does ?? "does nothing known"
      } with its permissions, and not without ${text} (needs mount namespaces)`,
      ignore: obstacle !== undefined,
      fn: async () => {
        if (found === undefined) throw new Error(`Nothing shows ${text}`);
        await found.scenario(await shippedCommand(name));
        const others = shippedPermissions(name)
          .filter((other) => permissionName(other) !== text);
        strictEqual(others.length, shippedPermissions(name).length - 1);
        await rejects(found.scenario(await shippedCommand(name, others)));
      },
    });
  }
}

/**
 * Each permission that `mca-webhook` ships with is needed. Beside
 * tests/ship/permissions_test.ts, because only a real API server asks a webhook.
 */

import { match, rejects, strictEqual } from "node:assert/strict";
import {
  issueCertificateAuthority,
  issueLeaf,
} from "../../../lib/certs/issue.ts";
import { permissionName } from "../../../tools/compile/permissions.ts";
import { PodProcess, podProcessObstacle } from "../../pod/pod_process.ts";
import { keepAliveTimers } from "../../ship/keep_alive_timers.ts";
import { shippedCommand, shippedPermissions } from "../../ship/shipped.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { waitUntil } from "../wait_until.ts";
import { newWebhookPlace, register } from "../webhook/registration.ts";
import { WebhookProcess } from "../webhook/webhook_process.ts";

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

type Command = readonly [string, ...string[]];

/** Does something with the executable; rejects where that does not go as it should. */
type Scenario = (command: Command) => Promise<void>;

/** It becomes ready with a Secret of its own, and injects a pod. */
async function injects(command: Command): Promise<void> {
  const place = await newWebhookPlace(cluster);
  await using webhook = await WebhookProcess.start(cluster, {
    namespace: place.namespace,
    serviceAccount: place.serviceAccount,
    command,
    env: { NAMESPACE: place.namespace, MCA_WEBHOOK_NAME: place.webhookName },
  });
  await register(cluster, place, webhook.port);
  await webhook.ready();
  const { stdout, stderr } = await cluster.kubectl([
    "run",
    "app",
    "--image=app",
    "--labels=mca.k8s.io/inject=true",
    `--namespace=${place.apps}`,
    "--dry-run=server",
    "-o",
    "jsonpath={.spec.initContainers[*].name}",
  ]);
  strictEqual(stderr, "");
  strictEqual(stdout, "mca-proxy");
}

/** Its watches are probed every half minute; the kernel's own is two hours. */
async function probesIdleConnections(command: Command): Promise<void> {
  const place = await newWebhookPlace(cluster);
  await using webhook = await WebhookProcess.start(cluster, {
    namespace: place.namespace,
    serviceAccount: place.serviceAccount,
    command,
    env: { NAMESPACE: place.namespace, MCA_WEBHOOK_NAME: place.webhookName },
  });
  await register(cluster, place, webhook.port);
  await webhook.ready();
  for (const seconds of await keepAliveTimers(webhook.pid, cluster.port)) {
    strictEqual(seconds <= 30, true, `the next probe is in ${seconds} s`);
  }
}

const MORE_ROOTS = "/var/run/mca/public.crt";

/** It trusts the cluster's CA alone, whatever else the environment names. */
function trustsTheClusterAlone(env: Readonly<Record<string, string>>) {
  return (command: Command) => refusesAnotherCa(command, env);
}

async function refusesAnotherCa(
  command: Command,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const place = await newWebhookPlace(cluster);
  const engine = { crypto, now: Date.now() };
  const other = await issueCertificateAuthority({ commonName: "b" }, engine);
  await using pod = await PodProcess.prepare({
    server: {
      host: cluster.host,
      port: cluster.port,
      caCertificate: other.certificate,
    },
    token: await cluster.createToken(place.serviceAccount, place.namespace),
    namespace: place.namespace,
    command: [...command, "--port=0"],
    env: { MCA_WEBHOOK_NAME: place.webhookName, ...env },
  });
  await Deno.writeTextFile(pod.path("state/public.crt"), cluster.caPem);
  await pod.start();
  let said: string | undefined;
  await waitUntil("a word about the API server", async () => {
    said = /did not issue|"message":"Serving"/.exec(await pod.log())?.[0];
    return said !== undefined;
  });
  strictEqual(said, "did not issue");
}

/** It serves with a certificate from mounted files. */
async function servesFromFiles(command: Command): Promise<void> {
  const place = await newWebhookPlace(cluster);
  const engine = { crypto, now: Date.now() };
  const ca = await issueCertificateAuthority({ commonName: "ca" }, engine);
  const leaf = await issueLeaf(ca, {
    commonName: "webhook",
    names: ["127.0.0.1"],
  }, engine);
  await using webhook = await WebhookProcess.start(cluster, {
    namespace: place.namespace,
    serviceAccount: place.serviceAccount,
    command,
    args: [
      "--tls-cert-file=/var/run/mca/tls.crt",
      "--tls-key-file=/var/run/mca/tls.key",
    ],
    prepare: async (pod) => {
      await Deno.writeTextFile(pod.path("state/tls.crt"), leaf.certificate);
      await Deno.writeTextFile(pod.path("state/tls.key"), leaf.privateKey);
    },
  });
  match((await webhook.probe("/health")).text, /./);
}

const SCENARIOS: readonly {
  readonly permission: string;
  readonly does: string;
  readonly scenario: Scenario;
}[] = [
  ...[
    "read=/var/run/secrets/kubernetes.io/serviceaccount",
    "env=NAMESPACE",
    "env=KUBERNETES_SERVICE_HOST",
    "env=KUBERNETES_SERVICE_PORT",
    "env=MCA_*",
  ].map((permission) => ({
    permission,
    does: "injects a pod",
    scenario: injects,
  })),
  ...["env=DENO_TLS_CA_STORE", "env=SSL_CERT_FILE"].map((permission) => ({
    permission,
    does: "trusts the cluster's CA alone",
    scenario: trustsTheClusterAlone({
      DENO_TLS_CA_STORE: "system",
      SSL_CERT_FILE: MORE_ROOTS,
    }),
  })),
  {
    permission: "env=NODE_EXTRA_CA_CERTS",
    does: "trusts no additional CA",
    scenario: trustsTheClusterAlone({ NODE_EXTRA_CA_CERTS: MORE_ROOTS }),
  },
  ...["net", "read=/var/run/mca"].map((permission) => ({
    permission,
    does: "serves with a mounted certificate",
    scenario: servesFromFiles,
  })),
  {
    permission: `ffi=/lib/${Deno.build.arch}-linux-gnu/libc.so.6`,
    does: "probes idle connections",
    scenario: probesIdleConnections,
  },
];

const name = "mca-webhook";
const obstacle = await podProcessObstacle();

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

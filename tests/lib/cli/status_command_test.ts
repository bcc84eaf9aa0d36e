import assert from "node:assert/strict";
import { readKubeconfigFiles } from "../../../flavors/kubeconfig_files.ts";
import { openStatusCluster } from "../../../lib/cli/status_cluster.ts";
import { statusCommand } from "../../../lib/cli/status_command.ts";
import { readStatusOptions } from "../../../lib/cli/status_options.ts";
import { formatStatus } from "../../../lib/cli/status_text.ts";
import { McaError } from "../../../lib/errors.ts";
import type { StatusReport } from "../../../lib/status/status_report.ts";
import type { WorkloadFinding } from "../../../lib/status/workloads.ts";
import { fakePlatform } from "./fake_platform.ts";

function options(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  return readStatusOptions(args, fakePlatform({ environment }).platform);
}

Deno.test("readStatusOptions() chooses the cluster as kubectl does, unless told", () => {
  const chosen = (args: string[], environment = {}) =>
    options(args, environment).cluster;
  assert.deepEqual(chosen([]), {
    source: "kubeconfig",
    file: undefined,
    context: undefined,
  });
  assert.deepEqual(chosen([], { MCA_K8S_CTX: "a" }), {
    source: "kubeconfig",
    file: undefined,
    context: "a",
  });
  assert.deepEqual(
    chosen(["--context=b", "--kubeconfig=f"], { MCA_K8S_CTX: "a" }),
    { source: "kubeconfig", file: "f", context: "b" },
  );
  assert.deepEqual(chosen(["--in-cluster"]), { source: "in-cluster" });
  assert.deepEqual(chosen(["--server=http://a"]), {
    source: "server",
    url: "http://a",
  });
});

Deno.test("readStatusOptions() refuses what it cannot follow", () => {
  const bad: readonly (readonly [string[], RegExp])[] = [
    [["--in-cluster", "--context=a"], /exclude each other/],
    [["--server=http://a", "--kubeconfig=b"], /exclude each other/],
    [["--only=nodes"], /--only cannot be "nodes"/],
    [["--call=twice"], /--call cannot be "twice"/],
    [["-o", "yaml"], /--output cannot be "yaml"/],
    [["-n", "../secrets"], /--namespace is not a name/],
    [["--webhook-name=A"], /--webhook-name is not a name/],
    [["now"], /Unexpected argument/],
    [["--contxt=a"], /Unknown option/],
  ];
  for (const [args, message] of bad) {
    assert.throws(
      () => options(args),
      (error) =>
        error instanceof McaError && error.code === "usage" &&
        message.test(error.message) && error.hint !== undefined,
      args.join(" "),
    );
  }
});

const KUBECONFIG = `
current-context: token
contexts:
  - { name: token, context: { cluster: c, user: token, namespace: shop } }
  - { name: exec, context: { cluster: c, user: exec } }
clusters:
  - { name: c, cluster: { server: "https://api.example:6443" } }
users:
  - { name: token, user: { token: abc } }
  - { name: exec, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: aws } } }
`;

async function open(args: readonly string[]) {
  const { platform, files } = fakePlatform({
    environment: { HOME: "/home/a" },
  });
  await files.makeDirectory("/home/a/.kube", 0o755);
  await files.writeAtomic("/home/a/.kube/config", KUBECONFIG, 0o600);
  return await openStatusCluster(
    readStatusOptions(args, platform).cluster,
    platform,
    readKubeconfigFiles,
  );
}

Deno.test("openStatusCluster() reads the kubeconfig's context", async () => {
  const target = await open([]);
  assert.equal(target.name, "token");
  assert.equal(target.host, "api.example:6443");
  assert.equal(target.namespace, "shop");
  assert.deepEqual(await target.credentials.headers(), [
    ["Authorization", "Bearer abc"],
  ]);
});

Deno.test("openStatusCluster() leaves a login by another program to kubectl proxy", async () => {
  await assert.rejects(
    open(["--context=exec"]),
    (error) =>
      error instanceof McaError && error.code === "kubeconfig" &&
      error.message === "The user exec logs in by another program" &&
      /kubectl proxy.*--server http:/.test(error.hint ?? ""),
  );
});

Deno.test("openStatusCluster() takes a server without credentials", async () => {
  const target = await open(["--server=http://[::1]:8001/k8s/"]);
  assert.deepEqual(target.connect, { hostname: "::1", port: 8001 });
  assert.equal(target.basePath, "/k8s");
  assert.equal(target.host, "[::1]:8001");
  assert.deepEqual(await target.credentials.headers(), []);
  const secure = await open(["--server=https://api.example"]);
  assert.deepEqual(secure.connect, {
    hostname: "api.example",
    port: 443,
    tls: { caCertificates: [] },
  });
  for (const bad of ["127.0.0.1:8001", "ftp://a", "x"]) {
    await assert.rejects(open([`--server=${bad}`]), /not an address/);
  }
});

Deno.test("statusCommand() prints its help without looking for a cluster", async () => {
  const { platform, out } = fakePlatform();
  const command = statusCommand(() => {
    throw new Error("No kubeconfig is needed");
  });
  const signals = { on: () => () => {} };
  assert.equal(await command.run(["--help"], platform, signals), 0);
  assert.equal(out(), command.help);
});

const REPORT: StatusReport = {
  cluster: "production",
  webhook: "mca-webhook",
  findings: [
    {
      check: "configuration",
      level: "ok",
      message: "webhook.mca.k8s.io, failurePolicy Fail",
    },
    {
      check: "certificate",
      level: "unknown",
      message: "The Secret with the certificate cannot be read: forbidden",
    },
    {
      check: "replicas",
      level: "warning",
      message: "1 of 2 replicas ready",
      remedy: "Look at the webhook's pods and their log.",
    },
  ],
  workloads: [
    {
      namespace: "shop",
      kind: "Deployment",
      name: "web",
      pods: 3,
      state: "missed",
      level: "wrong",
      why: "It is older than the webhook",
      remedy: "Run: kubectl -n shop rollout restart deployment/web",
    },
    {
      namespace: "shop-two",
      kind: "StatefulSet",
      name: "db",
      pods: 2,
      state: "injected",
      level: "ok",
    },
  ],
  notes: ["The pods of others cannot be listed"],
};

Deno.test("formatStatus() says what is wrong, why, and what to do", () => {
  assert.equal(
    formatStatus(REPORT),
    `Webhook mca-webhook in production
  configuration  ok       webhook.mca.k8s.io, failurePolicy Fail
  certificate    unknown  The Secret with the certificate cannot be read: forbidden
  replicas       warning  1 of 2 replicas ready
                          Look at the webhook's pods and their log.

Pods: 2 injected, 0 out of date, 3 missed, 0 left alone
  NAMESPACE  WORKLOAD        PODS  STATE
  shop       Deployment/web  3     missed
      It is older than the webhook
      Run: kubectl -n shop rollout restart deployment/web
  shop-two   StatefulSet/db  2     injected

note: The pods of others cannot be listed

Something is wrong: see above
`,
  );
});

Deno.test("formatStatus() fits on a screen however many workloads there are", () => {
  const workloads = Array.from(
    { length: 500 },
    (_, index): WorkloadFinding => ({
      namespace: `n-${index}`,
      kind: "Deployment",
      name: "web",
      pods: 1,
      ...(index < 100
        ? { state: "missed", level: "wrong", why: "Why", remedy: "Do." }
        : { state: "injected", level: "ok" }),
    }),
  );
  const text = formatStatus({ ...REPORT, workloads });
  const lines = text.split("\n");
  assert.ok(lines.length < 50, String(lines.length));
  assert.match(text, /^Pods: 400 injected, 0 out of date, 100 missed/m);
  assert.match(text, /^ {2}and 484 more workloads, which -o json lists$/m);
});

/** Injection of what a real API server holds: with its defaults, and by patches. */

import assert from "node:assert/strict";
import type { Command } from "../../../lib/cli/command.ts";
import { injectCommand } from "../../../lib/cli/inject_command.ts";
import { uninjectCommand } from "../../../lib/cli/uninject_command.ts";
import { fakePlatform, noSignals } from "../../lib/cli/fake_platform.ts";
import { newNamespace } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      initContainers:
        - name: init
          image: registry.example/init:1
      containers:
        - name: web
          image: registry.example/web:1
          env:
            - name: KUBERNETES_SERVICE_HOST
              value: api.example
        - name: logs
          image: registry.example/logs:1
`;

async function run(
  command: Command,
  stdin: string,
  ...args: readonly string[]
) {
  const fake = fakePlatform({ stdin });
  const code = await command.run(args, fake.platform, noSignals);
  return { code, out: fake.out(), report: fake.error() };
}

/** kubectl in a namespace of its own, failing where kubectl does. */
function kubectlIn(namespace: string) {
  return async (stdin: string, ...args: readonly string[]) => {
    const all = [...args, `--namespace=${namespace}`];
    const { code, stdout, stderr } = await cluster.kubectl(all, { stdin });
    assert.equal(code, 0, stderr);
    return stdout;
  };
}

Deno.test("injectCommand.run() finds an applied Deployment up to date, the API server's defaults and all", async () => {
  const kubectl = kubectlIn(await newNamespace(cluster));
  const { out } = await run(injectCommand, DEPLOYMENT);
  await kubectl(out, "apply", "-f", "-");
  const live = await kubectl("", "get", "deployment", "web", "-o", "yaml");
  const checked = await run(injectCommand, live, "--check");
  assert.equal(checked.report.split(" ").at(-1), "unchanged\n");
  assert.equal(checked.code, 0);
  const other = await run(injectCommand, live, "--check", "--proxy-port=7443");
  assert.equal(other.code, 1);
});

Deno.test("injectCommand.run() makes patches that kubectl applies, and uninjectCommand.run() takes them back", async () => {
  const kubectl = kubectlIn(await newNamespace(cluster));
  await kubectl(DEPLOYMENT, "apply", "-f", "-");
  const get = async () =>
    JSON.parse(await kubectl("", "get", "deployment", "web", "-o", "json"));
  const patch = async (command: Command) => {
    const live = JSON.stringify(await get());
    const { out } = await run(command, live, "-o", "patch");
    assert.notEqual(out, "[]\n");
    const how = ["--type=json", "-p", out];
    await kubectl("", "patch", "deployment", "web", ...how);
  };
  const before = await get();
  await patch(injectCommand);
  const injected = await get();
  const { spec } = injected.spec.template;
  assert.equal(spec.initContainers[0].name, "mca-proxy");
  assert.equal(spec.volumes[0].name, "kube-api-access-sa");
  const checked = await run(
    injectCommand,
    JSON.stringify(injected),
    "--check",
    "-q",
  );
  assert.equal(checked.code, 0);
  await patch(uninjectCommand);
  assert.deepEqual((await get()).spec.template, before.spec.template);
});

Deno.test("injectCommand.run() makes patches that kubectl refuses once the containers have changed places", async () => {
  const namespace = await newNamespace(cluster);
  const kubectl = kubectlIn(namespace);
  const { out } = await run(injectCommand, DEPLOYMENT, "-o", "patch");
  const swapped = DEPLOYMENT.replace(
    "name: web\n          image",
    "name: new\n          image",
  );
  await kubectl(swapped, "apply", "-f", "-");
  const { code, stderr } = await cluster.kubectl([
    "patch",
    "deployment",
    "web",
    "--type=json",
    "-p",
    out,
    `--namespace=${namespace}`,
  ]);
  assert.notEqual(code, 0);
  assert.match(stderr, /test.*failed|invalid/i);
});

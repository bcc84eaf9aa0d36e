/** The chart in a real cluster: installed, upgraded, rolled back, applied by others, uninstalled. */

import assert from "node:assert/strict";
import { CHART, runHelm, type Values } from "../../charts/helm.ts";
import type { ControlPlane } from "../control_plane.ts";
import { findProgram } from "../find_program.ts";
import type { ProgramName } from "../program_table.ts";
import { waitUntil } from "../wait_until.ts";
import { allObjects } from "./all_objects.ts";
import { INJECTED, InstalledWebhook } from "./installed_webhook.ts";
import { Release } from "./release.ts";
import { ENDPOINT_ADDRESS, Replica, startServiceCluster } from "./replica.ts";

/** Which helm installs and which goes on, and the flags of that for what is compared. */
const HELMS: readonly {
  readonly name: string;
  readonly install: ProgramName;
  readonly upgrade: ProgramName;
  /** Replaces objects as a whole. */
  readonly replace: readonly string[];
}[] = [
  {
    name: "helm",
    install: "helm",
    upgrade: "helm",
    replace: ["--force-replace", "--server-side=false"],
  },
  {
    name: "older-helm",
    install: "older-helm",
    upgrade: "older-helm",
    replace: ["--force"],
  },
  {
    name: "helm, after older-helm,",
    install: "older-helm",
    upgrade: "helm",
    replace: ["--force-replace", "--server-side=false"],
  },
];

const PLACE = { namespace: "mca-system", webhookName: "mca-webhook" } as const;

const VALUES: Values = {
  image: { repository: "registry.example/mca", tag: "1" },
  drainSeconds: 0,
  graceSeconds: 1,
  settings: { proxyPort: 7443 },
  webhook: { labelledNamespaces: true },
};
const LATER: Values = {
  ...VALUES,
  webhook: { labelledNamespaces: true, timeoutSeconds: 7 },
};

let cluster: ControlPlane;
let webhook: InstalledWebhook;
Deno.test.beforeAll(async () => {
  cluster = await startServiceCluster();
  webhook = new InstalledWebhook(cluster, PLACE);
  await cluster.createNamespace("apps");
  await cluster.createNamespace("labelled", { labels: INJECTED });
  await cluster.createNamespace(PLACE.namespace, {
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  });
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

async function assertInjects(): Promise<void> {
  assert.deepEqual(await webhook.createPod("apps", INJECTED), ["mca-proxy"]);
  assert.deepEqual(await webhook.createPod("apps", {}), []);
  assert.deepEqual(await webhook.createPod("labelled", {}), ["mca-proxy"]);
  assert.deepEqual(
    await webhook.createPod("labelled", { "mca.k8s.io/inject": "false" }),
    [],
  );
}

async function assertTimeouts(seconds: number): Promise<void> {
  assert.deepEqual(
    await webhook.webhooks("timeoutSeconds"),
    [seconds, seconds],
  );
}

/** What goes into a pipe to `kubectl apply`, or is what a GitOps controller applies. */
async function rendered(helm: string, values: Values): Promise<string> {
  const { code, stdout, stderr } = await runHelm(helm, [
    "template",
    "shop",
    CHART,
    `--namespace=${PLACE.namespace}`,
    "--kube-version=1.37",
    "--skip-tests",
  ], { values });
  assert.equal(code, 0, stderr);
  return stdout;
}

async function apply(manifest: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await cluster.kubectl(
    ["apply", "-f", "-", ...args],
    { stdin: manifest },
  );
  assert.equal(code, 0, stderr);
}

type Step = (
  release: Release,
  helm: string,
  replace: readonly string[],
) => Promise<void>;

/** What is done to a release whose webhook runs; after each step it injects as before. */
const STEPS: Readonly<Record<string, Step>> = {
  "an upgrade keeps the caBundle": async (release) => {
    await webhook.keepsBundle(() => release.upgrade(LATER));
    await assertTimeouts(7);
  },
  "a rollback keeps the caBundle": async (release) => {
    await webhook.keepsBundle(() => release.rollback(1));
    await assertTimeouts(10);
  },
  "kubectl apply keeps the caBundle": async (_, helm) => {
    const manifest = await rendered(helm, LATER);
    await webhook.keepsBundle(() => apply(manifest));
    await webhook.keepsBundle(() => apply(manifest));
    await assertTimeouts(7);
  },
  "kubectl apply --server-side keeps the caBundle": async (_, helm) => {
    const manifest = await rendered(helm, VALUES);
    await webhook.keepsBundle(() =>
      apply(manifest, "--server-side", "--force-conflicts")
    );
    await webhook.keepsBundle(() => apply(manifest, "--server-side"));
    await assertTimeouts(10);
  },
  "an upgrade keeps what is in the Secret": async (release) => {
    const data = await webhook.secretData();
    assert.ok(data["tls.crt"]);
    await release.upgrade(VALUES);
    assert.deepEqual(await webhook.secretData(), data);
  },
  "an emptied caBundle is filled again": () => webhook.emptyBundles(),
  "an upgrade by replacement loses the caBundle for moments only": async (
    release,
    _,
    replace,
  ) => {
    const before = await webhook.bundles();
    await release.upgrade(LATER, ...replace);
    await webhook.bundlesAre(before);
  },
  "a deleted Secret is made anew, and helm takes it up": async (release) => {
    await cluster.request("DELETE", webhook.secretPath);
    await waitUntil(
      "the Secret",
      async () => (await webhook.secretData())["tls.crt"] !== undefined,
    );
    await release.upgrade(VALUES);
  },
};

for (const { name, install, upgrade, replace } of HELMS) {
  Deno.test({
    name:
      `${name} installs, upgrades and uninstalls the chart (needs a network address besides loopback)`,
    ignore: ENDPOINT_ADDRESS === undefined,
    async fn(t) {
      const before = await allObjects(cluster);
      const options = { name: "shop", namespace: PLACE.namespace };
      const helm = await findProgram(upgrade);
      await new Release(cluster, {
        ...options,
        helm: await findProgram(install),
      }).install(VALUES);
      const release = new Release(cluster, { ...options, helm });
      {
        await using first = await Replica.start(cluster, PLACE);
        await using second = await Replica.start(cluster, PLACE);
        await t.step(
          "two replicas become ready and inject by the Service",
          async () => {
            await first.process.ready();
            await second.process.ready();
            await webhook.reached("apps");
            await assertInjects();
          },
        );
        for (const [what, step] of Object.entries(STEPS)) {
          await t.step(what, async () => {
            await step(release, helm, replace);
            await assertInjects();
          });
        }
        await t.step(
          "the webhook needs no right that it does not have",
          async () => {
            for (const { process } of [first, second]) {
              assert.doesNotMatch(await process.log(), /forbidden/);
            }
          },
        );
        // While the replicas run: what they would make again is not made.
        await release.uninstall();
      }
      assert.deepEqual(await allObjects(cluster), before);
      assert.deepEqual(await webhook.createPod("apps", INJECTED), []);
    },
  });
}

/** Every object of the chart before a real API server, which validates what it would store. */

import assert from "node:assert/strict";
import type { JsonObject } from "../../../lib/kube/json.ts";
import { RELEASE, type ReleaseName, render } from "../../charts/helm.ts";
import { objectAt, textAt } from "../../charts/object_path.ts";
import { RenderedChart } from "../../charts/rendered_chart.ts";
import {
  type Combination,
  combinations,
} from "../../charts/value_combinations.ts";
import { findProgram } from "../find_program.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
  await makeNamespace(RELEASE.namespace, "mca-webhook", "second");
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** With the ServiceAccounts that pods of the releases have. */
async function makeNamespace(
  namespace: string,
  ...accounts: readonly string[]
): Promise<void> {
  await cluster.createNamespace(namespace, {
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  });
  for (const name of accounts) {
    await cluster.request(
      "POST",
      `/api/v1/namespaces/${namespace}/serviceaccounts`,
      { body: { metadata: { name } }, accept: [409] },
    );
  }
}

const CASES: readonly Combination[] = [
  ...combinations(["certificates", "options"]),
  ...combinations(["webhooks", "settings", "details"]),
];

/** cert-manager's are for cert-manager to judge. */
function isOurs(object: JsonObject): boolean {
  return !textAt(object, "apiVersion").startsWith("cert-manager.io/");
}

/** The pod that the Deployment's controller would make. */
function podOf(template: JsonObject, namespace: string): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...objectAt(template, "metadata"), name: "a", namespace },
    spec: objectAt(template, "spec"),
  };
}

/** Has the API server judge what the chart makes of the values; tells how many objects that are. */
async function judge(
  { name, values }: Combination,
  release: ReleaseName = RELEASE,
): Promise<number> {
  const helm = await findProgram("helm");
  const chart = new RenderedChart(await render(helm, values, release));
  const all = [
    ...chart.objects.filter(isOurs),
    podOf(chart.template, release.namespace),
  ];
  const { code, stdout, stderr } = await cluster.kubectl(
    [
      "apply",
      "--server-side",
      "--dry-run=server",
      "--validate=strict",
      "-o",
      "name",
      "-f",
      "-",
    ],
    { stdin: all.map((object) => `---\n${JSON.stringify(object)}\n`).join("") },
  );
  assert.equal(code, 0, `${name}: ${stderr}`);
  // Deprecated fields, label values that are none, containers that are not restricted.
  assert.equal(stderr, "", name);
  const lines = stdout.trim().split("\n");
  assert.equal(lines.length, all.length);
  return lines.length;
}

Deno.test("the API server takes every object of the chart, and its pods as restricted", async () => {
  let objects = 0;
  for (const each of CASES) objects += await judge(each);
  assert.ok(objects > 200, `${objects} objects`);
});

/** Names that YAML takes for a number, a truth or nothing where they are not quoted. */
const ODD_NAMES: readonly (ReleaseName & { readonly webhook: string })[] = [
  { name: "1234567", namespace: "1234", webhook: "true" },
  { name: "12e3", namespace: "0x1f", webhook: "null" },
  { name: "null", namespace: "false", webhook: "on" },
];

for (const { webhook, ...release } of ODD_NAMES) {
  Deno.test(`the API server takes the chart as release ${release.name} in namespace ${release.namespace}`, async () => {
    const { namespace } = release;
    await makeNamespace(namespace, webhook);
    const objects = await judge({
      name: webhook,
      values: {
        webhook: {
          name: webhook,
          labelledNamespaces: true,
          excludedNamespaces: ["123", "1e3", "null", "yes"],
        },
        settings: { proxyPort: 7443 },
        autoscaling: { enabled: true },
        networkPolicy: { enabled: true },
        topologySpread: { topologyKeys: ["rack"] },
      },
    }, release);
    assert.ok(objects > 10, `${objects} objects`);
  });
}

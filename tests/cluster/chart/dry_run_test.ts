/** Every object of the chart before a real API server, which validates what it would store. */

import assert from "node:assert/strict";
import { stringify } from "yaml";
import type { JsonObject } from "../../../lib/kube/json.ts";
import { RELEASE, render } from "../../charts/helm.ts";
import { objectAt, textAt } from "../../charts/object_path.ts";
import { RenderedChart } from "../../charts/rendered_chart.ts";
import {
  type Combination,
  combinations,
} from "../../charts/value_combinations.ts";
import { findProgram } from "../find_program.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";

const { namespace } = RELEASE;

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
  await cluster.createNamespace(namespace, {
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  });
  for (const name of ["mca-webhook", "second"]) {
    await cluster.request(
      "POST",
      `/api/v1/namespaces/${namespace}/serviceaccounts`,
      { body: { metadata: { name } }, accept: [409] },
    );
  }
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

const CASES: readonly Combination[] = [
  ...combinations(["certificates", "options"]),
  ...combinations(["webhooks", "settings", "details"]),
];

/** cert-manager's are for cert-manager to judge. */
function isOurs(object: JsonObject): boolean {
  return !textAt(object, "apiVersion").startsWith("cert-manager.io/");
}

/** The pod that the Deployment's controller would make. */
function podOf(template: JsonObject): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...objectAt(template, "metadata"), name: "a", namespace },
    spec: objectAt(template, "spec"),
  };
}

Deno.test("the API server takes every object of the chart, and its pods as restricted", async () => {
  const helm = await findProgram("helm");
  let objects = 0;
  for (const { name, values } of CASES) {
    const chart = new RenderedChart(await render(helm, values));
    const all = [...chart.objects.filter(isOurs), podOf(chart.template)];
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
      { stdin: all.map((object) => `---\n${stringify(object)}`).join("") },
    );
    assert.equal(code, 0, `${name}: ${stderr}`);
    // Deprecated fields, label values that are none, containers that are not restricted.
    assert.equal(stderr, "", name);
    objects += stdout.trim().split("\n").length;
    assert.equal(stdout.trim().split("\n").length, all.length);
  }
  assert.ok(objects > 200, `${objects} objects`);
});

/** Which pods the API server asks the webhook about, and how it finds it. */

import assert from "node:assert/strict";
import { selects } from "../../lib/status/object_selector.ts";
import { testEach } from "./each_rendering.ts";
import { RELEASE } from "./helm.ts";
import { at, objectAt, objectsAt, textAt } from "./object_path.ts";
import type { RenderedChart } from "./rendered_chart.ts";
import { CA, type Dimension } from "./value_combinations.ts";

const SELECTION: readonly Dimension[] = ["webhooks", "details"];
const CALL: readonly Dimension[] = ["certificates", "webhooks", "options"];

testEach(
  CALL,
  "the API server finds the webhook by the Service's name and port",
  (chart) => {
    const service = chart.one("Service");
    const ports = objectsAt(service, "spec", "ports");
    const containerPorts = objectsAt(chart.container, "ports");
    assert.ok(chart.webhooks.length > 0);
    for (const webhook of chart.webhooks) {
      const { name, namespace, path, port } = objectAt(
        webhook,
        "clientConfig",
        "service",
      );
      assert.equal(name, at(service, "metadata", "name"));
      assert.equal(namespace, RELEASE.namespace);
      assert.equal(path, "/mutate");
      const found = ports.find((each) => each["port"] === port);
      const target = containerPorts.find((each) =>
        each["name"] === found?.["targetPort"]
      );
      assert.ok(target);
      assert.equal(
        chart.environment["MCA_WEBHOOK_PORT"],
        String(target["containerPort"]),
      );
    }
    for (const kind of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      const { path, port, scheme } = objectAt(chart.container, kind, "httpGet");
      assert.equal(path, kind === "readinessProbe" ? "/ready" : "/health");
      assert.ok(containerPorts.some((each) => each["name"] === port));
      assert.equal(scheme, "HTTPS");
    }
  },
);

testEach(
  CALL,
  "the chart publishes no CA but the one that the values hold",
  (chart, values) => {
    const { source, caBundle } = objectAt(
      JSON.parse(JSON.stringify(values)),
      "certificates",
    );
    for (const { clientConfig } of chart.webhooks) {
      assert.equal(
        at(clientConfig, "caBundle"),
        source === "secret" && caBundle !== undefined ? btoa(CA) : undefined,
      );
    }
  },
);

/** Which webhooks are asked about a pod. */
function asked(
  chart: RenderedChart,
  namespace: string,
  pod: string | undefined,
  labels: Record<string, string> = {},
): string[] {
  return chart.webhooks.filter((webhook) =>
    selects(webhook["namespaceSelector"], {
      "kubernetes.io/metadata.name": namespace,
      tier: "a",
      ...labels,
    }) &&
    selects(
      webhook["objectSelector"],
      pod === undefined ? {} : { "mca.k8s.io/inject": pod },
    )
  ).map((webhook) => textAt(webhook, "name"));
}

const LABELLED = { "mca.k8s.io/inject": "true" };

testEach(
  SELECTION,
  "one webhook is asked about a pod that asks for it, and none about others",
  (chart, values) => {
    const { labelledPods = true, labelledNamespaces = false } = objectAt(
      JSON.parse(JSON.stringify(values)),
      "webhook",
    );
    const byPod = labelledPods === true ? ["webhook.mca.k8s.io"] : [];
    const byNamespace = labelledNamespaces === true
      ? ["namespace.webhook.mca.k8s.io"]
      : [];
    assert.deepEqual(asked(chart, "apps", "true"), byPod);
    assert.deepEqual(asked(chart, "apps", undefined), []);
    assert.deepEqual(asked(chart, "apps", "false"), []);
    assert.deepEqual(
      asked(chart, "apps", "true", LABELLED),
      byPod.length > 0 ? byPod : byNamespace,
    );
    assert.deepEqual(asked(chart, "apps", undefined, LABELLED), byNamespace);
    assert.deepEqual(asked(chart, "apps", "false", LABELLED), []);
    // A slip is for the webhook to tell.
    assert.deepEqual(asked(chart, "apps", "yes", LABELLED), byNamespace);
  },
);

testEach(
  SELECTION,
  "no webhook is asked about pods of kube-system or of its own namespace",
  (chart) => {
    for (const namespace of ["kube-system", RELEASE.namespace]) {
      for (const pod of ["true", undefined, "false"]) {
        assert.deepEqual(asked(chart, namespace, pod, LABELLED), []);
      }
    }
  },
);

testEach(
  SELECTION,
  "the webhooks ask for pods when they are created, and promise no side effects",
  (chart, values) => {
    const given = objectAt(JSON.parse(JSON.stringify(values)), "webhook");
    for (const webhook of chart.webhooks) {
      assert.deepEqual(webhook["rules"], [{
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE"],
        resources: ["pods"],
        scope: "Namespaced",
      }]);
      assert.equal(webhook["sideEffects"], "None");
      assert.deepEqual(webhook["admissionReviewVersions"], ["v1", "v1beta1"]);
      assert.equal(webhook["failurePolicy"], given["failurePolicy"] ?? "Fail");
      assert.equal(webhook["timeoutSeconds"], given["timeoutSeconds"] ?? 10);
      assert.equal(
        webhook["reinvocationPolicy"],
        given["reinvocationPolicy"] ?? "IfNeeded",
      );
      assert.deepEqual(webhook["matchConditions"], given["matchConditions"]);
    }
  },
);

/** What stands in the objects that the chart makes. */

import assert from "node:assert/strict";
import { selects } from "../../lib/status/object_selector.ts";
import { testEach, testWith, testWithHelm } from "./each_rendering.ts";
import { RELEASE, render } from "./helm.ts";
import { at, objectAt, objectsAt, textAt, textsAt } from "./object_path.ts";
import { RenderedChart } from "./rendered_chart.ts";
import { restrictedFaults } from "./restricted_pod.ts";
import type { Dimension } from "./value_combinations.ts";

const ALL: readonly Dimension[] = [
  "certificates",
  "options",
  "details",
];

const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  "ClusterRole",
  "ClusterRoleBinding",
  "MutatingWebhookConfiguration",
]);

testEach(
  ALL,
  "the chart makes each object once, labelled, in the release's namespace alone",
  (chart) => {
    const seen = new Set<string>();
    for (const object of chart.objects) {
      const kind = textAt(object, "kind");
      const id = `${kind}/${textAt(object, "metadata", "name")}`;
      assert.ok(!seen.has(id), id);
      seen.add(id);
      assert.equal(
        at(object, "metadata", "namespace"),
        CLUSTER_WIDE.has(kind) ? undefined : RELEASE.namespace,
        id,
      );
      const labels = textsAt(object, "metadata", "labels");
      assert.equal(labels["app.kubernetes.io/instance"], RELEASE.name, id);
      assert.equal(labels["app.kubernetes.io/managed-by"], "Helm", id);
    }
  },
);

testEach(
  ALL,
  "the chart's selectors select the webhook's pods and not the test's",
  (chart) => {
    const selectors = {
      Deployment: at(chart.one("Deployment"), "spec", "selector"),
      Service: {
        matchLabels: objectAt(chart.one("Service"), "spec", "selector"),
      },
      ...Object.fromEntries(
        chart.all("PodDisruptionBudget").map((budget) => [
          "PodDisruptionBudget",
          at(budget, "spec", "selector"),
        ]),
      ),
      ...Object.fromEntries(
        chart.all("NetworkPolicy").map((policy) => [
          "NetworkPolicy",
          at(policy, "spec", "podSelector"),
        ]),
      ),
      ...Object.fromEntries(
        objectsAt(chart.template, "spec", "topologySpreadConstraints")
          .map((constraint, index) => [
            `topologySpreadConstraints ${index}`,
            constraint["labelSelector"],
          ]),
      ),
    };
    const test = textsAt(chart.one("Pod"), "metadata", "labels");
    for (const [name, selector] of Object.entries(selectors)) {
      assert.ok(selector, name);
      assert.ok(selects(selector, chart.podLabels), name);
      assert.ok(!selects(selector, test), name);
    }
  },
);

testEach(
  ALL,
  "cert-manager issues for the Service, into the Secret that is mounted",
  (chart, values) => {
    const source = textAt(
      JSON.parse(JSON.stringify(values)),
      "certificates",
      "source",
    );
    const certificates = chart.all("Certificate");
    const annotation = textAt(
      chart.one("MutatingWebhookConfiguration"),
      "metadata",
      "annotations",
      "cert-manager.io/inject-ca-from",
    );
    if (source !== "cert-manager") {
      assert.deepEqual([certificates, chart.all("Issuer"), annotation], [
        [],
        [],
        "",
      ]);
      return;
    }
    const leaf = certificates.find((each) => at(each, "spec", "isCA") !== true);
    const name = textAt(leaf, "metadata", "name");
    assert.equal(annotation, `${RELEASE.namespace}/${name}`);
    const volume = objectsAt(chart.template, "spec", "volumes")
      .find((each) => each["secret"] !== undefined);
    assert.equal(
      at(volume, "secret", "secretName"),
      at(leaf, "spec", "secretName"),
    );
    const names = at(leaf, "spec", "dnsNames");
    assert.ok(
      Array.isArray(names) &&
        names.includes(
          `${
            textAt(chart.one("Service"), "metadata", "name")
          }.${RELEASE.namespace}.svc`,
        ),
    );
    // Each certificate is signed by an issuer that is there, or is somebody else's.
    const issuers = chart.all("Issuer").map((each) =>
      textAt(each, "metadata", "name")
    );
    for (const certificate of certificates) {
      const { kind, name: issuer } = objectAt(certificate, "spec", "issuerRef");
      assert.ok(kind === "ClusterIssuer" || issuers.includes(String(issuer)));
    }
  },
);

/** The verbs that each source of certificates needs. */
const VERBS = {
  Role: ["list", "watch", "create", "patch"],
  ClusterRole: ["list", "watch", "patch"],
  reading: ["list", "watch"],
} as const;

testEach(
  ALL,
  "the ServiceAccount may touch one Secret and one configuration, by name",
  (chart) => {
    const account = chart.one("ServiceAccount");
    const subject = {
      kind: "ServiceAccount",
      name: at(account, "metadata", "name"),
      namespace: RELEASE.namespace,
    };
    assert.equal(
      at(chart.template, "spec", "serviceAccountName"),
      subject.name,
    );
    for (const kind of ["RoleBinding", "ClusterRoleBinding"]) {
      for (const binding of chart.all(kind)) {
        assert.deepEqual(binding["subjects"], [subject]);
        const role = chart.one(kind.replace("Binding", ""));
        assert.equal(
          at(binding, "roleRef", "name"),
          at(role, "metadata", "name"),
        );
      }
    }
    const keepsSecret = chart.all("Secret").length > 0;
    assert.deepEqual(chart.one("ClusterRole")["rules"], [{
      apiGroups: ["admissionregistration.k8s.io"],
      resources: ["mutatingwebhookconfigurations"],
      resourceNames: [
        at(chart.one("MutatingWebhookConfiguration"), "metadata", "name"),
      ],
      verbs: keepsSecret ? VERBS.ClusterRole : VERBS.reading,
    }]);
    assert.equal(chart.all("Role").length, keepsSecret ? 1 : 0);
    if (!keepsSecret) return;
    assert.deepEqual(chart.one("Role")["rules"], [{
      apiGroups: [""],
      resources: ["secrets"],
      resourceNames: [at(chart.one("Secret"), "metadata", "name")],
      verbs: VERBS.Role,
    }]);
  },
);

testEach(ALL, "the chart's pods pass Pod Security restricted", (chart) => {
  for (const pod of [chart.template, chart.one("Pod")]) {
    assert.deepEqual(restrictedFaults(objectAt(pod, "spec")), []);
  }
});

testEach(ALL, "the chart's pods see no variables of Services", (chart) => {
  for (const pod of [chart.template, chart.one("Pod")]) {
    assert.equal(at(pod, "spec", "enableServiceLinks"), false);
  }
});

testWith(
  {},
  "the chart's own values give two replicas that update without a gap",
  (chart) => {
    const spec = objectAt(chart.one("Deployment"), "spec");
    assert.equal(spec["replicas"], 2);
    assert.deepEqual(objectAt(spec, "strategy", "rollingUpdate"), {
      maxSurge: 1,
      maxUnavailable: 0,
    });
    assert.equal(
      at(chart.one("PodDisruptionBudget"), "spec", "maxUnavailable"),
      1,
    );
    assert.deepEqual(
      objectsAt(spec, "template", "spec", "topologySpreadConstraints")
        .map(({ topologyKey }) => topologyKey),
      ["kubernetes.io/hostname", "topology.kubernetes.io/zone"],
    );
  },
);

testWith(
  {
    autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 9 },
    replicas: 7,
  },
  "an autoscaler has the replicas to itself",
  (chart) => {
    assert.equal(at(chart.one("Deployment"), "spec", "replicas"), undefined);
    const autoscaler = objectAt(chart.one("HorizontalPodAutoscaler"), "spec");
    assert.deepEqual([autoscaler["minReplicas"], autoscaler["maxReplicas"]], [
      3,
      9,
    ]);
    assert.deepEqual(autoscaler["scaleTargetRef"], {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "mca-webhook",
    });
  },
);

testWith(
  {
    hostNetwork: true,
  },
  "a webhook on the nodes' network resolves the cluster's names",
  (chart) => {
    const spec = objectAt(chart.template, "spec");
    assert.equal(spec["hostNetwork"], true);
    assert.equal(spec["dnsPolicy"], "ClusterFirstWithHostNet");
    // On as many nodes as replicas there is no free port for one more.
    assert.equal(
      at(
        chart.one("Deployment"),
        "spec",
        "strategy",
        "rollingUpdate",
        "maxUnavailable",
      ),
      1,
    );
  },
);

testWithHelm(
  "a change of the settings rolls the pods, a change of the webhook's rules does not",
  async (helm) => {
    const templates = await Promise.all([
      { settings: { proxyPort: 7443 } },
      { settings: { proxyPort: 7444 } },
      { settings: { proxyPort: 7444 }, webhook: { timeoutSeconds: 5 } },
    ].map(async (values) =>
      JSON.stringify(new RenderedChart(await render(helm, values)).template)
    ));
    assert.notEqual(templates[0], templates[1]);
    assert.equal(templates[1], templates[2]);
  },
);

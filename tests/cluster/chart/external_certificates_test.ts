/** The chart with certificates that others make: a Secret of the user's, and cert-manager's. */

import assert from "node:assert/strict";
import {
  issueCertificateAuthority,
  issueLeaf,
} from "../../../lib/certs/issue.ts";
import { isJsonObject } from "../../../lib/kube/json.ts";
import type { Values } from "../../charts/helm.ts";
import { objectsAt } from "../../charts/object_path.ts";
import type { ControlPlane } from "../control_plane.ts";
import { findProgram } from "../find_program.ts";
import { waitUntil } from "../wait_until.ts";
import { INJECTED, InstalledWebhook } from "./installed_webhook.ts";
import { Release } from "./release.ts";
import { ENDPOINT_ADDRESS, Replica, startServiceCluster } from "./replica.ts";

const PLACE = { namespace: "mca-system", webhookName: "mca-webhook" } as const;
const NAME = `${PLACE.webhookName}.${PLACE.namespace}.svc`;

let cluster: ControlPlane;
let webhook: InstalledWebhook;
let release: Release;
Deno.test.beforeAll(async () => {
  cluster = await startServiceCluster();
  webhook = new InstalledWebhook(cluster, PLACE);
  release = new Release(cluster, {
    helm: await findProgram("helm"),
    name: "shop",
    namespace: PLACE.namespace,
  });
  await cluster.createNamespace("apps");
  await cluster.createNamespace(PLACE.namespace);
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** Makes a CA and a Secret with a certificate of its; the CA in PEM. */
async function makeSecret(name: string): Promise<string> {
  const engine = { crypto, now: Date.now() };
  const hour = 60 * 60 * 1000;
  const authority = await issueCertificateAuthority({
    commonName: "others",
    lifetime: 24 * hour,
  }, engine);
  const leaf = await issueLeaf(authority, {
    commonName: "others",
    names: [NAME],
    lifetime: hour,
  }, engine);
  await cluster.request(
    "POST",
    `/api/v1/namespaces/${PLACE.namespace}/secrets`,
    {
      body: {
        metadata: { name },
        type: "kubernetes.io/tls",
        stringData: {
          "tls.crt": leaf.certificate,
          "tls.key": leaf.privateKey,
          "ca.crt": authority.certificate,
        },
      },
    },
  );
  return authority.certificate;
}

/** Starts a replica that becomes ready, injects, and asks for no right that it does not have. */
async function works(then: () => Promise<void>): Promise<void> {
  await using replica = await Replica.start(cluster, PLACE);
  await replica.process.ready();
  await webhook.reached("apps");
  assert.deepEqual(await webhook.createPod("apps", INJECTED), ["mca-proxy"]);
  await then();
  assert.deepEqual(await webhook.createPod("apps", INJECTED), ["mca-proxy"]);
  assert.doesNotMatch(await replica.process.log(), /forbidden/);
}

const CLUSTER_ROLE =
  `/apis/rbac.authorization.k8s.io/v1/clusterroles/${PLACE.webhookName}`;

/** Takes the right away from a replica, which says so, and gives it back. */
async function isNeeded(verb: string): Promise<void> {
  const role = await cluster.request("GET", CLUSTER_ROLE);
  assert.ok(isJsonObject(role));
  const [rule, ...others] = objectsAt(role, "rules");
  assert.deepEqual(others, []);
  assert.deepEqual(rule?.["verbs"], ["list", "watch"]);
  const grant = (verbs: readonly string[]) =>
    cluster.request("PATCH", CLUSTER_ROLE, {
      contentType: "application/merge-patch+json",
      body: { rules: [{ ...rule, verbs }] },
    });
  await grant(["list", "watch"].filter((each) => each !== verb));
  {
    await using replica = await Replica.start(cluster, PLACE);
    const refusal = new RegExp(
      `cannot ${verb} resource .{0,2}mutatingwebhookconfigurations`,
    );
    await waitUntil(
      `a refusal to ${verb}`,
      async () => refusal.test(await replica.process.log()),
    );
  }
  await grant(["list", "watch"]);
}

const VALUES: Values = { drainSeconds: 0, graceSeconds: 1 };

Deno.test({
  name:
    "the chart serves with a Secret of the user's, and publishes its CA (needs a network address besides loopback)",
  ignore: ENDPOINT_ADDRESS === undefined,
  async fn() {
    const caBundle = await makeSecret("own");
    const certificates = { source: "secret", secretName: "own", caBundle };
    await release.install({ ...VALUES, certificates });
    assert.deepEqual(await webhook.bundles(), [btoa(caBundle)]);
    await works(() =>
      webhook.keepsBundle(() =>
        release.upgrade({
          ...VALUES,
          certificates,
          webhook: { timeoutSeconds: 7 },
        })
      )
    );
    // Back to its own: what the chart published goes, and the webhook begins.
    await release.upgrade(VALUES);
    await works(async () => {});
    assert.notDeepEqual(await webhook.bundles(), [btoa(caBundle)]);
    await release.uninstall();
  },
});

Deno.test({
  name:
    "the chart serves with a certificate of cert-manager's, whose CA an upgrade keeps (needs a network address besides loopback)",
  ignore: ENDPOINT_ADDRESS === undefined,
  async fn() {
    await defineResources();
    const certificates = { source: "cert-manager" };
    await release.install({ ...VALUES, certificates });
    // In cert-manager's stead.
    const caBundle = btoa(await makeSecret("mca-webhook-tls"));
    await cluster.request("PATCH", webhook.configurationPath, {
      contentType: "application/strategic-merge-patch+json",
      body: {
        webhooks: [{ name: "webhook.mca.k8s.io", clientConfig: { caBundle } }],
      },
    });
    await works(() =>
      webhook.keepsBundle(() =>
        release.upgrade({
          ...VALUES,
          certificates,
          webhook: { timeoutSeconds: 7 },
        })
      )
    );
    // Last: helm would not take the role back from who changed it.
    for (const verb of ["list", "watch"]) await isNeeded(verb);
    await release.uninstall();
  },
});

/** Resources by cert-manager's names that take anything: its own judge what it is given. */
async function defineResources(): Promise<void> {
  const group = "cert-manager.io";
  for (const kind of ["Certificate", "Issuer"]) {
    const plural = `${kind.toLowerCase()}s`;
    await cluster.request(
      "POST",
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      {
        body: {
          apiVersion: "apiextensions.k8s.io/v1",
          kind: "CustomResourceDefinition",
          metadata: { name: `${plural}.${group}` },
          spec: {
            group,
            names: { kind, plural },
            scope: "Namespaced",
            versions: [{
              name: "v1",
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: {
                  type: "object",
                  "x-kubernetes-preserve-unknown-fields": true,
                },
              },
            }],
          },
        },
      },
    );
  }
  const { code, stderr } = await cluster.kubectl([
    "wait",
    "--for=condition=Established",
    "customresourcedefinition",
    "--all",
    "--timeout=30s",
  ]);
  assert.equal(code, 0, stderr);
}

/** `mca status`, as it ships, where half of everything is missing or damaged. */

import assert from "node:assert/strict";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import { objectsAt } from "../../charts/object_path.ts";
import { runToEnd } from "../../ship/run_to_end.ts";
import { shippedCommand } from "../../ship/shipped.ts";
import type { ControlPlane } from "../control_plane.ts";
import { findProgram } from "../find_program.ts";
import { INJECTED, InstalledWebhook } from "./installed_webhook.ts";
import { Release } from "./release.ts";
import { startServiceCluster } from "./replica.ts";

const PLACE = { namespace: "mca-system", webhookName: "mca-webhook" } as const;
const CORE = `/api/v1/namespaces/${PLACE.namespace}`;

let cluster: ControlPlane;
let webhook: InstalledWebhook;
Deno.test.beforeAll(async () => {
  cluster = await startServiceCluster();
  await cluster.createNamespace(PLACE.namespace);
  await cluster.createNamespace("shop");
  webhook = new InstalledWebhook(cluster, PLACE);
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** What was found out, by what was looked at; and that something is wrong. */
async function findings(): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await runToEnd(
    [...await shippedCommand("mca"), "status", "-o", "json"],
    {
      env: { KUBECONFIG: cluster.kubeconfig, HOME: "/nonexistent" },
      clearEnv: true,
    },
  );
  assert.equal(stderr, "");
  const report: unknown = JSON.parse(stdout);
  assert.ok(isJsonObject(report));
  assert.deepEqual([code, report["ok"]], [1, false]);
  return Object.fromEntries(
    objectsAt(report, "findings").map(({ check, level, message }) => [
      String(check),
      `${level}: ${message}`,
    ]),
  );
}

async function setSecret(text: string): Promise<void> {
  await cluster.request("PATCH", webhook.secretPath, {
    contentType: "application/merge-patch+json",
    body: { data: { "tls.crt": btoa(text) } },
  });
}

async function setBundle(caBundle: string): Promise<void> {
  await cluster.request("PATCH", webhook.configurationPath, {
    contentType: "application/strategic-merge-patch+json",
    body: {
      webhooks: [{ name: "webhook.mca.k8s.io", clientConfig: { caBundle } }],
    },
  });
}

interface Gap {
  readonly make: () => Promise<unknown>;
  /** What is then said, of what the gap is about. */
  readonly said: Readonly<Record<string, RegExp>>;
}

const BROKEN = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/** One after the other, each on top of those before. */
const GAPS: Readonly<Record<string, Gap>> = {
  "a Secret that is damaged": {
    make: () => setSecret(BROKEN),
    said: { certificate: /^wrong: The Secret holds no certificate/ },
  },
  "a Secret with an empty certificate": {
    make: () => setSecret(""),
    said: { certificate: /^wrong: The Secret holds no certificate/ },
  },
  "a caBundle that is no certificate": {
    make: () => setBundle(btoa(BROKEN)),
    said: { trust: /^wrong: The caBundle of .* holds no CA/, call: /^wrong: / },
  },
  "a caBundle of somebody else's": {
    make: () => setBundle(btoa(cluster.caPem)),
    said: { trust: /^ok: /, call: /^wrong: / },
  },
  "no Secret": {
    make: () => cluster.request("DELETE", webhook.secretPath),
    said: { certificate: /^wrong: There is no Secret/ },
  },
  "no Deployment": {
    make: () =>
      cluster.request(
        "DELETE",
        `/apis/apps/v1/namespaces/${PLACE.namespace}/deployments/${PLACE.webhookName}`,
      ),
    said: { replicas: /^warning: There is no Deployment/ },
  },
  "no Service": {
    make: () =>
      cluster.request("DELETE", `${CORE}/services/${PLACE.webhookName}`),
    said: { call: /^wrong: The webhook's Service is not there/ },
  },
  "a configuration that holds no webhook": {
    make: () =>
      cluster.request("PATCH", webhook.configurationPath, {
        contentType: "application/merge-patch+json",
        body: { webhooks: [] },
      }),
    said: { configuration: /^wrong: .* holds no webhook/ },
  },
  "no configuration": {
    make: () => cluster.request("DELETE", webhook.configurationPath),
    said: { configuration: /^wrong: There is no MutatingWebhookConfiguration/ },
  },
};

Deno.test("mca status tells what is wrong whatever is missing", async (t) => {
  const release = new Release(cluster, {
    helm: await findProgram("helm"),
    name: "shop",
    namespace: PLACE.namespace,
  });
  await release.install({});
  for (const [what, { make, said }] of Object.entries(GAPS)) {
    await t.step(what, async () => {
      await make();
      const found = await findings();
      for (const [check, message] of Object.entries(said)) {
        assert.match(found[check] ?? "", message);
      }
    });
  }
  await t.step("pods that nobody can follow", async () => {
    const pods: Readonly<Record<string, JsonObject>> = {
      label: { labels: { "mca.k8s.io/inject": "maybe" } },
      annotation: {
        labels: INJECTED,
        annotations: { "mca.k8s.io/proxy-cpu-request": "lots" },
      },
      status: {
        labels: INJECTED,
        annotations: { "mca.k8s.io/status": "[" },
      },
    };
    for (const [name, metadata] of Object.entries(pods)) {
      await cluster.request("POST", "/api/v1/namespaces/shop/pods", {
        body: {
          metadata: { name, ...metadata },
          spec: { containers: [{ name: "app", image: "app" }] },
        },
      });
    }
    const { stdout } = await runToEnd(
      [...await shippedCommand("mca"), "status", "--only=pods"],
      {
        env: { KUBECONFIG: cluster.kubeconfig, HOME: "/nonexistent" },
        clearEnv: true,
      },
    );
    assert.match(stdout, /^Pods: 0 injected, 0 out of date, 3 missed/m);
    assert.match(stdout, /Bad value "maybe" for label mca\.k8s\.io\/inject/);
    assert.match(stdout, /Bad value "lots" in annotation/);
  });
});

/** `mca status`, as it ships, against a real API server with the chart installed. */

import assert from "node:assert/strict";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import { objectsAt, textAt } from "../../charts/object_path.ts";
import { type Ended, runToEnd } from "../../ship/run_to_end.ts";
import { shippedCommand } from "../../ship/shipped.ts";
import type { ControlPlane } from "../control_plane.ts";
import { findProgram } from "../find_program.ts";
import { INJECTED, InstalledWebhook } from "./installed_webhook.ts";
import { Release } from "./release.ts";
import { ENDPOINT_ADDRESS, Replica, startServiceCluster } from "./replica.ts";
import { waitUntil } from "../wait_until.ts";

const PLACE = { namespace: "mca-system", webhookName: "mca-webhook" } as const;

let cluster: ControlPlane;
let webhook: InstalledWebhook;
let release: Release;
let replica: Replica | undefined;
Deno.test.beforeAll(async () => {
  cluster = await startServiceCluster();
  await cluster.createNamespace("default");
  await cluster.createNamespace("shop");
  await cluster.createNamespace(PLACE.namespace);
  webhook = new InstalledWebhook(cluster, PLACE);
  release = new Release(cluster, {
    helm: await findProgram("helm"),
    name: "shop",
    namespace: PLACE.namespace,
  });
});
Deno.test.afterAll(async () => {
  await replica?.[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

const VALUES = {
  image: { repository: "registry.example/mca", tag: "1" },
  settings: { proxyPort: 7443 },
  drainSeconds: 0,
  graceSeconds: 1,
};

async function status(
  args: readonly string[] = [],
  kubeconfig = cluster.kubeconfig,
): Promise<Ended> {
  return await runToEnd([...await shippedCommand("mca"), "status", ...args], {
    env: { KUBECONFIG: kubeconfig, HOME: "/nonexistent" },
    clearEnv: true,
  });
}

async function statusJson(
  args: readonly string[] = [],
): Promise<JsonObject & { readonly code: number }> {
  const { code, stdout, stderr } = await status([...args, "-o", "json"]);
  assert.equal(stderr, "");
  const report: unknown = JSON.parse(stdout);
  assert.ok(isJsonObject(report));
  assert.equal(report["ok"], code === 0);
  return { ...report, code };
}

/** The levels of what was found out, by what was looked at. */
function levels(report: JsonObject): Record<string, unknown> {
  return Object.fromEntries(
    objectsAt(report, "findings").map(({ check, level }) => [check, level]),
  );
}

function messageOf(report: JsonObject, check: string): string {
  return textAt(
    objectsAt(report, "findings").find((finding) => finding["check"] === check),
    "message",
  );
}

/** `shop/Pod/a missed` for each workload. */
function workloads(report: JsonObject): string[] {
  return objectsAt(report, "workloads").map((workload) =>
    `${workload["namespace"]}/${workload["kind"]}/${workload["name"]} ${
      workload["state"]
    }`
  );
}

function whyOf(report: JsonObject, name: string): string {
  return textAt(
    objectsAt(report, "workloads").find((each) => each["name"] === name),
    "why",
  );
}

async function createPod(
  name: string,
  labels: Readonly<Record<string, string>>,
  spec: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await cluster.request("POST", "/api/v1/namespaces/shop/pods", {
    body: {
      metadata: { name, labels },
      spec: { containers: [{ name: "app", image: "app" }], ...spec },
    },
  });
}

/** There is no Deployment controller: what it would say of the replicas. */
async function setReady(readyReplicas: number): Promise<void> {
  await cluster.request(
    "PATCH",
    `/apis/apps/v1/namespaces/${PLACE.namespace}/deployments/${PLACE.webhookName}/status`,
    {
      contentType: "application/merge-patch+json",
      body: {
        status: {
          replicas: 2,
          readyReplicas,
          availableReplicas: readyReplicas,
        },
      },
    },
  );
}

Deno.test({
  name:
    "mca status follows the webhook from before its installation to its end (needs a network address besides loopback)",
  ignore: ENDPOINT_ADDRESS === undefined,
  async fn(t) {
    await t.step("without the chart, labelled pods are missed", async () => {
      await createPod("early", INJECTED);
      const report = await statusJson();
      assert.equal(report.code, 1);
      assert.deepEqual(levels(report), { configuration: "wrong" });
      assert.deepEqual(workloads(report), ["shop/Pod/early missed"]);
      // Objects' ages are told in whole seconds: the webhook has to come in a later one.
      const second = () => Math.floor(Date.now() / 1000);
      const created = second();
      await waitUntil("the next second", () => second() > created);
    });

    await t.step(
      "without replicas, the trial says that nobody answers",
      async () => {
        await release.install(VALUES);
        const report = await statusJson(["--only=webhook"]);
        assert.deepEqual(levels(report), {
          configuration: "ok",
          trust: "warning",
          certificate: "wrong",
          replicas: "wrong",
          call: "wrong",
        });
        assert.match(
          messageOf(report, "call"),
          /^No replica of the webhook is ready/,
        );
        assert.equal(report["workloads"], undefined);
      },
    );

    await t.step(
      "with a replica, all is well but for the early pod",
      async () => {
        replica = await Replica.start(cluster, PLACE);
        await replica.process.ready();
        await webhook.reached("shop");
        await setReady(2);
        await createPod("web", INJECTED);
        await createPod("plain", {});
        const report = await statusJson();
        assert.deepEqual(levels(report), {
          configuration: "ok",
          trust: "ok",
          certificate: "ok",
          replicas: "ok",
          call: "ok",
        });
        assert.match(
          messageOf(report, "certificate"),
          /ends on .*, in \d\d days/,
        );
        assert.match(
          messageOf(report, "call"),
          /in a dry run in namespace default/,
        );
        assert.deepEqual(workloads(report), [
          "shop/Pod/early missed",
          "shop/Pod/web injected",
        ]);
        assert.match(whyOf(report, "early"), /older than the webhook/);
        assert.equal(report.code, 1);
        assert.equal((await statusJson(["--only=webhook"])).code, 0);
        await cluster.request("DELETE", "/api/v1/namespaces/shop/pods/early");
        assert.equal((await statusJson()).code, 0);
      },
    );

    await t.step(
      "a pod on the node's network is left alone, and told why",
      async () => {
        await createPod("host", INJECTED, { hostNetwork: true });
        const report = await statusJson(["-n", "shop"]);
        assert.deepEqual(workloads(report), [
          "shop/Pod/host left-alone",
          "shop/Pod/web injected",
        ]);
        assert.match(messageOf(report, "call"), /in namespace shop/);
        await cluster.request("DELETE", "/api/v1/namespaces/shop/pods/host");
      },
    );

    await t.step(
      "a namespace that is not there is no good one",
      async () => {
        const { code, stdout, stderr } = await status(["--namespace=shpo"]);
        assert.deepEqual([code, stdout], [2, ""]);
        assert.match(stderr, /There is no namespace shpo/);
      },
    );

    await t.step("nothing of the trials is stored", async () => {
      const { stdout } = await cluster.kubectl([
        "get",
        "pods",
        "-A",
        "-o",
        "name",
      ]);
      assert.deepEqual(stdout.trim().split("\n"), ["pod/plain", "pod/web"]);
    });

    await t.step("on a screen", async () => {
      const { code, stdout } = await status();
      assert.equal(code, 0, stdout);
      assert.match(stdout, /^Webhook mca-webhook in /);
      assert.match(
        stdout,
        /^Pods: 1 injected, 0 out of date, 0 missed, 0 left alone$/m,
      );
      assert.match(stdout, /^Nothing is wrong$/m);
    });

    await t.step("by kubectl proxy", async () => {
      await using proxy = cluster.spawnKubectl(["proxy", "--port=0"]);
      const [, port] = await proxy.waitFor(/127\.0\.0\.1:(\d+)/);
      const { code, stdout } = await status([
        `--server=http://127.0.0.1:${port}`,
      ], "/nonexistent");
      assert.equal(code, 0, stdout);
    });

    await t.step(
      "with few rights, what may not be looked at is unknown",
      async () => {
        await cluster.request(
          "POST",
          "/api/v1/namespaces/shop/serviceaccounts",
          {
            body: { metadata: { name: "reader" } },
          },
        );
        const { code } = await cluster.kubectl([
          "create",
          "clusterrolebinding",
          "reader",
          "--clusterrole=reader",
          "--serviceaccount=shop:reader",
        ]);
        assert.equal(code, 0);
        await cluster.kubectl([
          "create",
          "clusterrole",
          "reader",
          "--verb=get,list",
          "--resource=mutatingwebhookconfigurations,pods,namespaces",
        ]);
        const file = await Deno.makeTempFile();
        try {
          await Deno.writeTextFile(
            file,
            cluster.kubeconfigText({
              token: await cluster.createToken("reader", "shop"),
            }),
          );
          const { code, stdout } = await status(["-o", "json"], file);
          const report = JSON.parse(stdout);
          assert.deepEqual(levels(report), {
            configuration: "ok",
            trust: "ok",
            certificate: "unknown",
            replicas: "unknown",
            call: "unknown",
          });
          assert.match(messageOf(report, "call"), /cannot create resource/);
          assert.deepEqual(workloads(report), ["shop/Pod/web injected"]);
          assert.deepEqual(report["notes"], [
            "Which pods are out of date is not known: its Deployment cannot be read",
          ]);
          assert.equal(code, 0);
          // A token, or what is in the Secret, is in no output.
          assert.doesNotMatch(stdout, /eyJ|PRIVATE KEY/);
        } finally {
          await Deno.remove(file);
        }
      },
    );

    await t.step("after an upgrade, pods are out of date", async () => {
      await release.upgrade({
        ...VALUES,
        image: { repository: "registry.example/mca", tag: "2" },
      });
      const report = await statusJson();
      assert.deepEqual(workloads(report), ["shop/Pod/web outdated"]);
      assert.match(
        whyOf(report, "web"),
        /Its sidecar is registry\.example\/mca:1, that of new pods registry\.example\/mca:2/,
      );
      await release.upgrade({ ...VALUES, settings: { proxyPort: 8443 } });
      assert.match(whyOf(await statusJson(), "web"), /with other settings/);
      await release.upgrade(VALUES);
      assert.deepEqual(workloads(await statusJson()), [
        "shop/Pod/web injected",
      ]);
    });

    await t.step(
      "a policy that keeps trial pods out is not the webhook's fault",
      async () => {
        await cluster.request("POST", "/api/v1/namespaces/shop/limitranges", {
          body: {
            metadata: { name: "large" },
            spec: { limits: [{ type: "Container", min: { memory: "1Gi" } }] },
          },
        });
        const report = await statusJson(["-n", "shop", "--only=webhook"]);
        assert.equal(levels(report)["call"], "unknown");
        assert.match(
          messageOf(report, "call"),
          /minimum memory usage per Container is 1Gi/,
        );
        assert.equal(report.code, 0);
        await cluster.request(
          "DELETE",
          "/api/v1/namespaces/shop/limitranges/large",
        );
      },
    );

    await t.step("without replicas, the trial says so again", async () => {
      await replica?.[Symbol.asyncDispose]();
      replica = undefined;
      await setReady(0);
      const report = await statusJson(["--only=webhook"]);
      assert.equal(levels(report)["replicas"], "wrong");
      assert.equal(levels(report)["call"], "wrong");
    });

    await t.step(
      "where pods are let in without, the trial says so",
      async () => {
        await release.upgrade({
          ...VALUES,
          webhook: { failurePolicy: "Ignore" },
        });
        await createPod("late", INJECTED);
        const report = await statusJson();
        assert.match(messageOf(report, "call"), /admitted without the sidecar/);
        assert.match(whyOf(report, "late"), /did not answer/);
      },
    );
  },
});

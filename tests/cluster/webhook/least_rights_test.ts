/** That the webhook needs each right that it is given: without one it says which. */

import assert from "node:assert/strict";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { waitUntil } from "../wait_until.ts";
import {
  configurationRules,
  makeServiceAccount,
  secretRules,
  withoutVerb,
} from "./least_rights.ts";
import {
  newWebhookPlace,
  register,
  unregister,
  type WebhookPlace,
} from "./registration.ts";
import { PodProcess } from "../../pod/pod_process.ts";
import { shippedCommand } from "../../ship/shipped.ts";

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** A process with the rights of a ServiceAccount; it may never serve. */
async function start(
  place: WebhookPlace,
  serviceAccount: string,
): Promise<PodProcess> {
  const process = await PodProcess.prepare({
    server: {
      host: cluster.host,
      port: cluster.port,
      caCertificate: cluster.caPem,
    },
    token: await cluster.createToken(serviceAccount, place.namespace),
    namespace: place.namespace,
    command: [
      ...await shippedCommand("mca-webhook"),
      "--port=0",
      `--webhook-name=${place.webhookName}`,
    ],
    env: { MCA_LOG_FORMAT: "json" },
  });
  await process.start();
  return process;
}

const RIGHTS: readonly (readonly [
  resource: "secrets" | "mutatingwebhookconfigurations",
  verb: string,
])[] = [
  ["secrets", "list"],
  ["secrets", "watch"],
  ["secrets", "create"],
  ["secrets", "patch"],
  ["mutatingwebhookconfigurations", "list"],
  ["mutatingwebhookconfigurations", "watch"],
  ["mutatingwebhookconfigurations", "patch"],
];

for (const [resource, verb] of RIGHTS) {
  Deno.test(`the webhook says when it may not ${verb} ${resource}`, async () => {
    const place = await newWebhookPlace(cluster);
    const isSecret = resource === "secrets";
    const { namespace, secretName, webhookName } = place;
    const role = secretRules(secretName);
    const clusterRole = configurationRules(webhookName);
    await makeServiceAccount(cluster, {
      namespace,
      name: "lacking",
      role: isSecret ? withoutVerb(role, verb) : role,
      clusterRole: isSecret ? clusterRole : withoutVerb(clusterRole, verb),
    });
    await register(cluster, place, 1);
    await using process = await start(place, "lacking");
    const refusal = new RegExp(
      `cannot ${verb} resource \\\\?"${resource}\\\\?"`,
    );
    await waitUntil(
      `the log to hold ${refusal}`,
      async () => refusal.test(await process.log()),
      { deadlineMilliseconds: 20_000 },
    ).catch(async (error) => {
      assert.fail(`${error.message}\n${await process.log()}`);
    });
    assert.match(await process.log(), /Grant the ServiceAccount/);
    await unregister(cluster, place);
  });
}

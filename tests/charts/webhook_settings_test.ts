/** What the webhook makes of the arguments, variables and files that the chart gives it. */

import assert from "node:assert/strict";
import { platform as release } from "../../flavors/release.ts";
import { serviceNames } from "../../lib/cli/webhook_certificates.ts";
import { readWebhookSettings } from "../../lib/cli/webhook_options.ts";
import { fakePlatform } from "../lib/cli/fake_platform.ts";
import { testEach } from "./each_rendering.ts";
import { RELEASE } from "./helm.ts";
import { at, objectAt, objectsAt, textAt, textsAt } from "./object_path.ts";
import type { RenderedChart } from "./rendered_chart.ts";
import type { Dimension } from "./value_combinations.ts";

const ALL: readonly Dimension[] = [
  "certificates",
  "settings",
  "options",
  "details",
];

/** What the webhook makes of its arguments and environment, with the config file in place. */
async function readSettings(chart: RenderedChart) {
  const { container, environment } = chart;
  const { platform, files } = fakePlatform({
    environment: { ...environment, NAMESPACE: RELEASE.namespace },
  });
  for (const volume of objectsAt(chart.template, "spec", "volumes")) {
    const configMap = chart.all("ConfigMap").find((each) =>
      at(each, "metadata", "name") === at(volume, "configMap", "name")
    );
    const mount = objectsAt(container, "volumeMounts").find((each) =>
      each["name"] === volume["name"]
    );
    assert.ok(mount, "a volume that nobody mounts");
    await files.makeDirectory(String(mount["mountPath"]), 0o755);
    for (
      const [name, text] of Object.entries(textsAt(configMap, "data"))
    ) {
      await files.writeAtomic(`${mount["mountPath"]}/${name}`, text, 0o644);
    }
  }
  assert.deepEqual(container["args"], ["--webhook"]);
  return await readWebhookSettings([], {
    ...platform,
    webhookListen: release.webhookListen,
    webhookCertificates: release.webhookCertificates,
  });
}

testEach(
  ALL,
  "the webhook reads from its environment what the values say",
  async (chart, values) => {
    const settings = await readSettings(chart);
    const name = textAt(
      chart.one("MutatingWebhookConfiguration"),
      "metadata",
      "name",
    );
    assert.equal(settings.webhookName, name);
    assert.equal(settings.namespace, RELEASE.namespace);
    // The names that it makes itself a certificate for are the Service's.
    assert.ok(
      serviceNames(settings.webhookName, RELEASE.namespace).includes(
        `${
          textAt(chart.one("Service"), "metadata", "name")
        }.${RELEASE.namespace}.svc`,
      ),
    );
    assert.equal(settings.uninjectable, values["uninjectable"] ?? "admit");
    const { inject } = settings;
    const given = Object.entries(
      objectAt(JSON.parse(JSON.stringify(values)), "settings"),
    );
    for (const [key, value] of given) {
      assert.deepEqual(
        Object.entries(inject).find(([each]) => each === key)?.[1],
        value,
      );
    }
    if (!given.some(([key]) => key === "proxyImage")) {
      assert.equal(inject.proxyImage, chart.container["image"]);
    }
    const grace = at(chart.template, "spec", "terminationGracePeriodSeconds");
    assert.ok(
      typeof grace === "number" &&
        grace * 1000 > settings.drain + settings.grace,
    );
  },
);

testEach(
  ALL,
  "the webhook's certificate is where its settings say",
  async (chart) => {
    const { certificates } = await readSettings(chart);
    const volume = objectsAt(chart.template, "spec", "volumes")
      .find((each) => each["secret"] !== undefined);
    if (certificates.source === "secret") {
      assert.equal(volume, undefined);
      const secret = chart.one("Secret");
      assert.equal(at(secret, "metadata", "name"), certificates.name);
      // Data would be taken back by the next upgrade.
      assert.deepEqual([secret["data"], secret["stringData"]], [
        undefined,
        undefined,
      ]);
      return;
    }
    assert.equal(certificates.source, "files");
    assert.ok(certificates.source === "files");
    assert.deepEqual(chart.all("Secret"), []);
    const mount = objectsAt(chart.container, "volumeMounts")
      .find((each) => each["name"] === volume?.["name"]);
    assert.deepEqual(
      objectsAt(volume, "secret", "items").map(({ path }) =>
        `${mount?.["mountPath"]}/${path}`
      ),
      [certificates.certificate, certificates.key],
    );
  },
);

testEach(
  ALL,
  "the webhook mounts nothing where its executable may not read",
  (chart) => {
    for (const { mountPath } of objectsAt(chart.container, "volumeMounts")) {
      assert.ok(String(mountPath).startsWith(`${release.proxyPaths.state}/`));
    }
  },
);

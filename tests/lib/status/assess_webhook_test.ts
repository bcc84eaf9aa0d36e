import assert from "node:assert/strict";
import type { JsonObject } from "../../../lib/kube/json.ts";
import {
  assessWebhook,
  type WebhookView,
} from "../../../lib/status/assess_webhook.ts";
import type { CheckName, Level } from "../../../lib/status/finding.ts";
import {
  configurationWith,
  day,
  MADE,
  makeCertificates,
  secretWith,
} from "./certificates.ts";

const { authority, leaf } = await makeCertificates();
const other = await makeCertificates();
const elsewhere = await makeCertificates(["other.mca-system.svc"]);

const good: WebhookView = {
  name: "mca-webhook",
  configuration: {
    kind: "present",
    value: configurationWith(authority.certificate),
  },
  deployment: {
    kind: "present",
    value: { spec: { replicas: 2 }, status: { readyReplicas: 2 } },
  },
  secret: secretWith(leaf.certificate),
  call: { kind: "injected", where: "in a dry run" },
};

function configured(value: JsonObject): Partial<WebhookView> {
  return { configuration: { kind: "present", value } };
}

function deployed(value: JsonObject): Partial<WebhookView> {
  return { deployment: { kind: "present", value } };
}

const unreadable = { kind: "unreadable", why: "you may not" } as const;
const NOW = MADE + 5 * day;

/** A view that differs from the good one, and the one finding that is not ok. */
interface Case {
  readonly name: string;
  readonly view?: Partial<WebhookView>;
  readonly now?: number;
  readonly check: CheckName;
  readonly level: Level;
  readonly message: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: "no configuration",
    view: { configuration: { kind: "absent" } },
    check: "configuration",
    level: "wrong",
    message: /There is no MutatingWebhookConfiguration mca-webhook/,
  },
  {
    name: "a configuration that may not be read",
    view: { configuration: unreadable },
    check: "configuration",
    level: "unknown",
    message: /cannot be read: you may not/,
  },
  {
    name: "a configuration without webhooks",
    view: configured({ metadata: { name: "mca-webhook" }, webhooks: [] }),
    check: "configuration",
    level: "wrong",
    message: /holds no webhook/,
  },
  {
    name: "a webhook that is asked about its own namespace",
    view: configured(
      configurationWith(authority.certificate, { namespaceSelector: {} }),
    ),
    check: "configuration",
    level: "warning",
    message: /its own namespace mca-system/,
  },
  {
    name: "no caBundle",
    view: configured(configurationWith("")),
    check: "trust",
    level: "warning",
    message: /caBundle of webhook\.mca\.k8s\.io is empty/,
  },
  {
    name: "a caBundle that is no PEM",
    view: configured(configurationWith("rubbish")),
    check: "trust",
    level: "wrong",
    message: /no CA that is valid now/,
  },
  {
    name: "a CA that is not the certificate's",
    view: configured(configurationWith(other.authority.certificate)),
    check: "certificate",
    level: "wrong",
    message: /does not hold the certificate's CA/,
  },
  {
    name: "a certificate for another Service",
    view: {
      secret: secretWith(elsewhere.leaf.certificate),
      ...configured(configurationWith(elsewhere.authority.certificate)),
    },
    check: "certificate",
    level: "wrong",
    message: /does not name mca-webhook\.mca-system\.svc/,
  },
  {
    name: "a certificate that has ended",
    now: MADE + 31 * day,
    check: "certificate",
    level: "wrong",
    message: /The certificate ended on 2026-01-31, 1 day ago/,
  },
  {
    name: "a certificate whose renewal is late",
    now: MADE + 28 * day,
    check: "certificate",
    level: "warning",
    message: /ends on 2026-01-31, in 2 days, and its renewal is overdue/,
  },
  {
    name: "no Secret",
    view: { secret: { kind: "absent" } },
    check: "certificate",
    level: "wrong",
    message: /There is no Secret/,
  },
  {
    name: "an empty Secret",
    view: { secret: { kind: "present", value: {} } },
    check: "certificate",
    level: "wrong",
    message: /holds no certificate that can be read/,
  },
  {
    name: "a Secret that may not be read",
    view: { secret: unreadable },
    check: "certificate",
    level: "unknown",
    message: /cannot be read: you may not/,
  },
  {
    name: "no ready replica",
    view: deployed({ spec: { replicas: 2 }, status: {} }),
    check: "replicas",
    level: "wrong",
    message: /0 of 2 replicas ready/,
  },
  {
    name: "too few replicas",
    view: deployed({ spec: { replicas: 2 }, status: { readyReplicas: 1 } }),
    check: "replicas",
    level: "warning",
    message: /1 of 2 replicas ready/,
  },
  {
    name: "no Deployment",
    view: { deployment: { kind: "absent" } },
    check: "replicas",
    level: "warning",
    message: /There is no Deployment/,
  },
  {
    name: "a Deployment that may not be read",
    view: { deployment: unreadable },
    check: "replicas",
    level: "unknown",
    message: /cannot be read/,
  },
  {
    name: "a pod that is let in without",
    view: { call: { kind: "not-injected", where: "in a dry run" } },
    check: "call",
    level: "wrong",
    message: /admitted without the sidecar in a dry run/,
  },
  {
    name: "a webhook that was not tried",
    view: { call: { kind: "not-tried", why: "quota" } },
    check: "call",
    level: "unknown",
    message: /not tried: quota/,
  },
];

Deno.test("assessWebhook() finds nothing wrong where nothing is", async () => {
  const findings = await assessWebhook(good, { now: NOW, crypto });
  assert.deepEqual(
    findings.map(({ check, level, message }) => [check, level, message]),
    [
      ["configuration", "ok", "webhook.mca.k8s.io, failurePolicy Fail"],
      ["trust", "ok", "The CA ends on 2027-01-01, in 360 days"],
      ["certificate", "ok", "The certificate ends on 2026-01-31, in 25 days"],
      ["replicas", "ok", "2 of 2 replicas ready"],
      ["call", "ok", "A trial pod got the sidecar in a dry run"],
    ],
  );
});

Deno.test("assessWebhook() finds each fault, and nothing besides", async (t) => {
  for (const { name, view = {}, now = NOW, check, level, message } of CASES) {
    await t.step(name, async () => {
      const findings = await assessWebhook(
        { ...good, ...view },
        { now, crypto },
      );
      const found = findings.filter((finding) => finding.level !== "ok");
      assert.deepEqual(
        found.map((finding) => [finding.check, finding.level]),
        [[check, level]],
      );
      assert.match(found[0]?.message ?? "", message);
      // Whoever reads that something is wrong is told what to do.
      if (level === "wrong" || level === "warning") {
        assert.match(found[0]?.remedy ?? "", /\.$/);
      }
    });
  }
});

Deno.test("assessWebhook() tells of a CA that has ended, and of what it signed", async () => {
  const findings = await assessWebhook(good, {
    now: MADE + 400 * day,
    crypto,
  });
  assert.deepEqual(
    findings.filter(({ level }) => level === "wrong").map(({ check }) => check),
    ["trust", "certificate"],
  );
});

Deno.test("assessWebhook() takes several CAs, of which one signed", async () => {
  const bundle = other.authority.certificate + authority.certificate;
  const findings = await assessWebhook({
    ...good,
    ...configured(configurationWith(bundle)),
  }, { now: NOW, crypto });
  assert.ok(findings.every(({ level }) => level === "ok"));
  assert.match(findings[1]?.message ?? "", /^The newest of 2 CAs ends on/);
});

import assert from "node:assert/strict";
import { ApiError } from "../../../lib/kube/api_client.ts";
import { Logger } from "../../../lib/log/logger.ts";
import { TrustObjects } from "../../../lib/webhook/trust_objects.ts";
import type { TrustState } from "../../../lib/webhook/trust_state.ts";
import { makeTrustState } from "../../../lib/webhook/trust_steps.ts";
import {
  configurationReference,
  secretReference,
} from "../../../lib/webhook/webhook_objects.ts";
import { FakeCluster } from "./fake_cluster.ts";
import { VirtualTime } from "./virtual_time.ts";

const now = Date.UTC(2030, 0, 1);

function newState(): Promise<TrustState> {
  return makeTrustState({
    what: "a test",
    base: undefined,
    authority: "new",
    leaf: "new",
    next: "none",
    bundle: [],
    names: ["localhost"],
  }, { crypto, now });
}

/** The view of one replica, and a wait for its next change. */
function observe(cluster: FakeCluster) {
  const time = new VirtualTime(now);
  let changed = Promise.withResolvers<void>();
  const objects = new TrustObjects({
    client: cluster.connect().client,
    secret: secretReference("mca", "secret"),
    configuration: configurationReference("configuration"),
    crypto,
    clock: time.clock(),
    logger: new Logger({
      level: "off",
      format: "text",
      clock: { now: () => now },
      sink: () => {},
    }),
  }, () => {
    changed.resolve();
    changed = Promise.withResolvers();
  });
  return {
    objects,
    until: async (isSo: () => boolean) => {
      while (!isSo()) await changed.promise;
    },
    [Symbol.asyncDispose]: () => objects.close(),
  };
}

async function conflicts(action: Promise<void>): Promise<void> {
  await assert.rejects(
    action,
    (error) => error instanceof ApiError && error.status === 409,
  );
}

Deno.test("TrustObjects.write() makes no Secret over one that came meanwhile", async () => {
  const cluster = new FakeCluster();
  await using view = observe(cluster);
  const { objects } = view;
  await view.until(() => objects.snapshot().shared.kind === "absent");
  const before = objects.snapshot();
  const theirs = await newState();
  await objects.write(theirs, before);
  await view.until(() => objects.snapshot().shared.kind === "good");
  // Decided before the Secret was seen, carried out after.
  await conflicts(objects.write(await newState(), before));
  const { known } = objects.snapshot();
  assert.equal(known?.authority.id, theirs.authority.id);
});

Deno.test("TrustObjects.write() changes no Secret that has changed meanwhile", async () => {
  const cluster = new FakeCluster();
  await using view = observe(cluster);
  const { objects } = view;
  await view.until(() => objects.snapshot().shared.kind === "absent");
  await objects.write(await newState(), objects.snapshot());
  const before = objects.snapshot();
  const theirs = await newState();
  await objects.write(theirs, before);
  await view.until(() =>
    objects.snapshot().known?.authority.id === theirs.authority.id
  );
  await conflicts(objects.write(await newState(), before));
});

Deno.test("TrustObjects.publish() changes no configuration that has changed meanwhile", async () => {
  const cluster = new FakeCluster();
  const put = (name: string) =>
    cluster.put("configuration", {
      webhooks: [{ name, clientConfig: { url: "https://127.0.0.1/mutate" } }],
    });
  put("first.example");
  await using view = observe(cluster);
  const { objects } = view;
  const firstName = () => {
    const { configuration } = objects.snapshot();
    return configuration.kind === "present"
      ? configuration.entries[0]?.name
      : undefined;
  };
  await view.until(() => firstName() === "first.example");
  const before = objects.snapshot();
  put("second.example");
  await view.until(() => firstName() === "second.example");
  const { bundle } = await newState();
  await conflicts(objects.publish(bundle, before));
  await objects.publish(bundle, objects.snapshot());
  const { configuration } = objects.snapshot();
  assert.ok(configuration.kind === "present");
  assert.equal(configuration.entries[0]?.authorities[0]?.id, bundle[0]?.id);
});

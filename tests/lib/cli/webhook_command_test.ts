/** `mca webhook` as a whole: real sockets, files in memory. */

import assert from "node:assert/strict";
import { parse } from "yaml";
import { serveHttps } from "../../../flavors/deno_https.ts";
import { denoClock } from "../../../flavors/deno_clock.ts";
import { webhookCommand } from "../../../lib/cli/webhook_command.ts";
import { McaError } from "../../../lib/errors.ts";
import type { SignalName, Signals } from "../../../lib/platform.ts";
import { reviewBody } from "../webhook/admission_call.ts";
import { fakePlatform, noSignals } from "./fake_platform.ts";
import { addAutomaticToken } from "../webhook/automatic_token.ts";

/** Signals that a test sends. */
class TestSignals implements Signals {
  readonly #actions = new Map<SignalName, Set<() => void>>();

  on(name: SignalName, action: () => void): () => void {
    const actions = this.#actions.get(name) ?? new Set();
    this.#actions.set(name, actions.add(action));
    return () => actions.delete(action);
  }

  send(name: SignalName): void {
    for (const action of this.#actions.get(name) ?? []) action();
  }
}

function start(args: readonly string[]) {
  const printed = Promise.withResolvers<string>();
  const fake = fakePlatform({ onWrite: printed.resolve });
  const signals = new TestSignals();
  const exit = webhookCommand.run(
    ["--port=0", ...args],
    {
      ...fake.platform,
      clock: denoClock,
      serveHttps,
      clusterTarget: () =>
        Promise.reject(new McaError("service-account", "There is none here")),
    },
    signals,
  );
  exit.catch(printed.reject);
  return { fake, signals, exit, printed: printed.promise };
}

Deno.test("webhookCommand.run() prints what to register, and serves it", async () => {
  const { fake, signals, exit, printed } = start(["--directory=/certs"]);
  const configuration = parse(await printed);
  assert.equal(configuration.kind, "MutatingWebhookConfiguration");
  assert.equal(configuration.metadata.name, "mca-webhook");
  const [{ name, clientConfig }] = configuration.webhooks;
  assert.equal(name, "webhook.mca.k8s.io");
  // What an API server would do with it.
  const ca = new TextDecoder().decode(
    Uint8Array.fromBase64(clientConfig.caBundle),
  );
  const url = new URL(clientConfig.url);
  assert.equal(url.pathname, "/mutate");
  using client = Deno.createHttpClient({ caCerts: [ca] });
  const response = await fetch(url, {
    method: "POST",
    client,
    headers: { "content-type": "application/json" },
    body: reviewBody(addAutomaticToken({
      metadata: { name: "web" },
      spec: { containers: [{ name: "app", image: "app:1" }] },
    })),
  });
  const review = await response.json();
  assert.equal(review.response.allowed, true);
  assert.ok(review.response.patch.length > 0);
  const ready = await fetch(new URL("/ready", url), { client });
  assert.equal(await ready.text(), "ok\n");
  signals.send("SIGINT");
  assert.equal(await exit, 0);
  assert.match(fake.error(), /hint: Apply what is on standard output/);
  assert.match(fake.error(), /"message":"Review".*"decision":"injected"/);
  assert.equal(
    await fake.files.readText("/certs/ca.crt"),
    ca,
  );
});

Deno.test("webhookCommand.run() prints the name that the API server is to call", async () => {
  const { signals, exit, printed } = start([
    "--directory=/certs",
    "--name=laptop.example",
    "--webhook-name=mine",
    "--drain=0",
  ]);
  const configuration = parse(await printed);
  assert.equal(configuration.metadata.name, "mine");
  assert.match(
    configuration.webhooks[0].clientConfig.url,
    /^https:\/\/laptop\.example:\d+\/mutate$/,
  );
  signals.send("SIGTERM");
  assert.equal(await exit, 0);
});

Deno.test("webhookCommand.run() prints its help", async () => {
  const fake = fakePlatform();
  assert.equal(
    await webhookCommand.run(["--help"], fake.platform, noSignals),
    0,
  );
  assert.equal(fake.out(), webhookCommand.help);
});

Deno.test("webhookCommand.run() tells files that are not there", async () => {
  const { exit, printed } = start([
    "--tls-cert-file=/none.crt",
    "--tls-key-file=/none.key",
  ]);
  printed.catch(() => {});
  await assert.rejects(
    exit,
    (error) =>
      error instanceof McaError && error.code === "file" &&
      error.place.file === "/none.crt",
  );
});

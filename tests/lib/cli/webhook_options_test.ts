import assert from "node:assert/strict";
import { McaError } from "../../../lib/errors.ts";
import { webhookCommand } from "../../../lib/cli/webhook_command.ts";
import {
  readWebhookSettings,
  type WebhookSettings,
} from "../../../lib/cli/webhook_options.ts";
import { fakePlatform } from "./fake_platform.ts";

function read(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<WebhookSettings> {
  return readWebhookSettings(args, fakePlatform({ environment }).platform);
}

Deno.test("readWebhookSettings() has defaults for everything", async () => {
  const { inject, ...settings } = await read([]);
  assert.equal(inject.proxyPort, 6443);
  assert.deepEqual(settings, {
    isHelp: false,
    port: 8443,
    certificates: { source: "directory", directory: "/webhook" },
    webhookName: "mca-webhook",
    namespace: undefined,
    names: [],
    settle: 30_000,
    uninjectable: "admit",
    level: "info",
    format: "json",
    drain: 5_000,
    grace: 10_000,
  });
});

const GIVEN: readonly (readonly [
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  expected: Partial<WebhookSettings>,
])[] = [
  [["--port=1"], { MCA_WEBHOOK_PORT: "2" }, { port: 1 }],
  [[], { MCA_WEBHOOK_PORT: "2" }, { port: 2 }],
  [[], { MCA_WEBHOOK_PORT: "" }, { port: 8443 }],
  [["--webhook-name=a"], {}, { webhookName: "a" }],
  [[], { MCA_WEBHOOK_NAME: "b", NAMESPACE: "c" }, {
    webhookName: "b",
    namespace: "c",
  }],
  [["--secret=s"], {}, { certificates: { source: "secret", name: "s" } }],
  [[], { MCA_WEBHOOK_SECRET: "s" }, {
    certificates: { source: "secret", name: "s" },
  }],
  [["--directory=d"], {}, {
    certificates: { source: "directory", directory: "d" },
  }],
  [["--tls-cert-file=a", "--tls-key-file=b"], {}, {
    certificates: { source: "files", certificate: "a", key: "b" },
  }],
  [["--name=a", "--name=b"], {}, { names: ["a", "b"] }],
  [["--settle=0"], {}, { settle: 0 }],
  [["--uninjectable=refuse"], {}, { uninjectable: "refuse" }],
  [["--drain=1", "--grace=2"], {}, { drain: 1_000, grace: 2_000 }],
  [["-h"], {}, { isHelp: true }],
];

for (const [args, environment, expected] of GIVEN) {
  const given = [
    ...args,
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  ].join(" ");
  Deno.test(`readWebhookSettings() understands ${given}`, async () => {
    const settings = await read(args, environment);
    for (const [key, value] of Object.entries(expected)) {
      const [, found] = Object.entries(settings).find(([name]) =>
        name === key
      ) ?? [];
      assert.deepEqual(found, value, key);
    }
  });
}

Deno.test("readWebhookSettings() takes the sidecar's settings as mca inject does", async () => {
  const { inject } = await read(
    ["--proxy-port=7443", "--proxy-env=A=1", "--proxy-env=B=2"],
    { MCA_PROXY_IMAGE: "registry.example/mca:2", MCA_PROXY_PORT: "9443" },
  );
  assert.equal(inject.proxyPort, 7443);
  assert.equal(inject.proxyImage, "registry.example/mca:2");
  assert.deepEqual(inject.proxyEnv, { A: "1", B: "2" });
});

Deno.test("readWebhookSettings() reads a config file", async () => {
  const fake = fakePlatform({ environment: { MCA_CONFIG: "/config.yaml" } });
  await fake.files.writeAtomic("/config.yaml", "proxyPort: 7443\n", 0o644);
  const { inject } = await readWebhookSettings([], fake.platform);
  assert.equal(inject.proxyPort, 7443);
});

const BAD: readonly (readonly [
  args: readonly string[],
  message: RegExp,
])[] = [
  [["--bogus"], /--bogus/],
  [["extra"], /extra/],
  [["--port=70000"], /--port is not a port/],
  [["--secret=a", "--directory=b"], /--secret and --directory exclude/],
  [
    ["--directory=a", "--tls-cert-file=b", "--tls-key-file=c"],
    /--directory and --tls-cert-file exclude/,
  ],
  [["--tls-cert-file=a"], /go together/],
  [["--tls-key-file=a"], /go together/],
  [["--secret=../x"], /--secret is not a name/],
  [["--webhook-name=A"], /--webhook-name is not a name/],
  [["--namespace=a/b"], /--namespace is not a name/],
  [["--settle=soon"], /--settle is not a number of seconds/],
  [["--uninjectable=maybe"], /--uninjectable cannot be "maybe"/],
  [["--proxy-port=80"], /--proxy-port/],
];

for (const [args, message] of BAD) {
  Deno.test(`readWebhookSettings() refuses ${args.join(" ")}`, async () => {
    await assert.rejects(
      read(args),
      (error) =>
        error instanceof McaError && error.code === "usage" &&
        error.hint !== undefined && message.test(error.message),
    );
  });
}

Deno.test("readWebhookSettings() names the variable that has a bad value", async () => {
  await assert.rejects(
    read([], { MCA_WEBHOOK_PORT: "x" }),
    /MCA_WEBHOOK_PORT is not a port/,
  );
});

Deno.test("webhookCommand.help names every option and variable", async () => {
  const source = await Deno.readTextFile(
    new URL("../../../lib/cli/webhook_options.ts", import.meta.url),
  );
  const options = [...source.matchAll(/^ {2}"?([a-z-]+)"?: \{ type:/gm)]
    .map(([, name]) => `--${name}`);
  const variables = [...source.matchAll(/"(MCA_[A-Z_]+|NAMESPACE)"/g)]
    .map(([, name = ""]) => name);
  assert.ok(options.length >= 15 && variables.length >= 12);
  for (const word of [...options, ...variables]) {
    assert.ok(webhookCommand.help.includes(word), word);
  }
});

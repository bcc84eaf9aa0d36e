import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { execLogin } from "../../flavors/exec_login.ts";
import { denoClock } from "../../flavors/deno_clock.ts";
import { denoFiles } from "../../flavors/deno_files.ts";
import { McaError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/kube/json.ts";
import type { LoginSource } from "../../lib/kube/kubeconfig_target.ts";
import { tlsMaterial } from "./tls_material.ts";

interface Plugin {
  readonly root: string;
  readonly login: LoginSource;
  /** What the plugin was told, call by call. */
  readonly calls: () => Promise<JsonObject[]>;
}

/**
 * A shell script as plugin, named by a path that counts from the kubeconfig.
 * Each call leaves its KUBERNETES_EXEC_INFO in a file.
 */
async function withPlugin(
  script: string,
  exec: JsonObject,
  use: (plugin: Plugin) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${root}/plugin.sh`,
      `#!/bin/sh\nprintf '%s\\n' "$KUBERNETES_EXEC_INFO" >>"${root}/calls"\n${script}`,
      { mode: 0o700 },
    );
    const { ca } = await tlsMaterial();
    const login = execLogin(
      {
        name: "u",
        file: `${root}/config`,
        field: "users[0].user",
        value: { exec: { command: "./plugin.sh", ...exec } },
      },
      {
        name: "c",
        file: `${root}/config`,
        field: "clusters[0].cluster",
        value: {
          server: "https://10.0.0.1:6443",
          "certificate-authority-data": btoa(ca.certificate),
          extensions: [
            { name: "other", extension: 1 },
            {
              name: "client.authentication.k8s.io/exec",
              extension: { audience: "a" },
            },
          ],
        },
      },
      { files: denoFiles, clock: denoClock },
    );
    await use({
      root,
      login,
      calls: async () => {
        const text = await Deno.readTextFile(`${root}/calls`);
        return text.trim().split("\n").map((line) => JSON.parse(line));
      },
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** A script that prints a credential; `$n` counts its calls. */
function credential(status: string): string {
  return `n=$(wc -l <"$(dirname "$0")/calls" | tr -d ' ')
cat <<END
{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":${status}}
END
`;
}

async function fault(login: LoginSource): Promise<McaError> {
  try {
    await login(false);
  } catch (error) {
    if (error instanceof McaError) return error;
    throw error;
  }
  throw new Error("Expected the login to fail");
}

Deno.test("execLogin() runs the plugin once for as long as its token is good", async () => {
  await withPlugin(
    credential('{"token":"t$n"}'),
    { apiVersion: "client.authentication.k8s.io/v1beta1" },
    async ({ login, calls }) => {
      deepStrictEqual(await login(false), { token: "t1" });
      deepStrictEqual(await login(false), { token: "t1" });
      deepStrictEqual(await login(true), { token: "t2" });
      deepStrictEqual(await login(false), { token: "t2" });
      deepStrictEqual(
        await calls(),
        [1, 2].map(() => ({
          kind: "ExecCredential",
          apiVersion: "client.authentication.k8s.io/v1beta1",
          spec: { interactive: false },
        })),
      );
    },
  );
});

Deno.test("execLogin() runs the plugin again once its token has ended", async () => {
  await withPlugin(
    credential(
      '{"token":"t$n","expirationTimestamp":"2001-01-01T00:00:00Z"}',
    ),
    {},
    async ({ login }) => {
      deepStrictEqual(await login(false), { token: "t1" });
      deepStrictEqual(await login(false), { token: "t2" });
    },
  );
});

Deno.test("execLogin() hands arguments, environment and cluster to the plugin", async () => {
  await withPlugin(
    credential('{"token":"$1-$REGION"}'),
    {
      args: ["one"],
      env: [{ name: "REGION", value: "eu" }],
      provideClusterInfo: true,
    },
    async ({ login, calls }) => {
      const { ca } = await tlsMaterial();
      deepStrictEqual(await login(false), { token: "one-eu" });
      deepStrictEqual(await calls(), [{
        kind: "ExecCredential",
        apiVersion: "client.authentication.k8s.io/v1",
        spec: {
          interactive: false,
          cluster: {
            server: "https://10.0.0.1:6443",
            "certificate-authority-data": btoa(ca.certificate),
            config: { audience: "a" },
          },
        },
      }]);
    },
  );
});

Deno.test("execLogin() takes a client certificate", async () => {
  const { client } = await tlsMaterial();
  const status = JSON.stringify({
    clientCertificateData: client.certificate,
    clientKeyData: client.privateKey,
  });
  await withPlugin(
    `cat "$(dirname "$0")/status"`,
    {},
    async ({ root, login }) => {
      await Deno.writeTextFile(`${root}/status`, `{"status":${status}}`);
      deepStrictEqual(await login(false), {
        clientCertificate: {
          certificate: client.certificate,
          privateKey: client.privateKey,
        },
      });
    },
  );
});

Deno.test("execLogin() tells what a plugin says when it fails, and quotes no credential", async () => {
  const cases: [script: string, message: RegExp][] = [
    [
      'echo "warning" >&2; echo "Session expired, log in" >&2; exit 3',
      /^The plugin \S+\/plugin\.sh failed \(Session expired, log in\)$/,
    ],
    ["exit 1", /failed \(it said nothing\)$/],
    ["echo secret-token", /failed \(its output is not JSON\)$/],
    ["echo '{}'", /failed \(its output is no ExecCredential\)$/],
    [
      `echo '{"status":{}}'`,
      /^The plugin gave neither a token nor a certificate$/,
    ],
    [
      `echo '{"status":{"token":"secret-token\\u000aX: y"}}'`,
      /^The plugin gave neither a token nor a certificate$/,
    ],
  ];
  for (const [script, message] of cases) {
    await withPlugin(script, {}, async ({ login, root }) => {
      const error = await fault(login);
      strictEqual(error.code, "kubeconfig");
      match(error.message, message);
      ok(!error.message.includes("secret"));
      match(error.hint ?? "", /by hand to see what it says\.$/);
      deepStrictEqual(error.place, {
        file: `${root}/config`,
        field: "users[0].user.exec",
      });
    });
  }
});

Deno.test("execLogin() tells a plugin that is not installed, with the kubeconfig's own hint", async () => {
  await withPlugin(
    "",
    {
      command: "mca-test-no-such-plugin",
      installHint: "Get it\nfrom the shelf.\n",
    },
    async ({ login }) => {
      const error = await fault(login);
      strictEqual(
        error.message,
        "The plugin mca-test-no-such-plugin is not installed",
      );
      strictEqual(error.hint, "Get it from the shelf.");
    },
  );
});

Deno.test("execLogin() refuses a plugin that needs a terminal, or has no command", async () => {
  for (
    const [exec, message] of [
      [{ interactiveMode: "Always" }, /needs a terminal/],
      [{ command: "" }, /has no command/],
    ] as const
  ) {
    await withPlugin("", exec, async ({ login }) => {
      const error = await fault(login);
      match(error.message, message);
    });
  }
});

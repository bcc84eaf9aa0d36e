import { deepStrictEqual, match, strictEqual } from "node:assert/strict";

const SCRIPT = new URL("../../kubectl.sh", import.meta.url);

/** Tells its arguments and its kubeconfig, as JSON, and exits with 7. */
const KUBECTL = `#!/bin/sh
printf '{"config":%s,"args":[""' "$(cat "$KUBECONFIG")"
for argument in "$@"; do printf ',"%s"' "$argument"; done
printf '],"noProxy":"%s"}' "$NO_PROXY"
exit 7
`;

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface House {
  readonly root: string;
  readonly run: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    script?: string,
  ) => Promise<Run>;
}

/** A copy of the repository's script, in a directory with a space and a quote. */
async function withHouse(use: (house: House) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const root = `${directory}/a "house"`;
  try {
    await Deno.mkdir(`${root}/tmp/serviceaccount`, { recursive: true });
    await Deno.mkdir(`${directory}/bin`);
    await Deno.mkdir(`${directory}/elsewhere`);
    await Deno.copyFile(SCRIPT, `${root}/kubectl.sh`);
    await Deno.writeTextFile(`${directory}/bin/kubectl`, KUBECTL, {
      mode: 0o755,
    });
    await use({
      root,
      run: async (args, env = {}, script = `${root}/kubectl.sh`) => {
        const output = await new Deno.Command(script, {
          args: [...args],
          cwd: `${directory}/elsewhere`,
          env: {
            PATH: `${directory}/bin:${Deno.env.get("PATH")}`,
            KUBECONFIG: "/home/someone/.kube/config",
            NO_PROXY: "example.com",
            ...env,
          },
          stdin: "null",
        }).output();
        const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        return {
          code: output.code,
          stdout: text(output.stdout),
          stderr: text(output.stderr),
        };
      },
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function writeServiceAccount(root: string): Promise<void> {
  const directory = `${root}/tmp/serviceaccount`;
  await Deno.writeTextFile(`${directory}/token`, "secret");
  await Deno.writeTextFile(`${directory}/ca.crt`, "CA");
  await Deno.writeTextFile(`${directory}/namespace`, "shop");
}

Deno.test("kubectl.sh() hands everything to kubectl, with the app's directory as its kubeconfig", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = listener.addr.port;
  await withHouse(async ({ root, run }) => {
    await writeServiceAccount(root);
    await Deno.symlink(`a "house"/kubectl.sh`, `${root}/../k`);
    await Deno.symlink("../k", `${root}/../elsewhere/k`);
    const args = ["get", "pods", "", "-l", "a in (b, c)", "--", "$HOME", "*"];
    for (const script of [undefined, `${root}/../elsewhere/k`]) {
      const { code, stdout, stderr } = await run(args, {
        MCA_PROXY_PORT: String(port),
      }, script);
      strictEqual(stderr, "");
      strictEqual(code, 7);
      const told = JSON.parse(stdout);
      deepStrictEqual(told.args, ["", ...args]);
      strictEqual(told.noProxy, "127.0.0.1,example.com");
      const real = await Deno.realPath(root);
      deepStrictEqual(told.config, {
        apiVersion: "v1",
        kind: "Config",
        "current-context": "mca",
        contexts: [{
          name: "mca",
          context: { cluster: "mca", user: "mca", namespace: "shop" },
        }],
        clusters: [{
          name: "mca",
          cluster: {
            server: `https://127.0.0.1:${port}`,
            "certificate-authority": `${real}/tmp/serviceaccount/ca.crt`,
          },
        }],
        users: [{
          name: "mca",
          user: { tokenFile: `${real}/tmp/serviceaccount/token` },
        }],
      });
      deepStrictEqual(
        (await Array.fromAsync(Deno.readDir(`${root}/tmp`)))
          .map(({ name }) => name).sort(),
        ["kubectl.json", "serviceaccount"],
      );
    }
  });
});

Deno.test("kubectl.sh() tells how to start a proxy that does not run", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await withHouse(async ({ root, run }) => {
    const never = await run(["get", "pods"]);
    strictEqual(never.code, 1);
    strictEqual(never.stdout, "");
    match(never.stderr, /^kubectl\.sh: there is no .*serviceaccount\/token\n/);
    match(never.stderr, /\nhint: Start the proxy .*: deno task proxy\n$/);
    await writeServiceAccount(root);
    const ended = await run(["get", "pods"], { MCA_PROXY_PORT: String(port) });
    strictEqual(ended.code, 1);
    strictEqual(ended.stdout, "");
    strictEqual(
      ended.stderr,
      `kubectl.sh: nothing listens on 127.0.0.1:${port}\n` +
        "hint: Start the proxy in another terminal: deno task proxy\n",
    );
  });
});

Deno.test("kubectl.sh() refuses a port that is none", async () => {
  await withHouse(async ({ run }) => {
    const { code, stderr } = await run(["version"], {
      MCA_PROXY_PORT: "64 43",
    });
    strictEqual(code, 1);
    match(stderr, /^kubectl\.sh: MCA_PROXY_PORT is no port number: 64 43\n/);
  });
});

Deno.test("kubectl.sh() leaves the caller's kubeconfig and the token out of sight", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await withHouse(async ({ root, run }) => {
    await writeServiceAccount(root);
    const { stdout } = await run([], {
      MCA_PROXY_PORT: String(listener.addr.port),
    });
    strictEqual(stdout.includes("secret"), false);
    strictEqual(stdout.includes("/home/someone"), false);
  });
});

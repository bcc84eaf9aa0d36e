import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { platform } from "../../flavors/develop.ts";
import { runDeno } from "./run_deno.ts";

const DEVELOP = new URL("../../flavors/develop.ts", import.meta.url);

const KUBECONFIG = {
  "current-context": "one",
  contexts: [
    { name: "one", context: { cluster: "c", user: "token" } },
    { name: "two", context: { cluster: "c", user: "exec" } },
  ],
  clusters: [{ name: "c", cluster: { server: "https://10.0.0.1:6443" } }],
  users: [
    { name: "token", user: { token: "t1" } },
    {
      name: "exec",
      user: {
        exec: {
          command: "sh",
          args: ["-c", `echo '{"status":{"token":"t2"}}'`],
        },
      },
    },
  ],
};

/** The context's name, its header fields, and whether client-node was loaded. */
async function target(context: string | undefined): Promise<unknown> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${directory}/config`,
      JSON.stringify(KUBECONFIG),
    );
    const { stdout, stderr } = await runDeno(
      `import { platform } from ${JSON.stringify(DEVELOP)};
       try {
         const target = await platform.clusterTarget();
         const fields = await target.credentials.headers();
         console.log(JSON.stringify([target.name, target.host, fields]));
       } catch (error) {
         console.log(JSON.stringify([error.code, error.message]));
       }`,
      {
        env: {
          KUBECONFIG: `${directory}/config`,
          MCA_K8S_CTX: context ?? "",
        },
      },
    );
    strictEqual(stderr, "");
    return JSON.parse(stdout);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("develop.platform() keeps its files under ./tmp and listens everywhere", () => {
  deepStrictEqual(platform.proxyPaths, {
    serviceAccount: "tmp/in-cluster-serviceaccount",
    appServiceAccount: "tmp/serviceaccount",
    state: "tmp/state",
    areVolumes: false,
  });
  deepStrictEqual(platform.proxyListen, { hostname: "0.0.0.0", port: 6443 });
});

Deno.test("develop.platform() leads to the current context, or to that of MCA_K8S_CTX", async () => {
  const host = "10.0.0.1:6443";
  deepStrictEqual(await target(undefined), [
    "one",
    host,
    [["Authorization", "Bearer t1"]],
  ]);
  deepStrictEqual(await target("two"), [
    "two",
    host,
    [["Authorization", "Bearer t2"]],
  ]);
  deepStrictEqual(await target("three"), [
    "kubeconfig",
    "There is no context named three; there are these contexts: one, two",
  ]);
});

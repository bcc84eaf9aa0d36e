/** The develop workflow of README.md, against a real API server. */

import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "./command.ts";
import { freePort } from "./free_port.ts";
import { formatKubeconfig } from "./kubeconfig.ts";
import { RunningCommand } from "./running_command.ts";
import { testCluster } from "./test_cluster.ts";
import { waitUntil } from "./wait_until.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

async function temporaryFolder(): Promise<
  AsyncDisposable & { readonly path: string }
> {
  const path = await Deno.makeTempDir();
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

Deno.test("deno task proxy serves a kubeconfig context to kubectl.sh", async (t) => {
  await using cluster = await testCluster();
  await using folder = await temporaryFolder();
  // What is current is not what is asked for.
  const elsewhere = `${folder.path}/elsewhere`;
  await Deno.writeTextFile(
    elsewhere,
    formatKubeconfig({
      name: "elsewhere",
      server: "https://127.0.0.1:1",
      caPem: cluster.caPem,
      token: "none",
    }),
  );
  const env = {
    KUBECONFIG: `${elsewhere}:${cluster.kubeconfig}`,
    MCA_K8S_CTX: "mca",
    MCA_PROXY_PORT: String(freePort()),
    PATH: `${dirname(cluster.state.kubectl)}:${Deno.env.get("PATH")}`,
  };
  await using proxy = new RunningCommand(
    Deno.execPath(),
    ["task", "proxy"],
    { cwd: root, env },
  );
  await waitUntil("the proxy serves", () => /Serving/.test(proxy.stderr));

  const kubectl = (...args: string[]) =>
    runCommand("./kubectl.sh", args, { cwd: root, env });

  await t.step("it shows what kubectl shows", async () => {
    for (const what of ["namespaces", "nodes"]) {
      const args = ["get", what, "-o", "name"];
      const through = await kubectl(...args);
      assert.equal(through.code, 0, through.stderr);
      const direct = await cluster.kubectl(args);
      assert.equal(through.stdout, direct.stdout);
    }
    const pods = await kubectl("get", "pods", "-A");
    assert.equal(pods.code, 0, pods.stderr);
  });

  await t.step("it is the context's user", async () => {
    const format = "jsonpath={.status.userInfo.username}";
    const who = await kubectl("auth", "whoami", "-o", format);
    assert.equal(who.stdout, "admin", who.stderr);
  });

  await t.step("it ends in good order", async () => {
    assert.equal((await proxy.kill("SIGTERM")).code, 0);
  });
});

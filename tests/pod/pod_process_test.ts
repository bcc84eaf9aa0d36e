import assert from "node:assert/strict";
import { PodProcess, podProcessObstacle } from "./pod_process.ts";

const obstacle = await podProcessObstacle();
if (obstacle !== undefined) console.error(`Without PodProcess: ${obstacle}`);

function prepare(script: string): Promise<PodProcess> {
  return PodProcess.prepare({
    server: { host: "192.0.2.1", port: 443, caCertificate: "the CA" },
    token: "the token",
    namespace: "the namespace",
    command: ["sh", "-c", script],
    env: { MCA_EXAMPLE: "given" },
  });
}

Deno.test({
  name:
    "PodProcess gives the executable a pod's volumes and environment, and nothing else (needs a mount namespace)",
  ignore: obstacle !== undefined,
  fn: async () => {
    await using pod = await prepare(`
      cd /var/run/secrets/kubernetes.io/serviceaccount
      cat token ca.crt namespace >&2
      echo written > ../mca-serviceaccount/file
      echo kept > /var/run/mca/file
      touch own 2>/dev/null || echo read-only >&2
      env | sort | grep -v -e ^PWD -e ^SHLVL -e ^_ -e ^OLDPWD >&2
    `);
    await pod.start();
    assert.equal((await pod.status).code, 0);
    const log = await pod.log();
    assert.ok(log.startsWith("the tokenthe CAthe namespaceread-only\n"), log);
    assert.match(log, /^MCA_EXAMPLE=given$/m);
    assert.match(log, /^KUBERNETES_SERVICE_HOST=192\.0\.2\.1$/m);
    assert.match(log, /^KUBERNETES_SERVICE_PORT=443$/m);
    const names = [...log.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    const known =
      /^(MCA_EXAMPLE|KUBERNETES_\w+|PATH|HOME|DENO_DIR|XDG_CACHE_HOME)$/;
    assert.deepEqual(names.filter((name) => !known.test(name ?? "")), []);
    assert.equal(
      await Deno.readTextFile(`${pod.appDirectory}/file`),
      "written\n",
    );
    await pod.restart();
    await pod.start();
    assert.equal((await pod.status).code, 0, "the volumes outlive a restart");
  },
});

Deno.test({
  name:
    "PodProcess waits with the executable until it is told to start (needs a mount namespace)",
  ignore: obstacle !== undefined,
  fn: async () => {
    await using pod = await prepare("echo started >&2; exec sleep 60");
    assert.equal(await pod.log(), "");
    const { pid } = pod;
    await pod.start();
    while (await pod.log() === "") {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const command = await Deno.readTextFile(`/proc/${pid}/cmdline`);
    assert.equal(command, "sleep\x0060\x00", "no shell stands between");
    assert.equal(await pod.end("SIGTERM"), 143);
  },
});

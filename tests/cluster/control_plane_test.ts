import assert from "node:assert/strict";
import { isJsonObject } from "../../lib/kube/json.ts";
import { apiJson, apiRequest } from "./api_client.ts";
import { attachControlPlane } from "./cluster.ts";
import { ClusterError } from "./cluster_error.ts";
import { startControlPlane } from "./control_plane.ts";
import { isRunning, processStart } from "./process_identity.ts";
import { waitUntil } from "./wait_until.ts";

async function isListening(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

const podSpec = { containers: [{ name: "app", image: "app" }] };

Deno.test("startControlPlane() starts a Kubernetes that behaves like one", async (t) => {
  await using cluster = await startControlPlane({
    users: [{ name: "alice", groups: ["team"] }],
    audit: true,
  });

  await t.step("it knows its version", async () => {
    const { code, stdout } = await cluster.kubectl(["version", "-o", "json"]);
    assert.equal(code, 0);
    const { clientVersion, serverVersion } = JSON.parse(stdout);
    assert.equal(serverVersion.gitVersion, clientVersion.gitVersion);
    assert.match(serverVersion.minor, /^\d\d$/);
  });

  await t.step("it mounts a ServiceAccount's token into pods", async () => {
    const pod = await cluster.request(
      "POST",
      "/api/v1/namespaces/default/pods",
      { body: { metadata: { name: "pod" }, spec: podSpec } },
    );
    assert.match(JSON.stringify(pod), /"name":"kube-api-access-\w{5}"/);
  });

  await t.step(
    "it issues tokens for ServiceAccounts, and knows them",
    async () => {
      await cluster.createNamespace("apps");
      const token = await cluster.createToken("default", "apps");
      const review = await cluster.request(
        "POST",
        "/apis/authentication.k8s.io/v1/tokenreviews",
        { body: { spec: { token } } },
      );
      assert.match(
        JSON.stringify(review),
        /"username":"system:serviceaccount:apps:default"/,
      );
    },
  );

  await t.step("its other users may do what RBAC lets them", async () => {
    const alice = { ...cluster.target, token: cluster.tokenOf("alice") };
    const path = "/api/v1/namespaces/apps/configmaps";
    assert.equal((await apiRequest(alice, "GET", path)).status, 403);
    const create = ["create", "--namespace=apps"];
    const role = ["role", "reader", "--verb=list", "--resource=configmaps"];
    const binding = ["rolebinding", "team", "--role=reader", "--group=team"];
    for (const what of [role, binding]) {
      assert.equal((await cluster.kubectl([...create, ...what])).code, 0);
    }
    await waitUntil(
      "the role to be in force",
      async () => (await apiRequest(alice, "GET", path)).status === 200,
    );
    assert.throws(() => cluster.tokenOf("bob"), ClusterError);
  });

  await t.step("it records requests", async () => {
    const { auditLog } = cluster.state;
    assert.ok(auditLog);
    await cluster.request("GET", "/api/v1/namespaces/apps/secrets");
    const log = await Deno.readTextFile(auditLog);
    assert.match(log, /"requestURI":"\/api\/v1\/namespaces\/apps\/secrets"/);
    assert.ok(!log.includes(cluster.adminToken));
  });

  await t.step("it refuses whom it does not know", async () => {
    const stranger = { ...cluster.target, token: "wrong" };
    assert.equal((await apiRequest(stranger, "GET", "/api")).status, 401);
  });

  await t.step("its state file leads others to it", async () => {
    const attached = await attachControlPlane(cluster.stateFile);
    assert.equal(attached.server, cluster.server);
    const { stdout } = await attached.kubectl(["get", "namespace", "apps"]);
    assert.match(stdout, /apps +Active/);
  });
});

Deno.test("startControlPlane() passes on flags for the API server", async () => {
  await using cluster = await startControlPlane({
    apiServerFlags: ["--anonymous-auth=false"],
  });
  const nobody = { ...cluster.target, token: "" };
  const { status } = await apiRequest(nobody, "GET", "/version");
  assert.equal(status, 401);
});

Deno.test("startControlPlane() starts clusters that know nothing of each other", async () => {
  const [one, two] = await Promise.all([
    startControlPlane(),
    startControlPlane(),
  ]);
  await using _one = one;
  await using _two = two;
  await one.createNamespace("only-in-one");
  const path = "/api/v1/namespaces/only-in-one";
  const { status } = await apiRequest(two.target, "GET", path);
  assert.equal(status, 404);
  const foreign = { ...two.target, token: one.adminToken };
  assert.equal((await apiRequest(foreign, "GET", "/api")).status, 401);
});

Deno.test("startControlPlane() shows the end of the log of what does not start", async () => {
  const directory = await Deno.makeTempDir();
  await assert.rejects(
    startControlPlane({ directory, apiServerFlags: ["--no-such-flag"] }),
    (error: unknown) => {
      assert.ok(error instanceof ClusterError);
      assert.match(error.message, /^kube-apiserver ended with exit code 1/);
      assert.match(error.message, /unknown flag: --no-such-flag/);
      return true;
    },
  );
  assert.ok(!await exists(directory));
});

Deno.test("startControlPlane() refuses a folder with something in it", async () => {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(`${directory}/precious`, "");
  await assert.rejects(startControlPlane({ directory }), {
    name: "ClusterError",
    message: `${directory} is not empty`,
  });
  assert.ok(await exists(`${directory}/precious`));
  await Deno.remove(directory, { recursive: true });
});

Deno.test("startControlPlane() stops what it started when it is aborted", async () => {
  const directory = await Deno.makeTempDir();
  const abort = new AbortController();
  const started = startControlPlane({ directory, signal: abort.signal });
  const pidFile = `${directory}/run/kube-apiserver.pid`;
  await waitUntil("the API server to be there", () => exists(pidFile));
  const pid = Number(await Deno.readTextFile(pidFile));
  abort.abort();
  await assert.rejects(started, { name: "AbortError" });
  assert.equal(processStart(pid), undefined);
  assert.ok(!await exists(directory));
});

Deno.test("startApiServer() after stopApiServer() finds port and data as they were", async () => {
  await using cluster = await startControlPlane();
  await cluster.createNamespace("kept");
  await cluster.stopApiServer();
  assert.ok(!await isListening(cluster.port));
  await assert.rejects(apiRequest(cluster.target, "GET", "/readyz"));
  await cluster.startApiServer();
  await apiJson(cluster.target, "GET", "/api/v1/namespaces/kept");
  const { processes } = (await attachControlPlane(cluster.stateFile)).state;
  assert.ok(processes.every(isRunning));
});

Deno.test("stop() leaves no process, port or file", async () => {
  const cluster = await startControlPlane({ nodes: ["node-0"] });
  const { processes, directory, port, stateFile } = cluster;
  const node = await cluster.request("GET", "/api/v1/nodes/node-0");
  assert.ok(isJsonObject(node) && isJsonObject(node["status"]));
  const kubeletPort = Number(
    /"Port":(\d+)/.exec(JSON.stringify(node["status"]))?.[1],
  );
  assert.equal(processes.length, 3);
  assert.ok(processes.every(isRunning));
  assert.ok(await isListening(port) && await isListening(kubeletPort));
  await cluster.stop();
  assert.deepEqual(processes.filter(isRunning), []);
  assert.ok(!await isListening(port) && !await isListening(kubeletPort));
  assert.ok(!await exists(directory));
  await assert.rejects(attachControlPlane(stateFile), { name: "ClusterError" });
});

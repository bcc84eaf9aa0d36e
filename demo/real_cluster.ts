/**
 * The demo on a real control plane: kube-apiserver and etcd, and a stand-in
 * for a node's kubelet.
 *
 * @module
 */

import { denoClock } from "../flavors/deno_clock.ts";
import { memoryFiles } from "../flavors/memory_files.ts";
import { McaError } from "../lib/errors.ts";
import { inClusterTarget } from "../lib/kube/in_cluster.ts";
import { isJsonObject, type JsonObject } from "../lib/kube/json.ts";
import type { ClusterTarget } from "../lib/kube/cluster_target.ts";
import { ClusterError } from "../tests/cluster/cluster_error.ts";
import {
  type ControlPlane,
  startControlPlane,
} from "../tests/cluster/control_plane.ts";
import { waitUntil } from "../tests/cluster/wait_until.ts";
import { ApiClient } from "./api_client.ts";
import type { AppFiles } from "./app_files.ts";
import { APP, type Arrival, type DemoCluster } from "./demo_cluster.ts";
import type { Narrator } from "./narrator.ts";

const DIRECTORY = "/serviceaccount";

/**
 * Starts a control plane with the app's namespace; the first time this builds
 * it. Progress goes to standard error.
 *
 * @throws {McaError} `upstream` where it cannot be built or started.
 */
export async function startRealCluster(
  signal: AbortSignal,
): Promise<DemoCluster> {
  await using started = new AsyncDisposableStack();
  const plane = started.use(await startPlane(signal));
  await plane.createNamespace(APP.namespace);
  const administrator = started.use(
    new ApiClient({
      url: plane.server,
      caCertificate: plane.caPem,
      token: plane.adminToken,
    }),
  );
  // From here on whoever has the cluster stops it.
  const running = started.move();
  return {
    introduction:
      `A real kube-apiserver with etcd listens at ${plane.server};\na stand-in plays a node with its kubelet.`,
    url: plane.server,
    caCertificate: plane.caPem,
    administrator,
    target: () => podTarget(plane),
    arrival: (target) => auditedArrival(plane, target),
    showPod: (pod, files, narrator, signal) =>
      showRunningPod(plane, pod, files, narrator, signal),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function startPlane(signal: AbortSignal): Promise<ControlPlane> {
  try {
    return await startControlPlane({ nodes: ["node-0"], audit: true, signal });
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    throw new McaError("upstream", error.message, {
      hint: error.hint ?? "Run the demo without --cluster.",
      cause: error,
    });
  }
}

/** The target as the proxy finds it in a pod: by environment and token volume. */
async function podTarget(plane: ControlPlane): Promise<ClusterTarget> {
  const files = memoryFiles(denoClock);
  const token = await plane.createToken(APP.serviceAccount, APP.namespace);
  await files.makeDirectory(DIRECTORY, 0o755);
  await files.writeAtomic(`${DIRECTORY}/token`, token, 0o600);
  await files.writeAtomic(`${DIRECTORY}/ca.crt`, plane.caPem, 0o644);
  await files.writeAtomic(`${DIRECTORY}/namespace`, APP.namespace, 0o644);
  const variables = new Map([
    ["KUBERNETES_SERVICE_HOST", plane.host],
    ["KUBERNETES_SERVICE_PORT", String(plane.port)],
  ]);
  return await inClusterTarget({
    files,
    environment: { get: (name) => variables.get(name) },
    clock: denoClock,
    directory: DIRECTORY,
  });
}

/** kube-apiserver's audit log names the sender and the token's ID, never the token. */
async function auditedArrival(
  plane: ControlPlane,
  target: string,
): Promise<Arrival> {
  const log = await Deno.readTextFile(plane.state.auditLog ?? "");
  for (const line of log.trimEnd().split("\n").reverse()) {
    const event: unknown = JSON.parse(line);
    if (!isJsonObject(event) || event["requestURI"] !== target) continue;
    const user = event["user"];
    if (!isJsonObject(user)) continue;
    const username = String(user["username"]);
    if (!username.startsWith("system:serviceaccount:")) continue;
    return { authorization: `Bearer token ${credentialId(user)}`, username };
  }
  return { authorization: "none", username: "nobody" };
}

function credentialId(user: JsonObject): string {
  const extra = user["extra"];
  const ids = isJsonObject(extra)
    ? extra["authentication.kubernetes.io/credential-id"]
    : undefined;
  const id = Array.isArray(ids) ? String(ids[0]) : "unknown";
  return `with ${id.replace(/^(JTI=.{8}).*$/, "$1…")} (audit log)`;
}

async function showRunningPod(
  plane: ControlPlane,
  pod: string,
  files: AppFiles,
  narrator: Narrator,
  signal: AbortSignal,
): Promise<void> {
  const path = `/api/v1/namespaces/${APP.namespace}/pods/${pod}`;
  await waitUntil(`pod ${pod} to run`, async () => {
    const answer = await plane.request("GET", path);
    const status = isJsonObject(answer) ? answer["status"] : undefined;
    return isJsonObject(status) && status["phase"] === "Running";
  }, { signal });
  narrator.say(`Pod ${pod} is Running: the API server took it as injected.`);
  await plane.printInContainer(
    { namespace: APP.namespace, pod, container: "report" },
    ["Pods of the day", "report-1"],
  );
  const commands = [
    ["logs", pod, "--container=report"],
    ["exec", pod, "--container=report", "--", "echo", "hello from the pod"],
  ];
  for (const args of commands) {
    const { code, stdout, stderr } = await plane.kubectl(args, {
      kubeconfig: files.kubeconfig,
      signal,
    });
    narrator.say(`$ kubectl ${args.join(" ")}`, "bold");
    narrator.say((code === 0 ? stdout : stderr).trimEnd(), "dim");
  }
}

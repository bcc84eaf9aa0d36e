/**
 * `mca status`: how MCA does in a cluster.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { ApiClient, ApiError } from "../kube/api_client.ts";
import type { ClusterTarget } from "../kube/cluster_target.ts";
import type { Platform } from "../platform.ts";
import { assessWebhook } from "../status/assess_webhook.ts";
import type { ClusterReader } from "../status/cluster_reader.ts";
import { callDirectly } from "../status/direct_call.ts";
import {
  callByDryRun,
  readNamespaces,
  readWebhook,
  type WebhookObjects,
} from "../status/read_cluster.ts";
import type { NamespaceView } from "../status/registered_webhook.ts";
import {
  countPods,
  isGood,
  type StatusReport,
} from "../status/status_report.ts";
import type { CallOutcome } from "../status/webhook_call.ts";
import { type WorkloadFinding, WorkloadTally } from "../status/workloads.ts";
import { apiTransport } from "../wire/api_transport.ts";
import type { Command } from "./command.ts";
import { type KubeconfigReader, openStatusCluster } from "./status_cluster.ts";
import { readStatusOptions, type StatusOptions } from "./status_options.ts";
import { formatStatus } from "./status_text.ts";

/** How long a direct call may take, in milliseconds. */
const DIRECT_CALL_TIMEOUT = 30_000;

const HELP = `Usage: mca status [OPTIONS]

Tells how MCA does in a cluster: whether the webhook is configured, trusted and
reachable, until when its certificates are good, which workloads have the
sidecar, which should have it and have not, which have an old one, and why.
Changes nothing: what it creates to try the webhook is a dry run.

Cluster (as kubectl finds it, unless told):
  --context NAME     A context of the kubeconfig (MCA_K8S_CTX; default the
                     current one).
  --kubeconfig FILE  A kubeconfig (KUBECONFIG; default ~/.kube/config). Its user
                     has a token or a client certificate.
  --server URL       An API server that asks for no credentials. For any other
                     kind of login: run \`kubectl proxy\`, and give
                     http://127.0.0.1:8001.
  --in-cluster       The pod's own ServiceAccount.

Options:
  -n, --namespace NAMESPACE
                     Look at the pods of this namespace alone, and try the
                     webhook there.
  --webhook-name NAME
                     The MutatingWebhookConfiguration (MCA_WEBHOOK_NAME; default
                     mca-webhook).
  --only PART        webhook or pods (default all).
  --call HOW         How to try the webhook: dry-run has the API server ask it
                     about a pod that is not stored, direct calls it from here,
                     none does not try it (default dry-run).
  -o, --output FMT   text (default) or json.
  -h, --help         Show this text.

Exit codes:
  0  nothing is wrong; what may not be looked at is told as unknown
  1  something is wrong, or the cluster cannot be reached
  2  wrong usage

Examples:
  mca status
  mca status --context production -n shop
  mca status --only webhook -o json
  kubectl proxy & mca status --server http://127.0.0.1:8001
`;

/** `mca status`. Kubeconfigs are found and parsed by `readKubeconfig`. */
export function statusCommand(readKubeconfig: KubeconfigReader): Command {
  return {
    name: "status",
    summary: "Tell how MCA does in a cluster",
    help: HELP,
    run: async (args, platform) => {
      const options = readStatusOptions(args, platform);
      const { terminal } = platform;
      if (options.isHelp) {
        await terminal.writeOut(HELP);
        return 0;
      }
      const target = await openStatusCluster(
        options.cluster,
        platform,
        readKubeconfig,
      );
      const report = await makeReport(options, platform, target);
      await terminal.writeOut(
        options.output === "json" ? formatJson(report) : formatStatus(report),
      );
      return isGood(report) ? 0 : 1;
    },
  };
}

async function makeReport(
  options: StatusOptions,
  platform: Platform,
  target: ClusterTarget,
): Promise<StatusReport> {
  const { clock, network, crypto } = platform;
  const { only, webhookName } = options;
  const transport = apiTransport(network, target);
  const reader = new ApiClient({ target, transport, clock });
  const notes: string[] = [];
  const objects = await readWebhook(reader, webhookName);
  const needsNamespaces = only !== "webhook" || options.call === "dry-run";
  const namespaces = needsNamespaces
    ? await readNamespaces(reader)
    : new Map<string, NamespaceView>();
  checkNamespace(options.namespace, namespaces);
  const cluster = { options, platform, target, reader, objects, namespaces };
  const findings = only === "pods" ? undefined : await assessWebhook(
    { ...objects, call: await call(cluster) },
    { now: clock.now(), crypto },
  );
  const workloads = only === "webhook"
    ? undefined
    : await readWorkloads(cluster, notes);
  return {
    cluster: target.name,
    webhook: webhookName,
    findings,
    workloads,
    notes,
  };
}

/** A slip in its name would else be a namespace where nothing is wrong. */
function checkNamespace(
  name: string | undefined,
  namespaces: ReadonlyMap<string, NamespaceView>,
): void {
  // None is known where they cannot be listed.
  if (name === undefined || namespaces.size === 0) return;
  if (namespaces.has(name)) return;
  throw new McaError("usage", `There is no namespace ${name}`, {
    hint: "Look at `kubectl get namespaces`.",
  });
}

interface OpenCluster {
  readonly options: StatusOptions;
  readonly platform: Platform;
  readonly target: ClusterTarget;
  readonly reader: ClusterReader;
  readonly objects: WebhookObjects;
  readonly namespaces: ReadonlyMap<string, NamespaceView>;
}

async function call(cluster: OpenCluster): Promise<CallOutcome | undefined> {
  const { options, platform, target, reader, objects, namespaces } = cluster;
  const { registered } = objects;
  const [first] = registered?.webhooks ?? [];
  if (registered === undefined || first === undefined) return undefined;
  if (options.call === "none") return undefined;
  if (options.call === "dry-run") {
    const preferred = options.namespace ?? target.namespace;
    return await callByDryRun(reader, registered, namespaces, preferred);
  }
  const { clock, network, crypto } = platform;
  const controller = new AbortController();
  const cancel = clock.after(
    DIRECT_CALL_TIMEOUT,
    () =>
      controller.abort(
        new McaError("upstream", "The webhook does not answer in time", {
          hint: "Look at the webhook's log, and at what is between.",
        }),
      ),
  );
  try {
    return await callDirectly(first, {
      transportTo: (connect) => apiTransport(network, { connect }),
      crypto,
      signal: controller.signal,
    });
  } finally {
    cancel();
  }
}

async function readWorkloads(
  { options, reader, objects, namespaces }: OpenCluster,
  notes: string[],
): Promise<WorkloadFinding[] | undefined> {
  const { registered: configuration, settings } = objects;
  const tally = new WorkloadTally({ configuration, settings }, namespaces);
  const { namespace } = options;
  const collection = namespace === undefined
    ? "/api/v1/pods"
    : `/api/v1/namespaces/${namespace}/pods`;
  try {
    for await (const pod of reader.list(collection)) tally.add(pod);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    notes.push(`The pods cannot be listed: ${error.message}`);
    return undefined;
  }
  const { findings } = tally;
  if (
    settings.kind === "unknown" &&
    findings.some(({ state }) => state === "injected")
  ) {
    notes.push(`Which pods are out of date is not known: ${settings.why}`);
  }
  return findings;
}

function formatJson(report: StatusReport): string {
  const { cluster, webhook, findings, workloads, notes } = report;
  return `${
    JSON.stringify(
      {
        ok: isGood(report),
        cluster,
        webhook,
        ...(findings === undefined ? {} : { findings }),
        ...(workloads === undefined
          ? {}
          : { pods: countPods(workloads), workloads }),
        notes,
      },
      null,
      2,
    )
  }\n`;
}

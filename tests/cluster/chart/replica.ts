/**
 * A pod of the chart's Deployment as a process: with the arguments, variables,
 * volumes and the ServiceAccount of its template, behind the chart's Service.
 * There is no kubelet that would run it, nor a service network: the API server
 * is told by `--enable-aggregator-routing` to call the endpoints of Services,
 * and each replica has an EndpointSlice of its own.
 */

import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import { objectAt, objectsAt, textAt } from "../../charts/object_path.ts";
import type { PodProcess } from "../../pod/pod_process.ts";
import { shippedCommand } from "../../ship/shipped.ts";
import type { Cluster } from "../cluster.ts";
import { ClusterError } from "../cluster_error.ts";
import { type ControlPlane, startControlPlane } from "../control_plane.ts";
import { WebhookProcess } from "../webhook/webhook_process.ts";

/** A cluster whose API server calls the endpoints of Services. */
export function startServiceCluster(): Promise<ControlPlane> {
  return startControlPlane({
    apiServerFlags: ["--enable-aggregator-routing=true"],
  });
}

/** An address of this machine that an EndpointSlice may hold: none on loopback. */
export const ENDPOINT_ADDRESS: string | undefined = Deno.networkInterfaces()
  .find(({ family, address }) =>
    family === "IPv4" && !/^(127|169\.254)\./.test(address)
  )?.address;

/** Where the webhook is. */
export interface ReplicaPlace {
  readonly namespace: string;
  /** Of the Deployment and the Service. */
  readonly webhookName: string;
}

/** A running replica. */
export class Replica implements AsyncDisposable {
  readonly process: WebhookProcess;
  readonly #cluster: Cluster;
  readonly #slice: string;

  private constructor(
    cluster: Cluster,
    process: WebhookProcess,
    slice: string,
  ) {
    this.#cluster = cluster;
    this.process = process;
    this.#slice = slice;
  }

  /** Starts it; the Service leads to it at once. Tells of its process before that begins. */
  static async start(
    cluster: Cluster,
    place: ReplicaPlace,
    tell: (process: PodProcess) => void = () => {},
  ): Promise<Replica> {
    const { namespace, webhookName } = place;
    const deployment = await cluster.request(
      "GET",
      `/apis/apps/v1/namespaces/${namespace}/deployments/${webhookName}`,
    );
    if (!isJsonObject(deployment)) throw new ClusterError("No Deployment");
    const template = objectAt(deployment, "spec", "template");
    const container = objectAt(template, "spec", "containers", 0);
    const args = container["args"];
    const process = await WebhookProcess.start(cluster, {
      namespace,
      serviceAccount: textAt(template, "spec", "serviceAccountName"),
      command: [
        ...await shippedCommand("mca-webhook"),
        ...(Array.isArray(args) ? args.map(String) : []),
      ],
      env: environmentOf(container, namespace),
      prepare: async (pod) => {
        tell(pod);
        for (const file of await filesOf(cluster, namespace, template)) {
          const path = pod.path(`state/${file.path}`);
          await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
            recursive: true,
          });
          await Deno.writeTextFile(path, file.text);
        }
      },
    });
    const slice = `${webhookName}-${process.port}`;
    await cluster.request("POST", slices(namespace), {
      body: endpointSlice(slice, webhookName, process.port),
    });
    return new Replica(cluster, process, `${slices(namespace)}/${slice}`);
  }

  /** Takes it off the Service and ends it as the kubelet does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster.request("DELETE", this.#slice, { accept: [404] });
    await this.process.end("SIGTERM");
    await this.process[Symbol.asyncDispose]();
  }
}

function slices(namespace: string): string {
  return `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
}

function endpointSlice(
  name: string,
  service: string,
  port: number,
): Readonly<Record<string, unknown>> {
  return {
    metadata: { name, labels: { "kubernetes.io/service-name": service } },
    addressType: "IPv4",
    ports: [{ name: "https", port, protocol: "TCP" }],
    endpoints: [{
      addresses: [ENDPOINT_ADDRESS],
      conditions: { ready: true, serving: true, terminating: false },
    }],
  };
}

/** The variables but for the port: several replicas are on one machine. */
function environmentOf(
  container: JsonObject,
  namespace: string,
): Record<string, string> {
  return Object.fromEntries(
    objectsAt(container, "env").map((entry) => [
      textAt(entry, "name"),
      entry["valueFrom"] === undefined ? textAt(entry, "value") : namespace,
    ]),
  );
}

interface MountedFile {
  /** Below /var/run/mca. */
  readonly path: string;
  readonly text: string;
}

/** What is in the container's volumes, all of which are below /var/run/mca. */
async function filesOf(
  cluster: Cluster,
  namespace: string,
  template: JsonObject,
): Promise<MountedFile[]> {
  const mounts = objectsAt(template, "spec", "containers", 0, "volumeMounts");
  const files: MountedFile[] = [];
  for (const volume of objectsAt(template, "spec", "volumes")) {
    const path = textAt(
      mounts.find(({ name }) => name === volume["name"]),
      "mountPath",
    ).replace("/var/run/mca/", "");
    const configMap = textAt(volume, "configMap", "name");
    const secret = textAt(volume, "secret", "secretName");
    const object = await cluster.request(
      "GET",
      `/api/v1/namespaces/${namespace}/${
        configMap === "" ? `secrets/${secret}` : `configmaps/${configMap}`
      }`,
    );
    const data = isJsonObject(object) ? objectAt(object, "data") : {};
    for (const [name, text] of Object.entries(data)) {
      files.push({
        path: `${path}/${name}`,
        text: configMap === "" ? atob(String(text)) : String(text),
      });
    }
  }
  return files;
}

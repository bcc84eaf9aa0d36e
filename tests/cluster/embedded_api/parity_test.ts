import assert from "node:assert/strict";
import {
  listAt,
  numberAt,
  objectAt,
  textAt,
  valueAt,
} from "../../../lib/kube/object_fields.ts";
import { decodeProtobufBody } from "../../../flavors/embedded_api/protobuf_body.ts";
import {
  apiVersionOf,
  RESOURCE_TYPES,
  type ResourceType,
} from "../../../flavors/embedded_api/resource_types.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../../lib/kube/json.ts";
import { startControlPlane } from "../control_plane.ts";
import { EmbeddedClient } from "../../flavors/embedded_api/embedded_client.ts";
import { PARITY_REQUESTS, type ParityRequest } from "./parity_requests.ts";

/** An API server that answers. */
interface ParityServer {
  readonly url: string;
  readonly token: string;
  readonly client: Deno.HttpClient;
}

async function send(
  server: ParityServer,
  request: ParityRequest,
): Promise<JsonObject> {
  const token = request.as === undefined ? server.token : "nonsense";
  const response = await fetch(server.url + request.path, {
    client: server.client,
    method: request.method,
    ...(request.body === undefined
      ? {}
      : { body: JSON.stringify(request.body) }),
    headers: {
      accept: request.accept ?? "application/json",
      "user-agent": "parity/1.0",
      ...(request.body === undefined
        ? {}
        : { "content-type": request.contentType ?? "application/json" }),
      ...(request.as === "anonymous"
        ? {}
        : { authorization: `Bearer ${token}` }),
    },
  });
  const text = await response.text();
  return request.codeOnly === true
    ? { code: response.status }
    : { code: response.status, ...facts(text) };
}

/** What has to be the same of an answer. */
function facts(text: string): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { text };
  }
  if (!isJsonObject(body)) return {};
  if (body["kind"] === "Status") return withoutUids(body);
  const names = (items: readonly JsonValue[]) =>
    items.map((item) => textAt(item, "metadata", "name"));
  return {
    kind: textAt(body, "kind"),
    apiVersion: textAt(body, "apiVersion"),
    name: textAt(body, "metadata", "name"),
    // An empty map is left out by one and kept by the other.
    data: objectAt(body, "data"),
    labels: objectAt(body, "metadata", "labels"),
    items: names(listAt(body, "items")),
    generation: numberAt(body, "metadata", "generation"),
    replicas: [
      numberAt(body, "spec", "replicas"),
      numberAt(body, "status", "replicas"),
    ],
    containers: listAt(body, "spec", "template", "spec", "containers").map((
      container,
    ) => [
      textAt(container, "name"),
      textAt(container, "image"),
      listAt(container, "env").map((item) => textAt(item, "name")),
    ]),
    columns: listAt(body, "columnDefinitions").map((column) =>
      textAt(column, "name")
    ),
    appliers: listAt(body, "metadata", "managedFields")
      .filter((entry) => textAt(entry, "operation") === "Apply")
      .map((entry) => [
        textAt(entry, "manager"),
        objectAt(entry, "fieldsV1"),
      ]),
  };
}

/** What has to be the same of a table's head. */
async function columnsOf(
  server: ParityServer,
  type: ResourceType,
): Promise<JsonValue> {
  const prefix = type.group === "" ? "/api" : "/apis";
  const response = await fetch(
    `${server.url}${prefix}/${apiVersionOf(type)}/${type.plural}`,
    {
      client: server.client,
      headers: {
        accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
        authorization: `Bearer ${server.token}`,
      },
    },
  );
  return listAt(await response.json(), "columnDefinitions").map((column) => [
    textAt(column, "name"),
    textAt(column, "type"),
    textAt(column, "format"),
    numberAt(column, "priority"),
  ]);
}

/** What has to be the same of what discovery says about a resource. */
async function discovered(
  server: ParityServer,
  type: ResourceType,
): Promise<JsonValue> {
  const prefix = type.group === "" ? "/api" : "/apis";
  const response = await fetch(
    `${server.url}${prefix}/${apiVersionOf(type)}`,
    {
      client: server.client,
      headers: { authorization: `Bearer ${server.token}` },
    },
  );
  const found = listAt(await response.json(), "resources").find((resource) =>
    textAt(resource, "name") === type.plural
  );
  return {
    singular: textAt(found, "singularName"),
    kind: textAt(found, "kind"),
    namespaced: valueAt(found, "namespaced") ?? null,
    verbs: listAt(found, "verbs").map(String).sort(),
    shortNames: [...listAt(found, "shortNames")],
    categories: [...listAt(found, "categories")],
  };
}

/** Objects of a new control plane, and one that the test has made. */
const PROTOBUF_PATHS = [
  "/api/v1/namespaces/parity",
  "/api/v1/namespaces/default/services/kubernetes",
  "/api/v1/namespaces/parity/configmaps/kube-root-ca.crt",
  "/api/v1/namespaces/parity/pods/whole",
  "/apis/rbac.authorization.k8s.io/v1/clusterroles/admin",
  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/cluster-admin",
];

/** A pod with a bit of everything that is hard to decode. */
const WHOLE_POD: JsonObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "whole", annotations: { a: "ä" }, finalizers: ["x.y/z"] },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    hostAliases: [{ ip: "10.0.0.1", hostnames: ["a", "b"] }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{
            matchExpressions: [{ key: "k", operator: "In", values: ["v"] }],
          }],
        },
      },
    },
    volumes: [
      { name: "memory", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      {
        name: "token",
        projected: {
          sources: [
            { serviceAccountToken: { path: "token", expirationSeconds: 3607 } },
            {
              downwardAPI: {
                items: [{
                  path: "ns",
                  fieldRef: { fieldPath: "metadata.namespace" },
                }],
              },
            },
          ],
        },
      },
    ],
    initContainers: [{ name: "side", image: "i", restartPolicy: "Always" }],
    containers: [{
      name: "app",
      image: "i",
      args: ["", "x"],
      env: [
        { name: "A", value: "1" },
        { name: "B", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      ],
      resources: { limits: { cpu: "500m", memory: "128Mi" } },
      livenessProbe: { httpGet: { path: "/", port: "http" } },
      readinessProbe: { tcpSocket: { port: 80 } },
      securityContext: {
        runAsUser: 0,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      },
      volumeMounts: [{ name: "memory", mountPath: "/m" }],
    }],
  },
};

/** An object in JSON, and what our decoder makes of its protobuf. */
async function bothEncodings(
  server: ParityServer,
  path: string,
): Promise<readonly [JsonValue, JsonValue]> {
  const read = (accept: string) =>
    fetch(server.url + path, {
      client: server.client,
      headers: { accept, authorization: `Bearer ${server.token}` },
    });
  const json = await read("application/json");
  const protobuf = await read("application/vnd.kubernetes.protobuf");
  return [
    await json.json(),
    decodeProtobufBody(new Uint8Array(await protobuf.arrayBuffer())),
  ];
}

function withoutUids(body: JsonObject): JsonObject {
  const text = JSON.stringify(body).replaceAll(
    /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
    "UID",
  );
  const { metadata: _revision, ...status } = JSON.parse(text);
  return status;
}

Deno.test("startEmbeddedApi() answers as kube-apiserver does", async (t) => {
  await using plane = await startControlPlane();
  await plane.createNamespace("parity");
  await using embedded = await EmbeddedClient.start();
  await embedded.ok("POST", "/api/v1/namespaces", {
    body: { metadata: { name: "parity" } },
  });
  using client = Deno.createHttpClient({
    caCerts: [plane.caPem, embedded.api.caCertificate],
  });
  const real = { url: plane.server, token: plane.adminToken, client };
  const { url, adminToken: token } = embedded.api;
  const ours = { url, token, client };
  for (const type of RESOURCE_TYPES) {
    await t.step(`discovery and table of ${type.plural}`, async () => {
      for (const read of [columnsOf, discovered]) {
        assert.deepEqual(await read(ours, type), await read(real, type));
      }
    });
  }
  await send(real, {
    method: "POST",
    path: "/api/v1/namespaces/parity/pods",
    body: WHOLE_POD,
  });
  for (const path of PROTOBUF_PATHS) {
    await t.step(`protobuf of ${path}`, async () => {
      const [json, decoded] = await bothEncodings(real, path);
      assert.deepEqual(decoded, json);
    });
  }
  for (const [index, request] of PARITY_REQUESTS.entries()) {
    const { method, path } = request;
    await t.step(`${index + 1} ${method} ${path}`, async () => {
      const expected = await send(real, request);
      assert.deepEqual(await send(ours, request), expected);
    });
  }
});

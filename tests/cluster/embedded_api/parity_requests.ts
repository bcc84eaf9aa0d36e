/** Requests that the embedded API and kube-apiserver have to answer alike, as a table. */

import type { JsonObject, JsonValue } from "../../../lib/kube/json.ts";

/** One request. Those of a table are sent in order: later ones see what earlier ones did. */
export interface ParityRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: JsonValue;
  readonly contentType?: string;
  readonly accept?: string;
  /** Only the code has to be the same: the words are Go's, or of no use. */
  readonly codeOnly?: true;
  /** Who sends it: the administrator unless told. */
  readonly as?: "anonymous" | "stranger";
}

const PODS = "/api/v1/namespaces/parity/pods";
const MAPS = "/api/v1/namespaces/parity/configmaps";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/parity/deployments";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
const METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

function pod(name: string, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ...more },
    spec: { containers: [{ name: "app", image: "example/app:1" }] },
  };
}

function map(name: string, data: JsonObject, more: JsonObject = {}) {
  const metadata = { name, ...more };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
}

function deployment(image = "example/app:1"): JsonObject {
  const env = [{ name: "A", value: "1" }];
  const containers = [{
    name: "app",
    image,
    env,
    ports: [{ containerPort: 80 }],
  }];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers },
      },
    },
  };
}

function patch(
  path: string,
  type: string,
  body: JsonValue,
): ParityRequest {
  const contentType = `application/${type}`;
  return { method: "PATCH", path, contentType, body };
}

function codeOnly(request: ParityRequest): ParityRequest {
  return { ...request, codeOnly: true };
}

function apply(manager: string, data: JsonObject, more = ""): ParityRequest {
  return patch(
    `${MAPS}/applied?fieldManager=${manager}${more}`,
    "apply-patch+yaml",
    map("applied", data),
  );
}

const get = (path: string): ParityRequest => ({ method: "GET", path });
const remove = (path: string): ParityRequest => ({ method: "DELETE", path });
const post = (path: string, body: JsonValue): ParityRequest => ({
  method: "POST",
  path,
  body,
});
const put = (path: string, body: JsonValue): ParityRequest => ({
  method: "PUT",
  path,
  body,
});

/** The namespace `parity` exists when they begin, with its ServiceAccount. */
export const PARITY_REQUESTS: readonly ParityRequest[] = [
  // Who may.
  { method: "GET", path: "/api/v1/pods", as: "anonymous" },
  { method: "GET", path: `${PODS}/a`, as: "anonymous" },
  { method: "POST", path: PODS, body: pod("a"), as: "anonymous" },
  { method: "GET", path: "/api/v1/nodes/n", as: "anonymous" },
  { method: "GET", path: `${DEPLOYMENTS}/a/status`, as: "anonymous" },
  { method: "GET", path: "/apis", as: "anonymous" },
  { method: "GET", path: "/nothing", as: "anonymous" },
  { method: "GET", path: "/version", as: "anonymous" },
  { method: "GET", path: "/api/v1/pods", as: "stranger" },
  { method: "GET", path: "/version", as: "stranger" },
  // What is not there.
  get(`${PODS}/missing`),
  get(`${DEPLOYMENTS}/missing`),
  get(`${PODS}/missing/status`),
  get("/api/v1/namespaces/parity/nothings"),
  get("/apis/none.example.com/v1/things"),
  get("/apis/none.example.com/v1"),
  get("/apis/none.example.com"),
  get("/api/v9"),
  get("/nothing"),
  get("/api/v1/namespaces/parity/nodes"),
  remove(`${PODS}/missing`),
  put(`${PODS}/missing`, pod("missing")),
  patch(`${PODS}/missing`, "merge-patch+json", {}),
  post("/api/v1/namespaces/nowhere/pods", pod("a")),
  // Methods that do not fit.
  post("/api/v1/pods", pod("a")),
  put(PODS, pod("a")),
  patch(PODS, "merge-patch+json", {}),
  post(`${PODS}/a`, pod("a")),
  remove("/api/v1/pods"),
  // Bodies that make no sense.
  codeOnly(post(MAPS, pod("a"))),
  post(MAPS, { kind: "ConfigMap", metadata: { name: "b" } }),
  post(MAPS, { apiVersion: "v1", metadata: { name: "b" } }),
  post(MAPS, map("Not_A_Name", {})),
  post(MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: {} }),
  post(MAPS, map("a", {}, { namespace: "other" })),
  codeOnly(post(MAPS, map("a", {}, { resourceVersion: "7" }))),
  post(PODS, { ...pod("a"), spec: {} }),
  post("/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "a.b" },
  }),
  {
    method: "POST",
    path: MAPS,
    body: map("a", {}),
    contentType: "text/plain",
  },
  // One object's life.
  post(MAPS, map("a", { x: "1" }, { labels: { app: "x" } })),
  post(MAPS, map("a", { x: "1" })),
  put(`${MAPS}/a`, map("b", {})),
  put(`${MAPS}/a`, map("a", { x: "2" }, { resourceVersion: "1" })),
  codeOnly(put(`${MAPS}/a`, map("a", { x: "2" }, { uid: "another" }))),
  put(`${MAPS}/a`, map("a", { x: "2" }, { labels: { app: "x" } })),
  patch(`${MAPS}/a`, "merge-patch+json", { data: { y: "1" } }),
  patch(`${MAPS}/a`, "json-patch+json", [
    { op: "add", path: "/data/z", value: "1" },
  ]),
  patch(`${MAPS}/a`, "json-patch+json", [
    { op: "copy", from: "/data/z", path: "/data/w" },
  ]),
  patch(`${MAPS}/a`, "strategic-merge-patch+json", { data: { z: null } }),
  codeOnly(patch(`${MAPS}/a`, "merge-patch+json", [1])),
  patch(`${MAPS}/a`, "vnd.example+json", {}),
  patch(`${MAPS}/a`, "merge-patch+json", { metadata: { name: "c" } }),
  patch(`${MAPS}/a`, "merge-patch+json", {
    metadata: { resourceVersion: "1" },
  }),
  get(`${MAPS}/a`),
  get(`${MAPS}?labelSelector=app%3Dx`),
  get(`${MAPS}?labelSelector=app%20in%20(x,y),!none`),
  codeOnly(get(`${MAPS}?labelSelector=a%3D%3D%3Db`)),
  get(`${MAPS}?fieldSelector=metadata.name%3Da`),
  get(`${MAPS}?fieldSelector=data.x%3D1`),
  get(`${MAPS}?fieldSelector=nonsense`),
  codeOnly(get(`${MAPS}?continue=nonsense`)),
  get(`${MAPS}?resourceVersion=nonsense`),
  get(`${MAPS}?watch=1&sendInitialEvents=true`),
  get(`${MAPS}?watch=1&resourceVersionMatch=NotOlderThan`),
  { method: "GET", path: MAPS, accept: TABLE },
  { method: "GET", path: `${MAPS}/a`, accept: METADATA },
  { method: "GET", path: `${MAPS}/a`, accept: "text/html", codeOnly: true },
  {
    method: "DELETE",
    path: `${MAPS}/a`,
    body: { preconditions: { uid: "another" } },
  },
  remove(`${MAPS}/a?dryRun=All`),
  remove(`${MAPS}/a`),
  remove(`${MAPS}/a`),
  // Finalizers.
  post(MAPS, map("held", {}, { finalizers: ["example.com/x"] })),
  remove(`${MAPS}/held`),
  get(`${MAPS}/held`),
  patch(`${MAPS}/held`, "merge-patch+json", { metadata: { finalizers: null } }),
  get(`${MAPS}/held`),
  // Server-side apply.
  apply("one", { a: "1", b: "1" }),
  apply("one", { a: "1", b: "1" }),
  apply("two", { b: "2" }),
  apply("two", { a: "2", b: "2" }),
  apply("two", { b: "2" }, "&force=true"),
  apply("one", { c: "3" }),
  get(`${MAPS}/applied`),
  patch(`${MAPS}/applied`, "apply-patch+yaml", map("applied", {})),
  codeOnly(
    patch(`${MAPS}/applied?fieldManager=x`, "apply-patch+yaml", pod("applied")),
  ),
  // Collections.
  post(MAPS, map("c1", {}, { labels: { group: "c" } })),
  post(MAPS, map("c2", {}, { labels: { group: "c" } })),
  remove(`${MAPS}?labelSelector=group%3Dc`),
  get(`${MAPS}?labelSelector=group%3Dc`),
  // Patches of lists whose items have keys.
  post(DEPLOYMENTS, deployment()),
  patch(`${DEPLOYMENTS}/web`, "strategic-merge-patch+json", {
    spec: {
      template: {
        spec: {
          containers: [
            { name: "side", image: "example/side:1" },
            { name: "app", env: [{ name: "B", value: "2" }] },
          ],
        },
      },
    },
  }),
  patch(`${DEPLOYMENTS}/web`, "strategic-merge-patch+json", {
    spec: {
      template: {
        spec: {
          "$setElementOrder/containers": [{ name: "side" }, { name: "app" }],
          containers: [{
            name: "app",
            env: [{ name: "A", $patch: "delete" }],
          }],
        },
      },
    },
  }),
  patch(`${DEPLOYMENTS}/web`, "strategic-merge-patch+json", {
    spec: {
      template: {
        spec: { containers: [{ name: "side", $patch: "delete" }] },
      },
    },
  }),
  patch(`${DEPLOYMENTS}/web`, "json-patch+json", [
    { op: "test", path: "/spec/replicas", value: 2 },
    { op: "replace", path: "/spec/replicas", value: 3 },
  ]),
  codeOnly(patch(`${DEPLOYMENTS}/web`, "json-patch+json", [
    { op: "test", path: "/spec/replicas", value: 2 },
  ])),
  codeOnly(patch(`${DEPLOYMENTS}/web`, "json-patch+json", [
    { op: "remove", path: "/metadata/nothing" },
  ])),
  patch(`${DEPLOYMENTS}/web/status`, "merge-patch+json", {
    status: { replicas: 3 },
    spec: { replicas: 9 },
  }),
  patch(`${DEPLOYMENTS}/web`, "merge-patch+json", { status: { replicas: 9 } }),
  patch(
    `${DEPLOYMENTS}/web?fieldManager=one&force=true`,
    "apply-patch+yaml",
    deployment("example/app:2"),
  ),
  patch(
    `${DEPLOYMENTS}/web?fieldManager=two`,
    "apply-patch+yaml",
    deployment("example/app:3"),
  ),
  get(`${DEPLOYMENTS}/web`),
  { method: "GET", path: DEPLOYMENTS, accept: TABLE },
  remove(`${DEPLOYMENTS}/web`),
  // Namespaces that stay.
  codeOnly(remove("/api/v1/namespaces?labelSelector=none")),
  remove("/api/v1/namespaces/default"),
  // Reviews.
  post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {
    apiVersion: "authentication.k8s.io/v1",
    kind: "SelfSubjectReview",
  }),
  get("/apis/authentication.k8s.io/v1/selfsubjectreviews"),
];

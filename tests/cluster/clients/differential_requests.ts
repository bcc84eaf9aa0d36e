/** Requests whose answers have to be the same through the proxy, as a table. */

import type { RawRequest } from "./raw_request.ts";

const JSON_TYPE = "Content-Type: application/json";
const PROTOBUF = "Accept: application/vnd.kubernetes.protobuf";
const TABLE = "Accept: application/json;as=Table;v=v1;g=meta.k8s.io";
const METADATA =
  "Accept: application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
const DISCOVERY =
  "Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

const MAPS = "/api/v1/namespaces/NAMESPACE/configmaps";

function get(target: string, ...fields: readonly string[]): RawRequest {
  return { method: "GET", target, fields };
}

function watch(query: string, ...fields: readonly string[]): RawRequest {
  return get(`${MAPS}?watch=1&timeoutSeconds=1&${query}`, ...fields);
}

function remove(target: string): RawRequest {
  return { method: "DELETE", target };
}

function send(
  method: string,
  target: string,
  body: unknown,
  ...fields: readonly string[]
): RawRequest {
  return {
    method,
    target,
    body: typeof body === "string" ? body : JSON.stringify(body),
    fields: fields.length === 0 ? [JSON_TYPE] : fields,
  };
}

function patch(type: string, target: string, body: unknown): RawRequest {
  return send("PATCH", target, body, `Content-Type: application/${type}`);
}

function map(name: string, size = 0): Readonly<Record<string, unknown>> {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, labels: { made: "here" } },
    data: { text: "x".repeat(size) },
  };
}

/**
 * What the proxy answers by itself is not among them (TRACE, CONNECT, broken
 * requests, other tokens, impersonation), nor what it does not do for HTTP/1.0
 * (keeping the connection).
 *
 * They are sent in their order: later ones see what earlier ones did.
 */
export const DIFFERENTIAL_REQUESTS: readonly RawRequest[] = [
  // What there is.
  get("/"),
  get("/version"),
  get("/version/"),
  get("/healthz"),
  get("/readyz?verbose"),
  get("/livez/ping"),
  get("/api"),
  get("/api/"),
  get("/apis"),
  get("/apis/"),
  get("/apis/apps"),
  get("/apis/apps/v1"),
  get("/api/v1"),
  get("/api", DISCOVERY),
  get("/apis", DISCOVERY),
  get("/apis", DISCOVERY, "If-None-Match: ETAG"),
  get("/openapi/v3"),
  get("/openapi/v3/api/v1"),
  get("/openapi/v3/apis/apps/v1", "Accept-Encoding: gzip"),
  get("/openapi/v2", "Accept-Encoding: gzip"),
  get("/openapi/v2"),
  get("/openapi/v2", "If-None-Match: ETAG"),
  get("/.well-known/openid-configuration"),
  get("/openid/v1/jwks"),
  // Paths out of the ordinary.
  get("/nothing"),
  get("/nothing/there?at=all"),
  get("//api//v1"),
  get("/api/v1/../v1"),
  get("/api/v1/./namespaces"),
  get("/%61pi/v1"),
  get(`${MAPS}/a%2Fb`),
  get(`${MAPS}/a%20b`),
  get(`${MAPS}/%C3%A4`),
  get(`${MAPS}?`),
  get(`${MAPS}?limit=1;x=y`),
  get(`${MAPS}?labelSelector=a%20in%20(b,c)`),
  get(`${MAPS}?labelSelector=${"x%2Cy".repeat(4000)}`),
  get(`${MAPS}?fieldSelector=metadata.name%3D${"x".repeat(20_000)}`),
  get(`/${"long/".repeat(5000)}`),
  get("/apis/metrics.k8s.io/v1beta1/nodes"),
  // Methods.
  { method: "HEAD", target: "/version" },
  { method: "HEAD", target: "/api/v1/namespaces" },
  { method: "HEAD", target: "/nothing" },
  { method: "HEAD", target: "/openapi/v2", fields: ["Accept-Encoding: gzip"] },
  { method: "OPTIONS", target: "/version" },
  { method: "OPTIONS", target: MAPS, fields: ["Origin: https://a.example"] },
  { method: "PURGE", target: MAPS },
  { method: "POST", target: "/version" },
  { method: "PUT", target: MAPS },
  send(
    "GET",
    "/version",
    "a body that nobody reads",
    "Content-Type: text/plain",
  ),
  // Older clients, and connections.
  { method: "GET", target: "/version", version: "1.0" },
  { method: "GET", target: "/openapi/v2", version: "1.0" },
  get("/version", "Connection: close"),
  get("/version", "Connection: keep-alive, X-Hop", "X-Hop: 1"),
  get(
    "/version",
    ...Array.from({ length: 150 }, (_, index) => `X-Field-${index}: value`),
  ),
  get("/version", `X-Long: ${"x".repeat(30_000)}`),
  // Who may not.
  { ...get("/api/v1/pods"), as: "anonymous" },
  { ...get("/version"), as: "anonymous" },
  { ...get("/nothing"), as: "anonymous" },
  { ...send("POST", MAPS, map("a")), as: "anonymous" },
  // Objects' lives.
  send("POST", MAPS, map("one")),
  send("POST", MAPS, map("one")),
  send("POST", `${MAPS}?dryRun=All`, map("dry")),
  { ...send("POST", MAPS, map("chunked", 50_000)), framing: "chunked" },
  {
    ...send("POST", MAPS, map("trailed", 5_000)),
    framing: "chunked with a trailer",
  },
  {
    ...send("POST", MAPS, map("awaited", 5_000)),
    framing: "after 100 Continue",
  },
  {
    ...send("POST", "/nothing", map("awaited")),
    framing: "after 100 Continue",
  },
  send("POST", MAPS, map("large", 900_000)),
  send("POST", MAPS, map("too-large", 1_200_000)),
  send("POST", MAPS, map("far-too-large", 3 * 1024 * 1024 + 50_000)),
  send("POST", MAPS, "{"),
  send("POST", MAPS, ""),
  send("POST", MAPS, map("Not_A_Name")),
  send("POST", MAPS, { ...map("two"), kind: "Secret" }),
  send("POST", MAPS, { ...map("two"), unknown: true }, JSON_TYPE),
  send("POST", `${MAPS}?fieldValidation=Warn`, { ...map("two"), odd: true }),
  send("POST", `${MAPS}?fieldValidation=Strict`, { ...map("3"), odd: true }),
  send("POST", MAPS, map("three"), "Content-Type: text/plain"),
  send(
    "POST",
    MAPS,
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\n",
    "Content-Type: application/yaml",
    "Accept: application/yaml",
  ),
  send("POST", "/api/v1/namespaces/nowhere/configmaps", map("a")),
  send("PUT", `${MAPS}/one`, map("one", 10)),
  send("PUT", `${MAPS}/one`, map("other", 10)),
  send("PUT", `${MAPS}/one`, {
    ...map("one"),
    metadata: { name: "one", resourceVersion: "1" },
  }),
  send("PUT", `${MAPS}/missing`, map("missing")),
  patch("merge-patch+json", `${MAPS}/one`, { data: { a: "1" } }),
  patch("json-patch+json", `${MAPS}/one`, [
    { op: "add", path: "/data/b", value: "2" },
  ]),
  patch("json-patch+json", `${MAPS}/one`, [
    { op: "test", path: "/data/b", value: "3" },
  ]),
  patch("strategic-merge-patch+json", `${MAPS}/one`, { data: { c: "3" } }),
  patch("apply-patch+yaml", `${MAPS}/applied?fieldManager=x`, map("applied")),
  patch("apply-patch+yaml", `${MAPS}/one?fieldManager=x`, map("one")),
  patch("nothing+json", `${MAPS}/one`, {}),
  get(`${MAPS}/one`),
  get(`${MAPS}/one?pretty=true`),
  get(`${MAPS}/one`, "Accept: application/yaml"),
  get(`${MAPS}/one`, "Accept: text/html"),
  get(`${MAPS}/one`, "Accept: application/json;q=0.5, application/yaml"),
  get(`${MAPS}/one`, TABLE),
  get(`${MAPS}/missing`),
  get(`${MAPS}/missing`, "Accept: application/yaml"),
  // Lists.
  get(MAPS),
  get(MAPS, TABLE),
  get(MAPS, METADATA),
  get(MAPS, "Accept-Encoding: br, deflate"),
  get(MAPS, "Accept-Encoding: gzip;q=0"),
  get(`${MAPS}?limit=2`),
  get(`${MAPS}?limit=2&continue=CONTINUE`),
  get(`${MAPS}?limit=2&continue=nonsense`),
  get(`${MAPS}?resourceVersion=0`),
  get(`${MAPS}?resourceVersion=99999999999`),
  get(`${MAPS}?resourceVersion=nonsense`),
  get(`${MAPS}?labelSelector=made%3Dhere&fieldSelector=metadata.name%3Done`),
  get(`${MAPS}?fieldSelector=data.a%3D1`),
  get("/apis/rbac.authorization.k8s.io/v1/clusterroles"),
  get("/apis/rbac.authorization.k8s.io/v1/clusterroles", PROTOBUF),
  get(
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    PROTOBUF,
    "Accept-Encoding: gzip",
  ),
  get(
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin",
    PROTOBUF,
  ),
  get("/api/v1/namespaces/default/nothings"),
  // Watches.
  watch("resourceVersion=0"),
  watch("resourceVersion=0&allowWatchBookmarks=true"),
  watch(
    "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
  ),
  watch("sendInitialEvents=true"),
  watch("resourceVersion=0", TABLE),
  watch("resourceVersion=0", "Accept: application/yaml"),
  watch("resourceVersion=0", "Accept: application/json;stream=watch"),
  watch("resourceVersion=0", "Accept-Encoding: gzip"),
  watch("resourceVersion=1"),
  watch("resourceVersion=nonsense"),
  { ...watch("resourceVersion=0"), version: "1.0" },
  get(
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?watch=1&timeoutSeconds=1&resourceVersion=0&fieldSelector=metadata.name%3Dcluster-admin",
    PROTOBUF,
  ),
  get("/api/v1/watch/namespaces/NAMESPACE/configmaps/one?timeoutSeconds=1"),
  {
    ...watch(
      "resourceVersion=0&fieldSelector=metadata.name%3Done",
      "Origin: https://kubernetes.default.svc",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ),
    untilClose: true,
  },
  // Subresources, and protocols that are not to be had.
  get("/api/v1/namespaces/NAMESPACE/pods/missing/log?follow=true"),
  get("/api/v1/namespaces/NAMESPACE/pods/missing/proxy/path?a=b"),
  get("/api/v1/namespaces/NAMESPACE/services/https:missing:1/proxy/"),
  {
    ...send(
      "POST",
      "/api/v1/namespaces/NAMESPACE/pods/missing/exec?command=id",
      "",
    ),
    fields: ["Connection: Upgrade", "Upgrade: SPDY/3.1"],
  },
  get(
    "/api/v1/namespaces/NAMESPACE/pods/missing/attach",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol: v5.channel.k8s.io",
  ),
  get("/version", "Connection: Upgrade", "Upgrade: h2c"),
  send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}),
  send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    spec: { resourceAttributes: { verb: "get", resource: "pods" } },
  }),
  send(
    "POST",
    "/api/v1/namespaces/NAMESPACE/serviceaccounts/default/token",
    { spec: { expirationSeconds: 1 } },
  ),
  // Ends.
  send("DELETE", `${MAPS}/one`, { preconditions: { uid: "another" } }),
  remove(`${MAPS}/one?dryRun=All`),
  remove(`${MAPS}/one`),
  remove(`${MAPS}/one`),
  remove(`${MAPS}?labelSelector=made%3Dhere`),
  get(MAPS),
];

import assert from "node:assert/strict";
import {
  listAt,
  objectAt,
  textAt,
  valueAt,
} from "../../../lib/kube/object_fields.ts";
import { configMapNamed, EmbeddedClient, podNamed } from "./embedded_client.ts";

const PODS = "/api/v1/namespaces/default/pods";
const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

function namesIn(list: Parameters<typeof listAt>[0]): string[] {
  return listAt(list, "items").map((item) => textAt(item, "metadata", "name"));
}

Deno.test("startEmbeddedApi() serves health and version to everybody", async () => {
  await using client = await EmbeddedClient.start();
  for (const path of ["/healthz", "/livez", "/readyz"]) {
    const response = await client.fetch("GET", path, { token: null });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "ok");
  }
  const version = await client.ok("GET", "/version", { token: null });
  assert.equal(version["major"], "1");
});

Deno.test("startEmbeddedApi() answers strangers as kube-apiserver does", async () => {
  await using client = await EmbeddedClient.start();
  const anonymous = await client.refused(403, "GET", PODS, { token: null });
  assert.equal(
    anonymous["message"],
    'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
  );
  const wrong = await client.refused(401, "GET", PODS, { token: "nonsense" });
  assert.equal(wrong["reason"], "Unauthorized");
  assert.equal(wrong["message"], "Unauthorized");
  const basic = { token: null, headers: { authorization: "Basic YTpi" } };
  await client.refused(401, "GET", "/version", basic);
  await client.refused(403, "GET", "/apis", { token: null });
});

Deno.test("startEmbeddedApi() keeps an object from its creation to its deletion", async () => {
  await using client = await EmbeddedClient.start();
  const created = await client.send("POST", PODS, {
    body: { ...podNamed("web"), unknownField: { kept: true } },
  });
  assert.equal(created.code, 201);
  assert.equal(textAt(created.body, "status", "phase"), "Pending");
  assert.deepEqual(created.body["unknownField"], { kept: true });
  assert.match(textAt(created.body, "metadata", "uid"), /^[0-9a-f-]{36}$/);

  const read = await client.ok("GET", `${PODS}/web`);
  assert.deepEqual(read, created.body);

  const again = await client.refused(409, "POST", PODS, {
    body: podNamed("web"),
  });
  assert.equal(again["reason"], "AlreadyExists");
  assert.equal(again["message"], 'pods "web" already exists');

  const gone = await client.ok("DELETE", `${PODS}/web`);
  assert.equal(gone["status"], "Success");
  assert.equal(
    textAt(gone, "details", "uid"),
    textAt(read, "metadata", "uid"),
  );
  const missing = await client.refused(404, "GET", `${PODS}/web`);
  assert.equal(missing["message"], 'pods "web" not found');
  assert.deepEqual(missing["details"], { name: "web", kind: "pods" });
});

Deno.test("startEmbeddedApi() refuses an update of an old version", async () => {
  await using client = await EmbeddedClient.start();
  const first = await client.ok("POST", CONFIG_MAPS, {
    body: configMapNamed("a", { x: "1" }),
  });
  const path = `${CONFIG_MAPS}/a`;
  const second = await client.ok("PUT", path, {
    body: { ...first, data: { x: "2" } },
  });
  assert.notEqual(
    textAt(second, "metadata", "resourceVersion"),
    textAt(first, "metadata", "resourceVersion"),
  );
  const stale = await client.refused(409, "PUT", path, {
    body: { ...first, data: { x: "3" } },
  });
  assert.equal(stale["reason"], "Conflict");
  const stalePatch = {
    metadata: objectAt({ m: { resourceVersion: "1" } }, "m"),
    data: { x: "4" },
  };
  await client.refused(409, "PATCH", path, {
    body: stalePatch,
    contentType: "application/merge-patch+json",
  });
  assert.deepEqual((await client.ok("GET", path))["data"], { x: "2" });
});

Deno.test("startEmbeddedApi() writes nothing for an update that changes nothing", async () => {
  await using client = await EmbeddedClient.start();
  const first = await client.ok("POST", CONFIG_MAPS, {
    body: configMapNamed("a", { x: "1" }),
  });
  const second = await client.ok("PUT", `${CONFIG_MAPS}/a`, { body: first });
  assert.deepEqual(second, first);
});

Deno.test("startEmbeddedApi() understands every patch format", async () => {
  await using client = await EmbeddedClient.start();
  await client.ok("POST", PODS, { body: podNamed("web") });
  const path = `${PODS}/web`;
  await client.ok("PATCH", path, {
    contentType: "application/json-patch+json",
    body: [{ op: "add", path: "/metadata/labels", value: { a: "1" } }],
  });
  await client.ok("PATCH", path, {
    contentType: "application/merge-patch+json",
    body: { metadata: { labels: { b: "2" } } },
  });
  const merged = await client.ok("PATCH", path, {
    contentType: "application/strategic-merge-patch+json",
    body: {
      spec: { containers: [{ name: "sidecar", image: "example/sidecar" }] },
    },
  });
  assert.deepEqual(valueAt(merged, "metadata", "labels"), { a: "1", b: "2" });
  assert.deepEqual(
    listAt(merged, "spec", "containers").map((item) => textAt(item, "name")),
    ["sidecar", "app"],
  );
  const refused = await client.refused(422, "PATCH", path, {
    contentType: "application/json-patch+json",
    body: [{ op: "remove", path: "/metadata/nothing" }],
  });
  assert.equal(refused["reason"], "Invalid");
  await client.refused(415, "PATCH", path, {
    contentType: "application/vnd.example.patch",
    body: {},
  });
});

Deno.test("startEmbeddedApi() applies server-side, with conflicts between managers", async () => {
  await using client = await EmbeddedClient.start();
  const path = `${CONFIG_MAPS}/shared`;
  const apply = (manager: string, data: Record<string, string>, more = "") => ({
    path: `${path}?fieldManager=${manager}${more}`,
    request: {
      contentType: "application/apply-patch+yaml",
      body: configMapNamed("shared", data),
    },
  });
  const first = apply("one", { a: "1", b: "1" });
  const created = await client.send("PATCH", first.path, first.request);
  assert.equal(created.code, 201);

  const other = apply("two", { b: "2" });
  const conflict = await client.refused(
    409,
    "PATCH",
    other.path,
    other.request,
  );
  assert.equal(
    conflict["message"],
    'Apply failed with 1 conflict: conflict with "one": .data.b',
  );

  const forced = apply("two", { b: "2" }, "&force=true");
  await client.ok("PATCH", forced.path, forced.request);
  // "one" lets go of a; b belongs to "two" by now and stays.
  const less = apply("one", {});
  const left = await client.ok("PATCH", less.path, less.request);
  assert.deepEqual(left["data"], { b: "2" });

  await client.refused(422, "PATCH", path, first.request);
});

Deno.test("startEmbeddedApi() selects lists by labels and fields", async () => {
  await using client = await EmbeddedClient.start();
  await client.ok("POST", PODS, { body: podNamed("a", { app: "x", v: "1" }) });
  await client.ok("POST", PODS, { body: podNamed("b", { app: "x", v: "2" }) });
  await client.ok("POST", PODS, { body: podNamed("c", { app: "y" }) });
  const rows = [
    ["labelSelector=app%3Dx", ["a", "b"]],
    ["labelSelector=v", ["a", "b"]],
    ["labelSelector=!v", ["c"]],
    ["labelSelector=v%20in%20(2,3)", ["b"]],
    ["labelSelector=app!%3Dx", ["c"]],
    ["fieldSelector=metadata.name%3Da", ["a"]],
    ["fieldSelector=metadata.name!%3Da,status.phase%3DPending", ["b", "c"]],
  ] as const;
  for (const [query, names] of rows) {
    const list = await client.ok("GET", `/api/v1/pods?${query}`);
    assert.deepEqual(namesIn(list), names, query);
  }
  await client.refused(400, "GET", `${PODS}?labelSelector=a%3D%3D%3Db`);
  await client.refused(400, "GET", `${PODS}?fieldSelector=spec.x%3D1`);
});

Deno.test("startEmbeddedApi() serves a list in pages of one moment", async () => {
  await using client = await EmbeddedClient.start();
  for (const name of ["a", "b", "c", "d"]) {
    await client.ok("POST", PODS, { body: podNamed(name) });
  }
  const first = await client.ok("GET", `${PODS}?limit=2`);
  assert.deepEqual(namesIn(first), ["a", "b"]);
  assert.equal(valueAt(first, "metadata", "remainingItemCount"), 2);
  // What happens between the pages is not seen.
  await client.ok("DELETE", `${PODS}/c`);
  await client.ok("POST", PODS, { body: podNamed("e") });
  const token = encodeURIComponent(textAt(first, "metadata", "continue"));
  const second = await client.ok("GET", `${PODS}?limit=2&continue=${token}`);
  assert.deepEqual(namesIn(second), ["c", "d"]);
  assert.equal(textAt(second, "metadata", "continue"), "");
  assert.equal(
    textAt(second, "metadata", "resourceVersion"),
    textAt(first, "metadata", "resourceVersion"),
  );
  await client.refused(400, "GET", `${PODS}?continue=nonsense`);
});

Deno.test("startEmbeddedApi() ends pages whose moment is forgotten with 410", async () => {
  await using client = await EmbeddedClient.start({ historyLength: 2 });
  for (const name of ["a", "b"]) {
    await client.ok("POST", PODS, { body: podNamed(name) });
  }
  const first = await client.ok("GET", `${PODS}?limit=1`);
  for (const name of ["c", "d", "e", "f"]) {
    await client.ok("POST", PODS, { body: podNamed(name) });
  }
  const token = encodeURIComponent(textAt(first, "metadata", "continue"));
  const gone = await client.refused(410, "GET", `${PODS}?continue=${token}`);
  assert.equal(gone["reason"], "Expired");
});

Deno.test("startEmbeddedApi() prints tables and metadata on request", async () => {
  await using client = await EmbeddedClient.start();
  await client.ok("POST", PODS, { body: podNamed("a") });
  const table = await client.ok("GET", PODS, {
    accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
  });
  assert.equal(table["kind"], "Table");
  const columns = listAt(table, "columnDefinitions");
  assert.deepEqual(
    columns.map((column) => textAt(column, "name")),
    [
      "Name",
      "Ready",
      "Status",
      "Restarts",
      "Age",
      "IP",
      "Node",
      "Nominated Node",
      "Readiness Gates",
    ],
  );
  const [row] = listAt(table, "rows");
  assert.deepEqual(listAt(row, "cells").slice(0, 4), [
    "a",
    "0/1",
    "Pending",
    0,
  ]);
  assert.equal(textAt(row, "object", "kind"), "PartialObjectMetadata");

  const metadata = await client.ok("GET", `${PODS}/a`, {
    accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
  });
  assert.deepEqual(Object.keys(metadata), ["kind", "apiVersion", "metadata"]);
  await client.refused(406, "GET", PODS, { accept: "text/html" });
  const protobuf = await client.send("GET", PODS, {
    accept: "application/vnd.kubernetes.protobuf",
  });
  assert.equal(protobuf.headers.get("content-type"), "application/json");
});

Deno.test("startEmbeddedApi() serves discovery one by one, and aggregated", async () => {
  await using client = await EmbeddedClient.start();
  assert.deepEqual(await client.ok("GET", "/api"), {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{
      clientCIDR: "0.0.0.0/0",
      serverAddress: client.api.url.replace("https://", ""),
    }],
  });
  const { groups } = await client.ok("GET", "/apis");
  const names = listAt({ groups: groups ?? [] }, "groups").map((group) =>
    textAt(group, "preferredVersion", "groupVersion")
  );
  assert.ok(names.includes("apps/v1") && names.includes("batch/v1"));
  const group = await client.ok("GET", "/apis/apps");
  assert.equal(group["name"], "apps");
  for (const version of ["v2", "v2beta1"]) {
    const accept =
      `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    for (const path of ["/api", "/apis"]) {
      const { body, headers } = await client.send("GET", path, { accept });
      assert.equal(headers.get("content-type"), accept);
      assert.equal(body["apiVersion"], `apidiscovery.k8s.io/${version}`);
      const items = listAt(body, "items");
      assert.equal(items.length === 1, path === "/api");
    }
  }
});

Deno.test("startEmbeddedApi() sends events as they happen, from a revision on", async () => {
  await using client = await EmbeddedClient.start();
  await client.ok("POST", PODS, { body: podNamed("a", { app: "x" }) });
  const list = await client.ok("GET", PODS);
  const version = textAt(list, "metadata", "resourceVersion");
  await client.ok("POST", PODS, { body: podNamed("b", { app: "x" }) });
  await using watch = await client.watch(
    `${PODS}?watch=1&resourceVersion=${version}&labelSelector=app%3Dx`,
  );
  const seen = async () => {
    const { type, object } = await watch.next();
    return `${type} ${textAt(object, "metadata", "name")}`;
  };
  assert.equal(await seen(), "ADDED b");
  const relabel = (name: string, app: string) =>
    client.ok("PATCH", `${PODS}/${name}`, {
      contentType: "application/merge-patch+json",
      body: { metadata: { labels: { app } } },
    });
  await relabel("a", "y");
  assert.equal(await seen(), "DELETED a");
  await relabel("a", "x");
  assert.equal(await seen(), "ADDED a");
  await client.ok("PATCH", `${PODS}/a/status`, {
    contentType: "application/merge-patch+json",
    body: { status: { phase: "Running" } },
  });
  assert.equal(await seen(), "MODIFIED a");
  await client.ok("DELETE", `${PODS}/b`);
  assert.equal(await seen(), "DELETED b");
});

Deno.test("startEmbeddedApi() streams lists that end with a bookmark", async () => {
  await using client = await EmbeddedClient.start();
  await client.ok("POST", PODS, { body: podNamed("a") });
  await using watch = await client.watch(
    `${PODS}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
  );
  assert.equal((await watch.next()).type, "ADDED");
  const bookmark = await watch.next();
  assert.equal(bookmark.type, "BOOKMARK");
  assert.deepEqual(valueAt(bookmark.object, "metadata", "annotations"), {
    "k8s.io/initial-events-end": "true",
  });
  await client.ok("DELETE", `${PODS}/a`);
  assert.equal((await watch.next()).type, "DELETED");
});

Deno.test("startEmbeddedApi() refuses a bad watch before it begins", async () => {
  await using client = await EmbeddedClient.start();
  const rows = [
    [422, "sendInitialEvents=true"],
    [422, "resourceVersionMatch=NotOlderThan"],
    [400, "resourceVersion=nonsense"],
    [400, "labelSelector=a%3D%3D%3Db"],
    [400, "fieldSelector=spec.nothing%3D1"],
  ] as const;
  for (const [code, query] of rows) {
    await client.refused(code, "GET", `${PODS}?watch=1&${query}`);
  }
});

Deno.test("startEmbeddedApi() tells a watch that its past is forgotten", async () => {
  await using client = await EmbeddedClient.start({ historyLength: 2 });
  await using watch = await client.watch(`${PODS}?watch=1&resourceVersion=1`);
  const { type, object } = await watch.next();
  assert.equal(type, "ERROR");
  assert.equal(object["code"], 410);
  assert.equal(object["reason"], "Expired");
  assert.ok(await watch.isDone());
});

Deno.test("startEmbeddedApi() ends a watch when its time is over", async () => {
  const timers: (() => void)[] = [];
  const clock = {
    now: () => Date.now(),
    after: (_delay: number, action: () => void) => {
      timers.push(action);
      return () => {};
    },
  };
  await using client = await EmbeddedClient.start({ clock });
  await using watch = await client.watch(
    `${PODS}?watch=1&timeoutSeconds=60&allowWatchBookmarks=true`,
  );
  timers[0]?.();
  assert.equal((await watch.next()).type, "BOOKMARK");
  assert.ok(await watch.isDone());
});

Deno.test("startEmbeddedApi() removes a namespace with all that is in it", async () => {
  await using client = await EmbeddedClient.start();
  await client.ok("POST", "/api/v1/namespaces", {
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
  });
  const pods = "/api/v1/namespaces/shop/pods";
  await client.ok("POST", pods, { body: podNamed("a") });
  await client.ok("GET", "/api/v1/namespaces/shop/serviceaccounts/default");
  await client.ok("DELETE", "/api/v1/namespaces/shop");
  assert.deepEqual(namesIn(await client.ok("GET", pods)), []);
  const missing = await client.refused(404, "POST", pods, {
    body: podNamed("a"),
  });
  assert.equal(missing["message"], 'namespaces "shop" not found');
  await client.refused(403, "DELETE", "/api/v1/namespaces/default");
});

Deno.test("startEmbeddedApi() keeps an object until its finalizers are gone", async () => {
  await using client = await EmbeddedClient.start();
  const body = configMapNamed("held");
  await client.ok("POST", CONFIG_MAPS, {
    body: {
      ...body,
      metadata: { name: "held", finalizers: ["example.com/x"] },
    },
  });
  const path = `${CONFIG_MAPS}/held`;
  const marked = await client.ok("DELETE", path);
  assert.notEqual(textAt(marked, "metadata", "deletionTimestamp"), "");
  await client.ok("GET", path);
  await client.ok("PATCH", path, {
    contentType: "application/merge-patch+json",
    body: { metadata: { finalizers: null } },
  });
  await client.refused(404, "GET", path);
});

Deno.test("startEmbeddedApi() heeds preconditions and dry runs", async () => {
  await using client = await EmbeddedClient.start();
  await client.ok("POST", CONFIG_MAPS, { body: configMapNamed("a") });
  const path = `${CONFIG_MAPS}/a`;
  await client.refused(409, "DELETE", path, {
    body: { preconditions: { uid: "another" } },
  });
  await client.ok("DELETE", `${path}?dryRun=All`);
  await client.ok("POST", `${CONFIG_MAPS}?dryRun=All`, {
    body: configMapNamed("b"),
  });
  const names = namesIn(await client.ok("GET", CONFIG_MAPS));
  assert.deepEqual(names, ["a", "kube-root-ca.crt"]);
});

Deno.test("startEmbeddedApi() deletes collections by selector", async () => {
  await using client = await EmbeddedClient.start();
  for (const [name, app] of [["a", "x"], ["b", "y"], ["c", "x"]] as const) {
    await client.ok("POST", PODS, { body: podNamed(name, { app }) });
  }
  const deleted = await client.ok("DELETE", `${PODS}?labelSelector=app%3Dx`);
  assert.deepEqual(namesIn(deleted), ["a", "c"]);
  assert.deepEqual(namesIn(await client.ok("GET", PODS)), ["b"]);
});

Deno.test("startEmbeddedApi() makes names, counts generations and keeps the status apart", async () => {
  await using client = await EmbeddedClient.start();
  const pod = await client.ok("POST", PODS, {
    body: {
      ...podNamed(""),
      metadata: { generateName: "web-" },
      status: { phase: "Running" },
    },
  });
  const name = textAt(pod, "metadata", "name");
  assert.match(name, /^web-[a-z0-9]{5}$/);
  assert.equal(textAt(pod, "status", "phase"), "Pending");
  assert.equal(valueAt(pod, "metadata", "generation"), 1);
  const running = await client.ok("PATCH", `${PODS}/${name}/status`, {
    contentType: "application/merge-patch+json",
    body: { status: { phase: "Running" }, spec: { nodeName: "x" } },
  });
  assert.equal(textAt(running, "status", "phase"), "Running");
  assert.equal(valueAt(running, "metadata", "generation"), 1);
  assert.equal(valueAt(running, "spec", "nodeName"), undefined);
  const changed = await client.ok("PATCH", `${PODS}/${name}`, {
    contentType: "application/merge-patch+json",
    body: { spec: { nodeName: "x" }, status: { phase: "Failed" } },
  });
  assert.equal(valueAt(changed, "metadata", "generation"), 2);
  assert.equal(textAt(changed, "status", "phase"), "Running");
});

Deno.test("startEmbeddedApi() refuses what makes no sense", async () => {
  await using client = await EmbeddedClient.start();
  const noContainers = await client.refused(422, "POST", PODS, {
    body: { ...podNamed("a"), spec: {} },
  });
  assert.equal(
    noContainers["message"],
    'Pod "a" is invalid: spec.containers: Required value',
  );
  await client.refused(422, "POST", PODS, { body: podNamed("Not_A_Name") });
  await client.refused(400, "POST", PODS, { body: configMapNamed("a") });
  await client.refused(400, "POST", PODS, { body: ["a list"] });
  await client.refused(400, "POST", PODS, {
    body: { ...podNamed("a"), metadata: { name: "a", namespace: "other" } },
  });
  await client.refused(404, "GET", "/api/v1/namespaces/default/nothings");
  await client.refused(404, "GET", `${PODS}/a/exec`);
  await client.refused(405, "POST", "/api/v1/pods", { body: podNamed("a") });
  await client.refused(405, "PUT", PODS, { body: podNamed("a") });
  await client.refused(504, "GET", `${PODS}?resourceVersion=999999`);
  for (const path of ["/nothing", "/apis/none.example.com/v1/things"]) {
    const unknown = await client.fetch("GET", path);
    assert.equal(unknown.status, 404);
    assert.equal(await unknown.text(), "404 page not found\n");
  }
});

Deno.test("startEmbeddedApi() refuses bodies of other types, and over 3 MiB", async () => {
  await using client = await EmbeddedClient.start();
  await client.refused(415, "POST", CONFIG_MAPS, {
    contentType: "application/cbor",
    body: configMapNamed("a"),
  });
  await client.refused(400, "POST", CONFIG_MAPS, {
    contentType: "application/vnd.kubernetes.protobuf",
    body: configMapNamed("a"),
  });
  await client.refused(413, "POST", CONFIG_MAPS, {
    body: configMapNamed("a", { big: "x".repeat(3 * 1024 * 1024) }),
  });
});

Deno.test("startEmbeddedApi() fills a Secret's data from its stringData", async () => {
  await using client = await EmbeddedClient.start();
  const secret = await client.ok("POST", "/api/v1/namespaces/default/secrets", {
    body: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      stringData: { password: "päss" },
    },
  });
  assert.deepEqual(secret["data"], { password: "cMOkc3M=" });
  assert.equal(secret["stringData"], undefined);
  assert.equal(secret["type"], "Opaque");
});

Deno.test("startEmbeddedApi() answers reviews and issues tokens", async () => {
  await using client = await EmbeddedClient.start();
  const request = await client.ok(
    "POST",
    "/api/v1/namespaces/default/serviceaccounts/default/token",
    { body: { spec: { expirationSeconds: 600 } } },
  );
  const token = textAt(request, "status", "token");
  const reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  const self = await client.ok("POST", reviews, { token, body: {} });
  const username = "system:serviceaccount:default:default";
  assert.equal(textAt(self, "status", "userInfo", "username"), username);

  const tokenReview = await client.ok(
    "POST",
    "/apis/authentication.k8s.io/v1/tokenreviews",
    { body: { spec: { token } } },
  );
  assert.equal(valueAt(tokenReview, "status", "authenticated"), true);
  assert.ok(!JSON.stringify(tokenReview).includes(token));

  const access = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const attributes = { verb: "list", resource: "pods", namespace: "default" };
  const mayI = await client.ok("POST", access, {
    body: { spec: { resourceAttributes: attributes } },
  });
  assert.equal(valueAt(mayI, "status", "allowed"), true);
});

Deno.test("startEmbeddedApi() holds ServiceAccounts to the access they are given", async () => {
  await using client = await EmbeddedClient.start({
    serviceAccountAccess: "read",
  });
  const [[, authorization = ""] = []] = await client.api.target.credentials
    .headers();
  const token = authorization.replace("Bearer ", "");
  await client.ok("GET", PODS, { token });
  await client.refused(403, "POST", PODS, { token, body: podNamed("a") });
  await client.refused(
    403,
    "GET",
    "/api/v1/namespaces/default/secrets",
    { token },
  );
  const asAdmin = { token, headers: { "impersonate-user": "admin" } };
  const refused = await client.refused(403, "GET", PODS, asAdmin);
  assert.match(
    textAt(refused, "message"),
    /cannot impersonate resource "users"/,
  );
});

Deno.test("startEmbeddedApi() lets administrators act as others", async () => {
  await using client = await EmbeddedClient.start();
  const headers = { "impersonate-user": "jane" };
  const refused = await client.refused(403, "GET", PODS, { headers });
  assert.match(textAt(refused, "message"), /User "jane" cannot list/);
  await client.refused(400, "GET", PODS, {
    headers: { "impersonate-group": "x" },
  });
});

Deno.test("EmbeddedApi.rotateToken() makes the old token unknown", async () => {
  await using client = await EmbeddedClient.start();
  const { credentials } = client.api.target;
  const read = async () => {
    const [[, value = ""] = []] = await credentials.headers();
    return value.replace("Bearer ", "");
  };
  const old = await read();
  await client.ok("GET", PODS, { token: old });
  assert.equal(await credentials.refresh(), false);
  client.api.rotateToken();
  await client.refused(401, "GET", PODS, { token: await read() });
  assert.equal(await credentials.refresh(), true);
  await client.ok("GET", PODS, { token: await read() });
});

Deno.test("EmbeddedApi.requests records what arrived, credentials too", async () => {
  await using client = await EmbeddedClient.start();
  await client.ok("GET", `${PODS}?limit=5`, {
    headers: { "X-Extra": "Yes" },
  });
  await client.refused(401, "GET", PODS, { token: "nonsense" });
  const [first, second] = client.api.requests;
  assert.equal(first?.method, "GET");
  assert.equal(first?.target, `${PODS}?limit=5`);
  assert.equal(first?.code, 200);
  assert.equal(first?.username, "kubernetes-admin");
  assert.equal(second?.code, 401);
  assert.equal(second?.username, undefined);
  const sent = second?.headers.find(([name]) =>
    name.toLowerCase() === "authorization"
  );
  assert.equal(sent?.[1], "Bearer nonsense");
});

Deno.test("EmbeddedApi.close() ends watches and frees the port", async () => {
  const client = await EmbeddedClient.start();
  const watch = await client.watch(`${PODS}?watch=1`);
  const { port } = client.api;
  await client[Symbol.asyncDispose]();
  await assert.rejects(watch.isDone());
  await watch[Symbol.asyncDispose]();
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port }));
});

Deno.test("startEmbeddedApi() reports a port that is taken", async () => {
  await using client = await EmbeddedClient.start();
  await assert.rejects(
    EmbeddedClient.start({ port: client.api.port }),
    { code: "EADDRINUSE" },
  );
});

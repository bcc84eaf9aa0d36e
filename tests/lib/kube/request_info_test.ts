import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import {
  type RequestInfo,
  requestInfo,
} from "../../../lib/kube/request_info.ts";
import { McaError } from "../../../lib/errors.ts";

/** The fields a case states; the others must be empty. */
type Expected = Partial<RequestInfo> & { readonly verb: string };

const RESOURCE_CASES: readonly [
  method: string,
  target: string,
  expected: Expected,
][] = [
  // Namespaces: a namespace's own requests count as requests in it.
  ["GET", "/api/v1/namespaces", { verb: "list", resource: "namespaces" }],
  ["GET", "/api/v1/namespaces/other", {
    verb: "get",
    namespace: "other",
    resource: "namespaces",
    name: "other",
  }],
  ["PUT", "/api/v1/namespaces/other/finalize", {
    verb: "update",
    namespace: "other",
    resource: "namespaces",
    subresource: "finalize",
    name: "other",
  }],
  ["PUT", "/api/v1/namespaces/other/status", {
    verb: "update",
    namespace: "other",
    resource: "namespaces",
    subresource: "status",
    name: "other",
  }],
  // Lists, objects, and objects in namespaces.
  ["GET", "/api/v1/pods", { verb: "list", resource: "pods" }],
  ["HEAD", "/api/v1/pods", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/namespaces/other/pods", {
    verb: "list",
    namespace: "other",
    resource: "pods",
  }],
  ["GET", "/api/v1/namespaces/other/pods/foo", {
    verb: "get",
    namespace: "other",
    resource: "pods",
    name: "foo",
  }],
  ["HEAD", "/api/v1/namespaces/other/pods/foo", {
    verb: "get",
    namespace: "other",
    resource: "pods",
    name: "foo",
  }],
  ["GET", "/apis/batch/v1/jobs/foo/scale", {
    verb: "get",
    apiGroup: "batch",
    resource: "jobs",
    subresource: "scale",
    name: "foo",
  }],
  // Verbs in the path.
  ["GET", "/api/v1/proxy/namespaces/other/pods/foo", {
    verb: "proxy",
    namespace: "other",
    resource: "pods",
    name: "foo",
  }],
  ["GET", "/api/v1/proxy/namespaces/other/pods/foo/sub/path", {
    verb: "proxy",
    namespace: "other",
    resource: "pods",
    name: "foo",
    parts: ["pods", "foo", "sub", "path"],
  }],
  ["GET", "/api/v1/watch/pods", { verb: "watch", resource: "pods" }],
  ["GET", "/api/v1/watch/namespaces/other/pods", {
    verb: "watch",
    namespace: "other",
    resource: "pods",
  }],
  ["DELETE", "/api/v1/watch/pods", { verb: "watch", resource: "pods" }],
  ["GET", "/api/v1/watch", { verb: "get", isIncomplete: true }],
  ["POST", "/apis/g/v1/proxy", {
    verb: "post",
    apiGroup: "g",
    isIncomplete: true,
  }],
  // Watches by query.
  ["GET", "/api/v1/pods?watch=true", { verb: "watch", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=false", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=1", { verb: "watch", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=0", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/pods?watch", { verb: "watch", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=", { verb: "watch", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=FALSE", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=no", { verb: "watch", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=0&watch=1", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/pods?w%61tch=%31", { verb: "watch", resource: "pods" }],
  ["GET", "/api/v1/pods?Watch=1", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=1;a", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=%zz", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=fal%C5%BFe", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/pods?watch=fal%C5%BFe&limit=x", {
    verb: "watch",
    resource: "pods",
  }],
  ["GET", "/api/v1/pods/foo?watch=1", {
    verb: "get",
    resource: "pods",
    name: "foo",
  }],
  ["POST", "/api/v1/pods?watch=1", { verb: "create", resource: "pods" }],
  // Subresources.
  ["GET", "/api/v1/namespaces/other/pods/foo/proxy/sub", {
    verb: "get",
    namespace: "other",
    resource: "pods",
    subresource: "proxy",
    name: "foo",
    parts: ["pods", "foo", "proxy", "sub"],
  }],
  // Verbs by method.
  ["PATCH", "/api/v1/namespaces/other/pods/foo", {
    verb: "patch",
    namespace: "other",
    resource: "pods",
    name: "foo",
  }],
  ["DELETE", "/api/v1/namespaces/other/pods/foo", {
    verb: "delete",
    namespace: "other",
    resource: "pods",
    name: "foo",
  }],
  ["DELETE", "/api/v1/nodes", { verb: "deletecollection", resource: "nodes" }],
  ["DELETE", "/apis/extensions/v1/namespaces/other/pods", {
    verb: "deletecollection",
    apiGroup: "extensions",
    namespace: "other",
    resource: "pods",
  }],
  ["OPTIONS", "/api/v1/pods", { verb: "", resource: "pods" }],
  ["get", "/api/v1/pods", { verb: "", resource: "pods" }],
  // Selectors.
  ["GET", "/apis/g/v1/r?fieldSelector=metadata.name=a", {
    verb: "list",
    apiGroup: "g",
    resource: "r",
    name: "a",
    fieldSelector: "metadata.name=a",
  }],
  ["GET", "/apis/g/v1/r?watch=1&fieldSelector=metadata.name%3D%3Da", {
    verb: "watch",
    apiGroup: "g",
    resource: "r",
    name: "a",
    fieldSelector: "metadata.name==a",
  }],
  ["GET", "/apis/g/v1/r?fieldSelector=foo=bar&labelSelector=baz=qux", {
    verb: "list",
    apiGroup: "g",
    resource: "r",
    fieldSelector: "foo=bar",
    labelSelector: "baz=qux",
  }],
  ["GET", "/apis/g/v1/r?fieldSelector=metadata.name=a,foo&watch=true", {
    verb: "watch",
    apiGroup: "g",
    resource: "r",
    fieldSelector: "metadata.name=a,foo",
  }],
  ["GET", "/apis/g/v1/r?fieldSelector=metadata.name=a%2Fb", {
    verb: "list",
    apiGroup: "g",
    resource: "r",
    fieldSelector: "metadata.name=a/b",
  }],
  ["GET", "/apis/g/v1/r?fieldSelector=metadata.name=a&limit=1.5", {
    verb: "list",
    apiGroup: "g",
    resource: "r",
    fieldSelector: "metadata.name=a",
  }],
  [
    "GET",
    "/apis/g/v1/r?fieldSelector=metadata.name=a&labelSelector=a%3D%3D%3D",
    {
      verb: "list",
      apiGroup: "g",
      resource: "r",
      fieldSelector: "metadata.name=a",
      labelSelector: "a===",
    },
  ],
  ["GET", "/apis/g/v1/r?fieldSelector=metadata.name=b,metadata.name=a", {
    verb: "list",
    apiGroup: "g",
    resource: "r",
    name: "a",
    fieldSelector: "metadata.name=b,metadata.name=a",
  }],
  ["DELETE", "/apis/g/v1/r?fieldSelector=metadata.name=a&labelSelector=b=c", {
    verb: "deletecollection",
    apiGroup: "g",
    resource: "r",
    fieldSelector: "metadata.name=a",
    labelSelector: "b=c",
  }],
  ["GET", "/apis/g/v1/r/n?fieldSelector=foo=bar", {
    verb: "get",
    apiGroup: "g",
    resource: "r",
    name: "n",
  }],
  ["GET", "/apis/g/v1/watch/r?fieldSelector=metadata.name=a", {
    verb: "watch",
    apiGroup: "g",
    resource: "r",
  }],
  // The path as Go decodes it: escapes before splitting, nothing normalised.
  ["GET", "/api/v1/pods/a%2Fb", {
    verb: "get",
    resource: "pods",
    subresource: "b",
    name: "a",
    path: "/api/v1/pods/a/b",
  }],
  ["GET", "/api/v1/namespaces/%2E%2E/secrets/x", {
    verb: "get",
    namespace: "..",
    resource: "secrets",
    name: "x",
    path: "/api/v1/namespaces/../secrets/x",
  }],
  ["GET", "/api/v1//pods", {
    verb: "get",
    name: "pods",
    path: "/api/v1//pods",
  }],
  ["GET", "//api/v1/pods/", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/pods/a+b", { verb: "get", resource: "pods", name: "a+b" }],
  ["GET", "/api/v1/pods/a#b", { verb: "get", resource: "pods", name: "a#b" }],
  ["GET", "/api/v1/pods/%C3%A9", { verb: "get", resource: "pods", name: "é" }],
  ["GET", "/api/v1/pods/\u00c3\u00a9", {
    verb: "get",
    resource: "pods",
    name: "é",
  }],
  ["GET", "https://10.0.0.1:443/api/v1/pods?watch=1", {
    verb: "watch",
    resource: "pods",
    path: "/api/v1/pods",
  }],
];

Deno.test("requestInfo() understands resource requests", () => {
  for (const [method, target, expected] of RESOURCE_CASES) {
    const info = requestInfo(method, target);
    const path = target.split("?")[0] ?? "";
    deepStrictEqual(info, {
      isResourceRequest: true,
      path: decodeURIComponent(path),
      apiPrefix: path.includes("/apis/") ? "apis" : "api",
      apiGroup: "",
      apiVersion: "v1",
      namespace: "",
      resource: "",
      subresource: "",
      name: "",
      parts: info.parts,
      fieldSelector: "",
      labelSelector: "",
      isIncomplete: false,
      ...(target.includes("\u00c3") ? { path: "/api/v1/pods/é" } : {}),
      ...expected,
    }, `${method} ${target}`);
  }
});

Deno.test("requestInfo() gives the path from the resource on as parts", () => {
  const cases: [string, string[]][] = [
    ["/api/v1/namespaces", ["namespaces"]],
    ["/api/v1/namespaces/a", ["namespaces", "a"]],
    ["/api/v1/namespaces/a/status", ["namespaces", "a", "status"]],
    ["/api/v1/namespaces/a/pods", ["pods"]],
    ["/api/v1/namespaces/a/pods/b/log", ["pods", "b", "log"]],
    ["/api/v1/watch/namespaces/a/pods/b", ["pods", "b"]],
    ["/apis/g/v1/r?fieldSelector=metadata.name=a", ["r"]],
    ["/api/v1/watch", []],
    ["/healthz/ping/x", []],
  ];
  for (const [target, parts] of cases) {
    deepStrictEqual(requestInfo("GET", target).parts, parts, target);
  }
});

Deno.test("requestInfo() takes everything else for a non-resource request", () => {
  const targets = [
    "/",
    "//",
    "*",
    "/api",
    "/api/v1",
    "/api/v1/",
    "/apis",
    "/apis/apps",
    "/apis/apps/v1",
    "/apis/apps/v1/",
    "/healthz",
    "/openapi/v3/apis/apps/v1",
    "/API/v1/pods",
    "/not-api/v1/pods",
    "opaque:x",
  ];
  for (const target of targets) {
    const info = requestInfo("PaTCH", target);
    strictEqual(info.isResourceRequest, false, target);
    strictEqual(info.verb, "patch", target);
    strictEqual(info.resource, "", target);
  }
});

Deno.test("requestInfo() refuses targets that Go's server refuses", () => {
  const targets = [
    "",
    "api/v1/pods",
    "/api/v1/pods/%",
    "/api/v1/pods/%4",
    "/api/v1/pods/%zz",
    "/api/v1/pods\u0000",
    "/api/v1/pods\u007f",
    "/a?b=\u0001",
    ":/a",
  ];
  for (const target of targets) {
    throws(
      () => requestInfo("GET", target),
      (error) => error instanceof McaError && error.code === "protocol",
      JSON.stringify(target),
    );
  }
});

Deno.test("requestInfo() agrees with kube-apiserver's own code", async () => {
  // Written by request_info_oracle/write_golden.ts.
  const golden = new URL(
    "../../testdata/kube/request_info.jsonl",
    import.meta.url,
  );
  const lines = (await Deno.readTextFile(golden)).trimEnd().split("\n");
  strictEqual(lines.length, 1500);
  for (const line of lines) {
    const { method, target, info } = JSON.parse(line);
    if (info === null) {
      throws(
        () => requestInfo(method, target),
        (error) => error instanceof McaError && error.code === "protocol",
        line,
      );
    } else {
      deepStrictEqual(requestInfo(method, target), info, line);
    }
  }
});

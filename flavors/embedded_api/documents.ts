/**
 * Everything that is served outside of resources: health, version, discovery,
 * OpenAPI.
 *
 * @module
 */

import type { JsonObject } from "../../lib/kube/json.ts";
import { ApiError, unknownResource } from "./api_error.ts";
import {
  acceptedForm,
  type ApiAnswer,
  type ApiRequest,
  jsonAnswer,
  pathNotFound,
} from "./api_request.ts";
import {
  aggregatedDiscovery,
  coreVersions,
  groupDocument,
  groupList,
  resourceList,
} from "./discovery.ts";
import { openApiDocument, openApiIndex } from "./openapi.ts";

/** The Kubernetes version that the embedded API stands in for. */
export const KUBERNETES_VERSION = { major: "1", minor: "37" } as const;

const VERSION: JsonObject = {
  ...KUBERNETES_VERSION,
  gitVersion:
    `v${KUBERNETES_VERSION.major}.${KUBERNETES_VERSION.minor}.0-mca.embedded`,
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "deno",
  platform: "",
};

type Server = (request: ApiRequest, matched: readonly string[]) => ApiAnswer;

function found(document: JsonObject | undefined): ApiAnswer {
  return document === undefined ? pathNotFound() : jsonAnswer(document);
}

function healthy(): ApiAnswer {
  return { kind: "text", code: 200, text: "ok" };
}

function discovery(
  path: "/api" | "/apis",
  legacy: (request: ApiRequest) => JsonObject,
): Server {
  return (request) => {
    const form = acceptedForm(request, [
      "discovery-v2",
      "discovery-v2beta1",
      "object",
    ]);
    if (form !== "discovery-v2" && form !== "discovery-v2beta1") {
      return jsonAnswer(legacy(request));
    }
    const version = form === "discovery-v2" ? "v2" : "v2beta1";
    return {
      kind: "json",
      code: 200,
      body: aggregatedDiscovery(path, version),
      contentType:
        `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    };
  };
}

/** By path; the first that fits. */
const DOCUMENTS: readonly {
  readonly path: RegExp;
  readonly serve: Server;
}[] = [
  { path: /^\/(healthz|livez|readyz)(\/.*)?$/, serve: healthy },
  { path: /^\/version\/?$/, serve: () => jsonAnswer(VERSION) },
  {
    path: /^\/$/,
    serve: () =>
      jsonAnswer({
        paths: [
          "/api",
          "/apis",
          "/healthz",
          "/livez",
          "/openapi/v3",
          "/readyz",
          "/version",
        ],
      }),
  },
  {
    path: /^\/api\/?$/,
    serve: discovery(
      "/api",
      (request) => coreVersions(request.headers.first("host") ?? ""),
    ),
  },
  { path: /^\/apis\/?$/, serve: discovery("/apis", groupList) },
  {
    path: /^\/api\/([^/]+)\/?$/,
    serve: (_request, [version = ""]) => {
      const list = resourceList("", version);
      if (list === undefined) throw unknownResource();
      return jsonAnswer(list);
    },
  },
  {
    path: /^\/apis\/([^/]+)\/?$/,
    serve: (_request, [group = ""]) => found(groupDocument(group)),
  },
  {
    path: /^\/apis\/([^/]+)\/([^/]+)\/?$/,
    serve: (_request, [group = "", version = ""]) =>
      found(resourceList(group, version)),
  },
  { path: /^\/openapi\/v3\/?$/, serve: () => jsonAnswer(openApiIndex()) },
  {
    path: /^\/openapi\/v3\/(.+)$/,
    serve: (_request, [path = ""]) => found(openApiDocument(path)),
  },
];

/**
 * The document at a path.
 *
 * @throws {ApiError} 404, 405 or 406.
 */
export function serveDocument(request: ApiRequest, path: string): ApiAnswer {
  for (const document of DOCUMENTS) {
    const matched = document.path.exec(path);
    if (matched === null) continue;
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw new ApiError("MethodNotAllowed", "the method is not allowed here");
    }
    return document.serve(request, matched.slice(1));
  }
  return pathNotFound();
}

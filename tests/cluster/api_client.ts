/** Requests to the API server that the tests' own scaffolding makes. */

// fetch would go through a proxy that HTTPS_PROXY names; node:https does not
import { request } from "node:https";
import { ClusterError } from "./cluster_error.ts";

/** How to reach an API server, and as whom. */
export interface ApiTarget {
  readonly host: string;
  readonly port: number;
  readonly caPem: string;
  readonly token: string;
}

/** A whole response. */
export interface ApiResponse {
  readonly status: number;
  readonly text: string;
}

/** What a request may carry. */
export interface ApiRequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Sends one request on a connection of its own and reads the whole response. */
export function apiRequest(
  target: ApiTarget,
  method: string,
  path: string,
  options: ApiRequestOptions = {},
): Promise<ApiResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiResponse>();
  const body = options.body === undefined
    ? undefined
    : JSON.stringify(options.body);
  const outgoing = request({
    host: target.host,
    port: target.port,
    ca: target.caPem,
    agent: false,
    method,
    path,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    headers: {
      authorization: `Bearer ${target.token}`,
      accept: "application/json",
      ...(body === undefined ? {} : {
        "content-type": options.contentType ?? "application/json",
        "content-length": String(new TextEncoder().encode(body).length),
      }),
    },
  }, (incoming) => {
    let text = "";
    incoming.setEncoding("utf8");
    incoming.on("data", (chunk: string) => text += chunk);
    incoming.on("error", reject);
    incoming.on(
      "end",
      () => resolve({ status: incoming.statusCode ?? 0, text }),
    );
  });
  outgoing.on("error", reject);
  outgoing.end(body);
  return promise;
}

/**
 * Sends one request and parses the JSON response.
 *
 * @throws {ClusterError} When the status is not a success, nor one of those accepted besides.
 */
export async function apiJson(
  target: ApiTarget,
  method: string,
  path: string,
  options: ApiRequestOptions & { readonly accept?: readonly number[] } = {},
): Promise<unknown> {
  const { status, text } = await apiRequest(target, method, path, options);
  const isAccepted = options.accept?.includes(status) ?? false;
  if ((status < 200 || status > 299) && !isAccepted) {
    throw new ClusterError(`${method} ${path} was answered ${status}: ${text}`);
  }
  return JSON.parse(text);
}

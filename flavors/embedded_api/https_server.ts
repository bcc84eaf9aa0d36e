/**
 * Carrying requests and answers over HTTPS: Node's server, which is another
 * HTTP implementation than MCA's own, and which sets TCP_NODELAY.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { HeaderField } from "../../lib/kube/cluster_target.ts";
import type { JsonObject } from "../../lib/kube/json.ts";
import { ApiError } from "./api_error.ts";
import {
  type ApiAnswer,
  ApiHeaders,
  type ApiRequest,
  jsonAnswer,
} from "./api_request.ts";

/** A running HTTPS server. */
export interface HttpsServer {
  readonly port: number;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

/** How to listen, and who answers. */
export interface HttpsServerOptions {
  readonly hostname: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** In PEM. */
  readonly certificate: string;
  /** In PEM. */
  readonly privateKey: string;
  /** Makes the identifier that kube-apiserver sends as Audit-Id. */
  readonly auditId: () => string;
  /** Called before the body is read; gives back what answers once it is there. */
  readonly receive: (
    request: Omit<ApiRequest, "body">,
  ) => (body: Uint8Array<ArrayBuffer>) => Promise<ApiAnswer>;
}

/** As kube-apiserver: 3 MiB. */
const BODY_LIMIT = 3 * 1024 * 1024;

/** A watch whose client does not read is ended when this many bytes wait. */
const BACKLOG_LIMIT = 16 * 1024 * 1024;

/**
 * Starts to listen.
 *
 * @throws {Error} The system's own, with `code` (`EADDRINUSE` …).
 */
export async function startHttpsServer(
  options: HttpsServerOptions,
): Promise<HttpsServer> {
  const server = createServer(
    { cert: options.certificate, key: options.privateKey },
    (incoming, response) => {
      serve(options, incoming, response).catch((error: unknown) => {
        // A fault of this program: the test that caused it has to see it.
        response.destroy();
        reportError(error);
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.hostname, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null
    ? address.port
    : options.port;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  options: HttpsServerOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answerTo = options.receive({
    method: incoming.method ?? "GET",
    target: incoming.url ?? "/",
    headers: new ApiHeaders(headerFields(incoming.rawHeaders)),
  });
  const body = await readBytes(incoming);
  if (body === "gone") return;
  const answer = body === "too large"
    ? jsonAnswer(TOO_LARGE.status, TOO_LARGE.code)
    : await answerTo(body);
  send(response, answer, {
    "Audit-Id": options.auditId(),
    "Cache-Control": "no-cache, private",
  });
}

const TOO_LARGE = new ApiError(
  "RequestEntityTooLarge",
  `Request entity too large: limit is ${BODY_LIMIT}`,
);

function headerFields(raw: readonly string[]): HeaderField[] {
  const fields: HeaderField[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    fields.push([raw[index] ?? "", raw[index + 1] ?? ""]);
  }
  return fields;
}

async function readBytes(
  incoming: IncomingMessage,
): Promise<Uint8Array<ArrayBuffer> | "too large" | "gone"> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming) {
      if (!(chunk instanceof Uint8Array)) continue;
      length += chunk.length;
      // What is too much is read all the same: the client hears of it only then.
      if (length <= BODY_LIMIT) chunks.push(chunk);
    }
  } catch {
    return "gone";
  }
  if (length > BODY_LIMIT) return "too large";
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

function send(
  response: ServerResponse,
  answer: ApiAnswer,
  headers: Readonly<Record<string, string>>,
): void {
  if (answer.kind === "watch") {
    sendWatch(response, answer.start, headers);
    return;
  }
  const [contentType, text] = answer.kind === "text"
    ? ["text/plain; charset=utf-8", answer.text]
    : [answer.contentType ?? "application/json", line(answer.body)];
  const bytes = new TextEncoder().encode(text);
  response.writeHead(answer.code, {
    ...headers,
    "Content-Type": contentType,
    "Content-Length": bytes.length,
  });
  response.end(bytes);
}

function line(value: JsonObject): string {
  return `${JSON.stringify(value)}\n`;
}

function sendWatch(
  response: ServerResponse,
  start: Extract<ApiAnswer, { kind: "watch" }>["start"],
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(200, { ...headers, "Content-Type": "application/json" });
  response.flushHeaders();
  const stop = start({
    send: ({ type, object }) => {
      response.write(line({ type, object }));
      if (response.writableLength > BACKLOG_LIMIT) response.destroy();
    },
    end: () => {
      response.end();
    },
  });
  if (response.closed || response.destroyed) stop();
  else response.on("close", stop);
}

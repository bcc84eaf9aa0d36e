/** Calling the webhook's handler as the API server does, in memory. */

import { isJsonObject, type JsonValue } from "../../../lib/kube/json.ts";
import { Logger } from "../../../lib/log/logger.ts";
import { DEFAULT_SETTINGS } from "../../../lib/inject/settings.ts";
import type { HttpsRequest, HttpsResponse } from "../../../lib/platform.ts";
import type { JsonPatchOperation } from "../../../lib/kube/json_patch.ts";
import {
  WebhookHandler,
  type WebhookHandlerOptions,
} from "../../../lib/webhook/webhook_handler.ts";

/** A timer that a test lets run out. */
export class ManualTimers {
  readonly #actions = new Map<() => void, number>();

  readonly clock = {
    monotonic: () => 0,
    after: (delay: number, action: () => void) => {
      this.#actions.set(action, delay);
      return () => this.#actions.delete(action);
    },
  };

  /** The delays asked for that have not run out or been called off. */
  get delays(): number[] {
    return [...this.#actions.values()];
  }

  /** Lets all of them run out. */
  runOut(): void {
    for (const action of [...this.#actions.keys()]) {
      this.#actions.delete(action);
      action();
    }
  }
}

/** A handler and what it has logged. */
export interface TestHandler {
  readonly handler: WebhookHandler;
  readonly timers: ManualTimers;
  /** The lines, parsed. */
  log(): Record<string, unknown>[];
  /** The lines as they are. */
  logText(): string;
}

/** A handler with default settings unless told otherwise. */
export function testHandler(
  options: Partial<WebhookHandlerOptions> = {},
): TestHandler {
  const lines: string[] = [];
  const timers = new ManualTimers();
  const logger = new Logger({
    level: "debug",
    format: "json",
    clock: { now: () => 0 },
    sink: (line) => lines.push(line),
  });
  const handler = new WebhookHandler({
    settings: { inject: DEFAULT_SETTINGS, uninjectable: "admit" },
    clock: timers.clock,
    logger,
    notReadyReason: () => undefined,
    ...options,
  });
  return {
    handler,
    timers,
    log: () => lines.map((line) => JSON.parse(line)),
    logText: () => lines.join(""),
  };
}

/** A request with a body that is there at once, in pieces. */
export function request(
  method: string,
  target: string,
  body: Uint8Array<ArrayBuffer> | string = "",
  headers: Readonly<Record<string, string>> = {
    "content-type": "application/json",
  },
): HttpsRequest {
  const bytes = typeof body === "string"
    ? new TextEncoder().encode(body)
    : body;
  return {
    method,
    target,
    header: (name) => headers[name],
    readBody: (take) => {
      for (let at = 0; at < bytes.length; at += 64 * 1024) {
        const piece = Math.min(64 * 1024, bytes.length - at);
        if (!take(piece)) return Promise.resolve(null);
      }
      return Promise.resolve(bytes);
    },
  };
}

/** An AdmissionReview about a new pod, as its JSON. */
export function reviewBody(
  object: JsonValue,
  more: Readonly<Record<string, JsonValue>> = {},
  version = "v1",
): string {
  return JSON.stringify({
    apiVersion: `admission.k8s.io/${version}`,
    kind: "AdmissionReview",
    request: {
      uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "v1", resource: "pods" },
      namespace: "apps",
      operation: "CREATE",
      userInfo: { username: "system:serviceaccount:kube-system:replicaset" },
      object,
      oldObject: null,
      dryRun: false,
      ...more,
    },
  });
}

/** What an answer says. */
export interface Answer {
  readonly apiVersion: unknown;
  readonly uid: unknown;
  readonly allowed: unknown;
  /** Undefined where there is none. */
  readonly patch: JsonPatchOperation[] | undefined;
  readonly warnings: unknown;
  readonly status: { code?: unknown; reason?: unknown; message?: unknown };
  readonly auditAnnotations: unknown;
}

/** Reads an answer of status 200, as the API server does. */
export function readAnswer({ status, body }: HttpsResponse): Answer {
  const text = new TextDecoder().decode(body);
  if (status !== 200) throw new Error(`HTTP ${status}: ${text}`);
  const review: unknown = JSON.parse(text);
  const response = isJsonObject(review) ? review["response"] : undefined;
  if (!isJsonObject(review) || !isJsonObject(response)) {
    throw new Error(`No response: ${text}`);
  }
  const { patch, patchType } = response;
  if ((patch === undefined) !== (patchType === undefined)) {
    throw new Error("A patch and its type go together");
  }
  return {
    apiVersion: review["apiVersion"],
    uid: response["uid"],
    allowed: response["allowed"],
    patch: typeof patch === "string"
      ? JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(patch)))
      : undefined,
    warnings: response["warnings"],
    status: isJsonObject(response["status"]) ? response["status"] : {},
    auditAnnotations: response["auditAnnotations"],
  };
}

/** Sends a review of the object through bytes both ways. */
export async function callWith(
  handler: WebhookHandler,
  object: JsonValue,
  more: Readonly<Record<string, JsonValue>> = {},
  version = "v1",
): Promise<Answer> {
  const body = reviewBody(object, more, version);
  return readAnswer(await handler.handle(request("POST", "/mutate", body)));
}

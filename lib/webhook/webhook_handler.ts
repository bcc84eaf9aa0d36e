/**
 * What the webhook answers to HTTP requests.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { statusBody, statusCode, type StatusReason } from "../kube/status.ts";
import type { Logger } from "../log/logger.ts";
import type { Clock, HttpsRequest, HttpsResponse } from "../platform.ts";
import { fail, refuseMalformed } from "./admission_response.ts";
import {
  type AdmissionRequest,
  type AdmissionResponse,
  formatReview,
  parseReview,
  type Review,
} from "./admission_review.ts";
import { BODY_LIMIT, BodyLimits } from "./body_limits.ts";
import { callTimeout } from "./call_timeout.ts";
import { podName, reviewFields } from "./review_log.ts";
import {
  type PodReview,
  reviewPod,
  type ReviewSettings,
} from "./review_pod.ts";
import { holdsTooManyValues, VALUE_LIMIT } from "./value_limit.ts";

/** Where the API server calls. */
export const MUTATE_PATH = "/mutate";
/** Answers as long as the process is alive. */
export const HEALTH_PATH = "/health";
/** Answers 200 while the webhook may be called. */
export const READY_PATH = "/ready";

/** What a {@link WebhookHandler} needs. */
export interface WebhookHandlerOptions {
  readonly settings: ReviewSettings;
  readonly clock: Pick<Clock, "monotonic" | "after">;
  readonly logger: Logger;
  /** Why the webhook may not be called yet; undefined where it may. */
  readonly notReadyReason: () => string | undefined;
  /** Answers a review; {@link reviewPod} unless told. */
  readonly review?: (
    request: AdmissionRequest,
    settings: ReviewSettings,
  ) => PodReview;
}

type Answer = (request: HttpsRequest) => HttpsResponse | Promise<HttpsResponse>;

interface Route {
  readonly methods: readonly string[];
  readonly answer: Answer;
}

/** Answers to the API server and to probes. */
export class WebhookHandler {
  readonly #options: WebhookHandlerOptions;
  readonly #limits = new BodyLimits();
  readonly #routes: ReadonlyMap<string, Route>;
  #isDraining = false;

  constructor(options: WebhookHandlerOptions) {
    this.#options = options;
    const probes = ["GET", "HEAD"];
    this.#routes = new Map<string, Route>([
      [MUTATE_PATH, {
        methods: ["POST"],
        answer: (request) => this.#mutate(request),
      }],
      [HEALTH_PATH, { methods: probes, answer: () => text(200, "ok") }],
      [READY_PATH, { methods: probes, answer: () => this.#ready() }],
    ]);
  }

  /** From now on it is not ready, and each answer ends its connection, so that clients go elsewhere. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Answers a request. Rejects where the client went away meanwhile. */
  readonly handle = async (request: HttpsRequest): Promise<HttpsResponse> => {
    const response = await this.#route(request);
    return this.#isDraining ? closing(response) : response;
  };

  async #route(request: HttpsRequest): Promise<HttpsResponse> {
    const [path = ""] = request.target.split("?", 1);
    const route = this.#routes.get(path);
    if (route === undefined) {
      return status("NotFound", "The webhook has nothing at this path");
    }
    if (!route.methods.includes(request.method)) {
      return withField(
        status(
          "MethodNotAllowed",
          `Only ${route.methods.join(" and ")} can be used at ${path}`,
        ),
        ["Allow", route.methods.join(", ")],
      );
    }
    return await route.answer(request);
  }

  #ready(): HttpsResponse {
    const reason = this.#isDraining
      ? "The webhook is stopping"
      : this.#options.notReadyReason();
    return reason === undefined ? text(200, "ok") : text(503, reason);
  }

  async #mutate(request: HttpsRequest): Promise<HttpsResponse> {
    const start = this.#options.clock.monotonic();
    const type = request.header("content-type") ?? "";
    if (!/^application\/json[\t ]*(?:;|$)/i.test(type)) {
      return closing(
        status("UnsupportedMediaType", "Expected a body of application/json"),
      );
    }
    const count = this.#limits.begin();
    try {
      const body = await this.#inTime(request, (octets) => count.take(octets));
      if (body === "late") {
        return closing(status("Timeout", "The request did not come in time"));
      }
      if (body !== null) return this.#answer(body, start);
      return closing(
        count.refusal() === "too-much"
          ? status("ServiceUnavailable", "Too much is being reviewed already")
          : status(
            "RequestEntityTooLarge",
            `The body is longer than ${BODY_LIMIT} octets`,
          ),
      );
    } finally {
      count.release();
    }
  }

  /** The body, or `late` where the API server would not wait for an answer to it. */
  async #inTime(
    request: HttpsRequest,
    take: (octets: number) => boolean,
  ): Promise<Uint8Array | null | "late"> {
    const { promise, resolve } = Promise.withResolvers<"late">();
    let isLate = false;
    const cancel = this.#options.clock.after(
      callTimeout(request.target),
      () => {
        isLate = true;
        resolve("late");
      },
    );
    const body = request.readBody((octets) => !isLate && take(octets));
    // If it is the clock that wins, nobody waits for the body any more.
    body.catch(() => {});
    try {
      return await Promise.race([body, promise]);
    } finally {
      cancel();
    }
  }

  #answer(body: Uint8Array, start: number): HttpsResponse {
    if (holdsTooManyValues(body)) {
      return status(
        "RequestEntityTooLarge",
        `The body holds more than ${VALUE_LIMIT} values`,
      );
    }
    const parsed = parseReview(body);
    if (parsed.kind === "review") return this.#review(parsed.review, start);
    const { envelope, error } = parsed;
    this.#options.logger.warn("Malformed review", {
      error: error.message,
      field: error.place.field,
      uid: envelope?.uid.slice(0, 64),
    });
    if (envelope === undefined) return status("BadRequest", error.message);
    return reviewed(envelope, refuseMalformed(error));
  }

  #review({ version, request }: Review, start: number): HttpsResponse {
    const { logger, settings, clock, review = reviewPod } = this.#options;
    const envelope = { version, uid: request.uid };
    try {
      const result = review(request, settings);
      const body = reviewed(envelope, {
        ...result.response,
        auditAnnotations: {
          decision: result.decision,
          ...(result.reason === undefined
            ? {}
            : { reason: result.reason.code }),
        },
      });
      const level = result.decision === "ignored" ? "warn" : "info";
      logger[level](
        "Review",
        reviewFields(request, result, clock.monotonic() - start),
      );
      return body;
    } catch (error) {
      logger.error("Review failed", {
        namespace: request.namespace.slice(0, 253),
        name: podName(request.name, request.object).slice(0, 253),
        error: describeDefect(error),
        uid: request.uid.slice(0, 64),
      });
      return reviewed(envelope, fail());
    }
  }
}

/** A defect's kind and place, without its message: that may quote the pod. */
function describeDefect(error: unknown): string {
  if (error instanceof McaError) return error.code;
  if (!(error instanceof Error)) return "unknown error";
  const place = /\(?([^\s()]+:\d+:\d+)\)?/.exec(error.stack ?? "")?.[1];
  return place === undefined ? error.name : `${error.name} at ${place}`;
}

const utf8 = new TextEncoder();
const JSON_TYPE = ["Content-Type", "application/json"] as const;

function reviewed(
  envelope: Parameters<typeof formatReview>[0],
  response: AdmissionResponse,
): HttpsResponse {
  return {
    status: 200,
    fields: [JSON_TYPE],
    body: formatReview(envelope, response),
  };
}

function status(reason: StatusReason, message: string): HttpsResponse {
  return {
    status: statusCode(reason),
    fields: [JSON_TYPE],
    body: statusBody({ reason, message }),
  };
}

function text(code: number, line: string): HttpsResponse {
  return {
    status: code,
    fields: [["Content-Type", "text/plain; charset=utf-8"]],
    body: utf8.encode(`${line}\n`),
  };
}

function withField(
  response: HttpsResponse,
  field: readonly [string, string],
): HttpsResponse {
  return { ...response, fields: [...response.fields, field] };
}

/** The rest of what the client sends is not waited for. */
function closing(response: HttpsResponse): HttpsResponse {
  return withField(response, ["Connection", "close"]);
}

/**
 * A request and an answer of the embedded API, apart from how HTTP carries
 * them.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../lib/kube/json.ts";
import type { HeaderField } from "../../lib/kube/cluster_target.ts";
import { ApiError, badRequest } from "./api_error.ts";
import { type AnswerForm, negotiate, parseMediaRanges } from "./media_types.ts";
import type { WatchSink } from "./watch_objects.ts";

/** Header fields, by name without regard to case. */
export class ApiHeaders {
  readonly fields: readonly HeaderField[];

  constructor(fields: readonly HeaderField[]) {
    this.fields = fields;
  }

  /** The values of all fields of that name. */
  all(name: string): string[] {
    return this.fields.filter(([field]) => field.toLowerCase() === name)
      .map(([, value]) => value);
  }

  /** The first value; undefined where there is none. */
  first(name: string): string | undefined {
    return this.all(name)[0];
  }
}

/** A request. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly headers: ApiHeaders;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** An answer. */
export type ApiAnswer =
  | {
    readonly kind: "json";
    readonly code: number;
    readonly body: JsonObject;
    /** `application/json` unless told. */
    readonly contentType?: string;
  }
  | { readonly kind: "text"; readonly code: number; readonly text: string }
  | {
    readonly kind: "watch";
    /** Starts sending; the returned function ends it. */
    readonly start: (sink: WatchSink) => () => void;
  };

/** A JSON answer with code 200, or another. */
export function jsonAnswer(body: JsonObject, code = 200): ApiAnswer {
  return { kind: "json", code, body };
}

/** 404 for a path that is none of the API's. */
export function pathNotFound(): ApiAnswer {
  return { kind: "text", code: 404, text: "404 page not found\n" };
}

/**
 * The form in which the client wants its answer.
 *
 * @throws {ApiError} 406.
 */
export function acceptedForm(
  request: ApiRequest,
  offered: readonly AnswerForm[],
): AnswerForm {
  const form = negotiate(request.headers.all("accept").join(","), offered);
  if (form !== undefined) return form;
  throw new ApiError(
    "NotAcceptable",
    "406: Not Acceptable\n\nAvailable representations: application/json",
    {},
  );
}

/** The parameters of a request's query. */
export function queryOf(request: ApiRequest): URLSearchParams {
  const question = request.target.indexOf("?");
  return new URLSearchParams(
    question < 0 ? "" : request.target.slice(question + 1),
  );
}

/** Whether a parameter is there and says yes. */
export function isSet(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== "false" && value !== "0";
}

/** The media type of the request's body, without parameters. */
export function contentType(request: ApiRequest): string {
  const [range] = parseMediaRanges(
    request.headers.first("content-type") ?? "application/json",
  );
  return range?.type ?? "application/json";
}

const YAML_TYPES = new Set([
  "application/yaml",
  "application/apply-patch+yaml",
]);

const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** What objects come in. */
const BODY_TYPES = ["application/json", "application/yaml", PROTOBUF];

/**
 * The request's body as JSON.
 *
 * @throws {ApiError} 400 where it cannot be read, 415 where its type is none
 * for objects.
 */
export async function readBody(request: ApiRequest): Promise<JsonValue> {
  if (!BODY_TYPES.includes(contentType(request))) {
    throw new ApiError(
      "UnsupportedMediaType",
      `the body of the request was in an unknown format - accepted media types include: ${
        BODY_TYPES.join(", ")
      }`,
    );
  }
  return contentType(request) === PROTOBUF
    ? await readProtobuf(request.body)
    : await decodeBody(request);
}

/** Loaded only here: its schema is large. */
async function readProtobuf(
  body: Uint8Array<ArrayBuffer>,
): Promise<JsonObject> {
  const { decodeProtobufBody } = await import("./protobuf_body.ts");
  try {
    return decodeProtobufBody(body);
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized: ${
        error instanceof Error ? error.message : "not protobuf"
      }`,
    );
  }
}

/**
 * The request's body as JSON, whatever it calls itself: YAML where the name
 * says so, else JSON.
 *
 * @throws {ApiError} 400 where it cannot be read.
 */
export async function decodeBody(request: ApiRequest): Promise<JsonValue> {
  const text = new TextDecoder().decode(request.body);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!YAML_TYPES.has(contentType(request))) {
      throw badRequest(
        `the object provided is unrecognized: ${
          error instanceof Error ? error.message : "not JSON"
        }`,
      );
    }
  }
  return await readYaml(text);
}

/** Loaded only here: most clients send JSON, in bodies that are called YAML too. */
async function readYaml(text: string): Promise<JsonValue> {
  const { parse, YAMLError } = await import("yaml");
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLError)) throw error;
    throw badRequest(`error parsing YAML: ${error.message}`);
  }
}

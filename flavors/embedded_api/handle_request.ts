/**
 * From a request to its answer: who sends it, whether they may, and then the
 * document or resource that it is about.
 *
 * @module
 */

import { McaError } from "../../lib/errors.ts";
import { type RequestInfo, requestInfo } from "../../lib/kube/request_info.ts";
import { type Account, denial, isAllowed } from "./accounts.ts";
import type { ApiContext } from "./api_context.ts";
import { ApiError, badRequest } from "./api_error.ts";
import { type ApiAnswer, type ApiRequest, jsonAnswer } from "./api_request.ts";
import { authenticate } from "./authentication.ts";
import { serveDocument } from "./documents.ts";
import { serveResource } from "./resource_requests.ts";

/** What came of a request. */
export interface Handled {
  readonly answer: ApiAnswer;
  /** Whom the request acted as; undefined where that could not be told. */
  readonly account: Account | undefined;
}

/** Answers a request. A refusal is an answer, too. */
export async function handleRequest(
  context: ApiContext,
  request: ApiRequest,
): Promise<Handled> {
  let account: Account | undefined;
  try {
    account = authenticate(request.headers, context.tokens);
    const info = readInfo(request);
    authorize(account, info);
    const answer = info.isResourceRequest
      ? await serveResource(context, account, request, info)
      : serveDocument(request, info.path);
    return { answer, account };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { answer: jsonAnswer(error.status, error.code), account };
  }
}

function readInfo(request: ApiRequest): RequestInfo {
  try {
    return requestInfo(request.method, request.target);
  } catch (error) {
    if (error instanceof McaError) throw badRequest(error.message);
    throw error;
  }
}

function authorize(account: Account, info: RequestInfo): void {
  // HEAD is a get, as in kube-apiserver's own table of verbs.
  const verb = info.verb === "head" ? "get" : info.verb;
  if (isAllowed(account, { ...info, verb })) return;
  const name = info.isResourceRequest ? info.name : "";
  const resource = info.apiGroup === ""
    ? info.resource
    : `${info.resource}.${info.apiGroup}`;
  const subject = info.isResourceRequest
    ? `${resource}${name === "" ? " is" : ` "${name}" is`} forbidden`
    : "forbidden";
  throw new ApiError("Forbidden", `${subject}: ${denial(account, info)}`, {
    ...(name === "" ? {} : { name }),
    ...(info.apiGroup === "" ? {} : { group: info.apiGroup }),
    ...(info.isResourceRequest ? { kind: info.resource } : {}),
  });
}

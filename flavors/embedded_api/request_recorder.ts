/**
 * A record of the requests that arrived, for tests and for the demo, which
 * shows what became of an app's credentials on the way.
 *
 * @module
 */

import type { HeaderField } from "../../lib/kube/cluster_target.ts";
import type { ApiRequest } from "./api_request.ts";
import type { Handled } from "./handle_request.ts";

/** One request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  /** All header fields, credentials too, in their order and spelling. */
  readonly headers: readonly HeaderField[];
  /** Whom it acted as; undefined before the answer, and for a wrong token. */
  readonly username: string | undefined;
  /** The status code of the answer; undefined before it. */
  readonly code: number | undefined;
}

/** How many requests are kept. */
const LIMIT = 1000;

/** Keeps the last thousand requests. */
export class RequestRecorder {
  readonly #requests: RecordedRequest[] = [];

  /** The same list throughout; it changes as requests come. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /** Records a request's head; the returned function adds what came of it. */
  begin(head: Omit<ApiRequest, "body">): (handled: Handled) => void {
    const recorded: RecordedRequest = {
      method: head.method,
      target: head.target,
      headers: head.headers.fields,
      username: undefined,
      code: undefined,
    };
    this.#requests.push(recorded);
    if (this.#requests.length > LIMIT) this.#requests.shift();
    return ({ answer, account }) => {
      const index = this.#requests.indexOf(recorded);
      if (index < 0) return;
      this.#requests[index] = {
        ...recorded,
        username: account?.username,
        code: answer.kind === "watch" ? 200 : answer.code,
      };
    };
  }
}

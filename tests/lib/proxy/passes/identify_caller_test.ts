import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { identifyCaller } from "../../../../lib/proxy/passes/identify_caller.ts";
import type { Caller } from "../../../../lib/proxy/proxy_request.ts";
import { requestOf } from "../request_of.ts";

const pass = identifyCaller((token) => token === "own");
const PROTOCOL =
  "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.";
const own = btoa("own");

const CALLERS: readonly (readonly [
  fields: readonly string[],
  outcome: Caller | "Unauthorized" | "BadRequest" | "Forbidden",
])[] = [
  [[], "anonymous"],
  [["Authorization: Bearer own"], "pod"],
  [["authorization: bearer own"], "pod"],
  [["Authorization: BEARER  own"], "pod"],
  [["Authorization: Bearer other"], "Unauthorized"],
  [["Authorization: Bearer Own"], "Unauthorized"],
  [["Authorization: Bearer own own"], "Unauthorized"],
  [["Authorization: Bearer own\tx"], "Unauthorized"],
  [["Authorization: Bearer"], "anonymous"],
  [["Authorization: Basic b3du"], "anonymous"],
  [["Authorization: own"], "anonymous"],
  [["Authorization:"], "anonymous"],
  [["Authorization: Bearer own", "Authorization: Bearer own"], "BadRequest"],
  [["Authorization: Basic a", "Authorization: Bearer own"], "BadRequest"],
  [[`${PROTOCOL}${own}, a`], "pod"],
  [[`${PROTOCOL}${btoa("other")}, a`], "Unauthorized"],
  [[`${PROTOCOL}${own}`, `${PROTOCOL}${own}`], "Unauthorized"],
  [[`${PROTOCOL}, a`], "Unauthorized"],
  [["Authorization: Bearer own", `${PROTOCOL}${btoa("other")}`], "pod"],
  [["Authorization: Bearer other", `${PROTOCOL}${own}`], "Unauthorized"],
  [["Authorization: Bearer own", "Impersonate-User: a"], "Forbidden"],
  [["Impersonate-Extra-x: a"], "Forbidden"],
];
for (const [fields, outcome] of CALLERS) {
  Deno.test(`identifyCaller() takes [${fields}] for ${outcome}`, async () => {
    const request = requestOf("GET /api HTTP/1.1", fields);
    const answer = await pass.decide?.(request);
    strictEqual(answer?.reason ?? request.caller, outcome);
    if (answer !== undefined) strictEqual(request.caller, undefined);
  });
}

const QUERIES: readonly (readonly [
  target: string,
  fields: readonly string[],
  caller: Caller | undefined,
  goesOn: string,
])[] = [
  ["/a?access_token=own", [], "pod", "/a"],
  ["/a?b&access_token=own&c=d", [], "pod", "/a?b&c=d"],
  ["/a?access%5Ftoken=o%77n", [], "pod", "/a"],
  ["/a?access_token=own&access_token=own", [], "pod", "/a"],
  ["/a?access_token=other", [], "anonymous", "/a?access_token=other"],
  ["/a?Access_Token=own", [], "anonymous", "/a?Access_Token=own"],
  ["/a?token=own", [], "anonymous", "/a?token=own"],
  ["/a?access_token=own", ["Authorization: Bearer own"], "pod", "/a"],
  [
    "/a?access_token=own",
    ["Authorization: Bearer x"],
    undefined,
    "/a?access_token=own",
  ],
  ["/a%3faccess_token=own", [], "anonymous", "/a%3faccess_token=own"],
];
for (const [target, fields, caller, goesOn] of QUERIES) {
  Deno.test(`identifyCaller() makes of ${target} [${fields}] ${goesOn} of ${caller}`, async () => {
    const request = requestOf(`GET ${target} HTTP/1.1`, fields);
    await pass.decide?.(request);
    deepStrictEqual([request.caller, request.target], [caller, goesOn]);
    strictEqual(request.head.target, target);
  });
}

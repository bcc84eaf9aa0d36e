import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { McaError, type McaErrorCode } from "../../../lib/errors.ts";
import { STATUS_CODES, type StatusReason } from "../../../lib/kube/status.ts";
import {
  answerCode,
  answerFor,
  answerOctets,
} from "../../../lib/proxy/status_answer.ts";
import { octetsToText } from "../../../lib/wire/octets.ts";
import { ProtocolError } from "../../../lib/wire/protocol_error.ts";

const ERRORS: readonly (readonly [error: McaError, code: number])[] = [
  ...([400, 405, 413, 502, 504] as const).map((status) =>
    [new ProtocolError("It broke", status), status] as const
  ),
  ...([
    ["upstream", 502],
    ["certificate", 502],
    ["protocol", 502],
    ["not-ready", 503],
    ["service-account", 500],
    ["kubeconfig", 500],
    ["file", 500],
  ] as const satisfies readonly (readonly [McaErrorCode, number])[])
    .map(([code, status]) => [new McaError(code, "It broke"), status] as const),
];
for (const [error, code] of ERRORS) {
  Deno.test(`answerFor() answers ${error.constructor.name} ${error.code} with ${code}`, () => {
    const answer = answerFor(error);
    strictEqual(answer.message, "It broke");
    strictEqual(answerCode(answer), code);
  });
}

for (const reason of Object.keys(STATUS_CODES)) {
  if (!isReason(reason)) continue;
  Deno.test(`answerOctets() writes ${reason} as a whole response`, () => {
    const { octets, bodyLength } = answerOctets(
      { reason, message: "a <b>" },
      { isHead: false, closes: true },
    );
    const [head = "", body = ""] = octetsToText(octets).split("\r\n\r\n");
    strictEqual(body.length, bodyLength);
    match(head, new RegExp(`^HTTP/1\\.1 ${STATUS_CODES[reason]} `));
    match(head, new RegExp(`^Content-Length: ${bodyLength}$`, "m"));
    match(head, /^Connection: close$/m);
    strictEqual(JSON.parse(body).reason, reason);
  });
}

function isReason(text: string): text is StatusReason {
  return Object.hasOwn(STATUS_CODES, text);
}

Deno.test("answerOctets() gives HEAD the head of what GET gets", () => {
  const answer = {
    reason: "NotFound",
    message: "m",
    retryAfterSeconds: 3,
  } as const;
  const whole = answerOctets(answer, { isHead: false, closes: false });
  const head = answerOctets(answer, { isHead: true, closes: false });
  strictEqual(head.bodyLength, 0);
  deepStrictEqual(
    head.octets,
    whole.octets.subarray(0, whole.octets.length - whole.bodyLength),
  );
  match(octetsToText(head.octets), /^Retry-After: 3\r$/m);
});

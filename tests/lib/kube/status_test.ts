import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import {
  STATUS_CODES,
  statusBody,
  statusCode,
} from "../../../lib/kube/status.ts";

function decode(body: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(body));
}

Deno.test("statusBody() writes the least that a failure needs, byte for byte", () => {
  const body = statusBody({ reason: "Unauthorized", message: "Unauthorized" });
  strictEqual(
    new TextDecoder().decode(body),
    '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",' +
      '"message":"Unauthorized","reason":"Unauthorized","code":401}\n',
  );
});

Deno.test("statusBody() writes details, causes and the time to wait", () => {
  deepStrictEqual(
    decode(statusBody({
      reason: "TooManyRequests",
      message: 'slow "down" \u2028',
      details: { name: "a", group: "apps", kind: "deployments" },
      causes: [{ reason: "Limit", message: "20 per second", field: "spec" }],
      retryAfterSeconds: 3,
    })),
    {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'slow "down" \u2028',
      reason: "TooManyRequests",
      details: {
        name: "a",
        group: "apps",
        kind: "deployments",
        causes: [{ reason: "Limit", message: "20 per second", field: "spec" }],
        retryAfterSeconds: 3,
      },
      code: 429,
    },
  );
});

Deno.test("statusBody() leaves empty causes away", () => {
  const body = decode(statusBody({ reason: "Gone", message: "x", causes: [] }));
  strictEqual(JSON.stringify(body).includes("details"), false);
});

Deno.test("statusBody() refuses a time to wait that no client understands", () => {
  for (const retryAfterSeconds of [0, -1, 1.5, NaN, Infinity]) {
    throws(
      () => statusBody({ reason: "Timeout", message: "x", retryAfterSeconds }),
      RangeError,
    );
  }
});

Deno.test("statusCode() agrees with apimachinery's constants", () => {
  strictEqual(statusCode("MethodNotAllowed"), 405);
  deepStrictEqual(STATUS_CODES, {
    BadRequest: 400,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    NotAcceptable: 406,
    AlreadyExists: 409,
    Conflict: 409,
    Gone: 410,
    Expired: 410,
    RequestEntityTooLarge: 413,
    UnsupportedMediaType: 415,
    Invalid: 422,
    TooManyRequests: 429,
    InternalError: 500,
    ServerTimeout: 500,
    StorageReadError: 500,
    BadGateway: 502,
    ServiceUnavailable: 503,
    Timeout: 504,
  });
});

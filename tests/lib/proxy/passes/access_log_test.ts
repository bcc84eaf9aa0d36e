import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Logger, type LogLevel } from "../../../../lib/log/logger.ts";
import { accessLog } from "../../../../lib/proxy/passes/access_log.ts";
import type { RequestOutcome } from "../../../../lib/proxy/proxy_request.ts";
import { clusterOf, requestOf } from "../request_of.ts";

const OUTCOME: RequestOutcome = {
  status: 200,
  octetsSent: 12,
  octetsReceived: 0,
  end: "complete",
  failure: undefined,
  tunnel: undefined,
  duration: 1.23456,
};

/** What is logged of these outcomes, parsed. */
function logged(
  outcomes: readonly RequestOutcome[],
  { one = 1, level = "info" }: { one?: number; level?: LogLevel } = {},
): unknown[] {
  const lines: unknown[] = [];
  const pass = accessLog(
    new Logger({
      level,
      format: "json",
      clock: { now: () => 0 },
      sink: (line) => lines.push(JSON.parse(line)),
    }),
    one,
  );
  const request = requestOf("GET /api/v1/pods?token=secret HTTP/1.1", [
    "Authorization: Bearer secret",
  ]);
  request.caller = "pod";
  request.cluster = clusterOf();
  for (const outcome of outcomes) pass.observe?.(request, outcome);
  return lines;
}

const LINE = {
  time: "1970-01-01T00:00:00.000Z",
  level: "info",
  message: "request",
  method: "GET",
  path: "/api/v1/pods",
  status: 200,
  bytes: 12,
  duration: 1.235,
  caller: "pod",
  cluster: "test",
};

const LINES: readonly (readonly [
  name: string,
  outcome: Partial<RequestOutcome>,
  line: Readonly<Record<string, unknown>>,
])[] = [
  ["an ordinary one", {}, {}],
  ["one with a body", { octetsReceived: 7 }, { received: 7 }],
  ["an answer of its own", { end: "answered", status: 403 }, {
    end: "answered",
    status: 403,
  }],
  ["a client that is gone", { end: "client-gone", status: undefined }, {
    end: "client-gone",
    status: 0,
  }],
  [
    "a failure",
    { end: "upstream-failed", failure: "It broke" },
    { level: "warn", end: "upstream-failed", failure: "It broke" },
  ],
  [
    "a tunnel",
    {
      end: "tunnel",
      status: 101,
      tunnel: { sent: 1, received: 2, endedBy: "client", wasReset: false },
    },
    { end: "tunnel", status: 101, endedBy: "client" },
  ],
  [
    "a tunnel that was reset",
    {
      end: "tunnel",
      status: 101,
      tunnel: { sent: 1, received: 2, endedBy: "upstream", wasReset: true },
    },
    { end: "tunnel", status: 101, endedBy: "upstream", reset: true },
  ],
];
for (const [name, outcome, line] of LINES) {
  Deno.test(`accessLog() writes a line of ${name}`, () => {
    deepStrictEqual(logged([{ ...OUTCOME, ...outcome }]), [{
      ...LINE,
      ...line,
    }]);
  });
}

Deno.test("accessLog() writes one line in so many, and says so", () => {
  const lines = logged(Array<RequestOutcome>(7).fill(OUTCOME), { one: 3 });
  deepStrictEqual(lines, Array(3).fill({ ...LINE, oneIn: 3 }));
});

Deno.test("accessLog() writes each failure whatever the rate", () => {
  const failed = { ...OUTCOME, failure: "It broke" };
  strictEqual(logged([OUTCOME, failed, failed], { one: 0 }).length, 2);
  strictEqual(logged([failed, failed, OUTCOME], { one: 5 }).length, 3);
});

Deno.test("accessLog() keeps to the level", () => {
  const failed = { ...OUTCOME, failure: "It broke" };
  strictEqual(logged([OUTCOME, failed], { level: "warn" }).length, 1);
  strictEqual(logged([OUTCOME, failed], { level: "off" }).length, 0);
});

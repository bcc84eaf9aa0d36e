import { strictEqual } from "node:assert/strict";
import {
  isDropped,
  isRefusedTrailer,
  upstreamHead,
} from "../../../lib/proxy/upstream_head.ts";
import { clusterOf, requestOf } from "./request_of.ts";

Deno.test("upstreamHead() says Host, credentials and framing itself", () => {
  const request = requestOf("POST /a?b HTTP/1.1", [
    "Content-Length: 3",
    "Accept: c",
    "Authorization: Bearer app",
    "Connection: keep-alive",
  ]);
  strictEqual(
    upstreamHead(request, clusterOf({ basePath: "/base" }), [
      ["Authorization", "Bearer real"],
      ["Impersonate-User", "as the kubeconfig says"],
    ]),
    "POST /base/a?b HTTP/1.1\r\nHost: api.test\r\nAccept: c\r\nAuthorization: Bearer real\r\nImpersonate-User: as the kubeconfig says\r\nContent-Length: 3\r\n\r\n",
  );
});

Deno.test("upstreamHead() leaves * as it is, and takes the request's own target", () => {
  const cluster = clusterOf({ basePath: "/base" });
  strictEqual(
    upstreamHead(requestOf("OPTIONS * HTTP/1.1"), cluster, []),
    "OPTIONS * HTTP/1.1\r\nHost: api.test\r\n\r\n",
  );
  const request = requestOf("GET /a?token HTTP/1.0");
  request.target = "/a";
  strictEqual(
    upstreamHead(request, cluster, []),
    "GET /base/a HTTP/1.0\r\nHost: api.test\r\n\r\n",
  );
});

Deno.test("upstreamHead() takes the token out of the subprotocols, and leaves the others", () => {
  const token = "base64url.bearer.authorization.k8s.io.YQ";
  const cases: [value: string, kept: string][] = [
    [token, ""],
    [`${token}, v5.channel.k8s.io`, "v5.channel.k8s.io"],
    [`a,${token} ,b`, "a, b"],
    ["a,  b", "a,  b"],
  ];
  for (const [value, kept] of cases) {
    const request = requestOf("GET / HTTP/1.1", [
      `Sec-WebSocket-Protocol: ${value}`,
    ]);
    const line = kept === "" ? "" : `Sec-WebSocket-Protocol: ${kept}\r\n`;
    strictEqual(
      upstreamHead(request, clusterOf(), []),
      `GET / HTTP/1.1\r\nHost: api.test\r\n${line}\r\n`,
    );
  }
});

const NAMES: readonly (readonly [
  name: string,
  dropped: boolean,
  refusedTrailer: boolean,
])[] = [
  ["accept", false, false],
  ["x-sum", false, false],
  ["x", false, false],
  ["i", false, false],
  ["if-match", false, false],
  ["host", true, true],
  ["authorization", true, true],
  ["forwarded", true, true],
  ["x-real-ip", true, true],
  ["x-forwarded-for", true, true],
  ["x-forwarded-anything", true, true],
  ["x-remote-user", true, true],
  ["x-remote-extra-a", true, true],
  ["x-remotely", false, false],
  ["impersonate-user", true, true],
  ["impersonate-", true, true],
  ["content-length", false, true],
  ["transfer-encoding", false, true],
  ["trailer", false, true],
  ["connection", false, true],
  ["te", false, true],
  ["upgrade", false, true],
  ["expect", false, true],
  ["content-type", false, true],
  ["content-encoding", false, true],
];
for (const [name, dropped, refused] of NAMES) {
  Deno.test(`isDropped() and isRefusedTrailer() know ${name}`, () => {
    strictEqual(isDropped(name), dropped);
    strictEqual(isRefusedTrailer(name), refused);
  });
}

import { match, strictEqual } from "node:assert/strict";
import { ProxyUnderTest } from "./proxy_under_test.ts";
import { answering, okResponse } from "./scripted_upstream.ts";

Deno.test({
  name: "startProxy() forwards a request with the real credentials",
  timeout: 10_000,
  async fn() {
    await using test = await ProxyUnderTest.start({
      script: answering(okResponse()),
    });
    const client = await test.connect();
    await client.send(
      `GET /api HTTP/1.1\r\nHost: kubernetes\r\n${test.authorization}\r\n`,
    );
    const response = await client.readResponse();
    strictEqual(response.body, "ok");
    strictEqual(
      test.upstream.received,
      `GET /api HTTP/1.1\r\nHost: api.test:443\r\n${test.realAuthorization}\r\n`,
    );
    match(test.log.join(""), /INFO request method=GET path=\/api status=200/);
  },
});

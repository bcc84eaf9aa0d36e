import { match, ok, strictEqual } from "node:assert/strict";
import { denoNetwork } from "../../../flavors/deno_network.ts";
import { McaError } from "../../../lib/errors.ts";
import { checkProxy } from "../../../lib/proxy/check_proxy.ts";
import { proxyTest, type ProxyUnderTest } from "./proxy_under_test.ts";

const directory = "/mca-serviceaccount";

async function fault(test: ProxyUnderTest, port = test.proxy.port) {
  const { files } = test;
  try {
    await checkProxy({ files, network: denoNetwork, directory, port });
  } catch (error) {
    ok(error instanceof McaError);
    strictEqual(error.code, "not-ready");
    ok(error.hint !== undefined);
    return error.message;
  }
  return undefined;
}

proxyTest(
  "checkProxy() finds nothing wrong with a proxy that serves",
  async (test) => {
    strictEqual(await fault(test), undefined);
  },
);

for (const file of ["ca.crt", "namespace", "token"]) {
  proxyTest(`checkProxy() tells a missing ${file}`, async (test) => {
    await test.files.remove(`${directory}/${file}`);
    strictEqual(await fault(test), `${directory}/${file} is missing`);
  });
}

proxyTest("checkProxy() tells a listener that is not there", async (test) => {
  const { port } = test.proxy;
  await test.proxy.shutdown(0);
  match(await fault(test, port) ?? "", /^The proxy does not answer: .*refused/);
});

proxyTest("checkProxy() tells a listener of another CA", async (test) => {
  const message = await fault(test, test.upstream.port);
  match(message ?? "", /that the trusted CA did not issue/);
});

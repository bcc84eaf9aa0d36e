import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { platform } from "../../flavors/release.ts";
import {
  APP_SERVICE_ACCOUNT_DIRECTORY,
  SERVICE_ACCOUNT_DIRECTORY,
  STATE_DIRECTORY,
} from "../../lib/inject/contract.ts";
import { runDeno } from "./run_deno.ts";
import { tlsMaterial } from "./tls_material.ts";

const RELEASE = new URL("../../flavors/release.ts", import.meta.url);
const NETWORK = new URL("../../flavors/deno_network.ts", import.meta.url);

Deno.test("release.platform() has the places that injected pods have", () => {
  deepStrictEqual(platform.proxyPaths, {
    serviceAccount: SERVICE_ACCOUNT_DIRECTORY,
    appServiceAccount: APP_SERVICE_ACCOUNT_DIRECTORY,
    state: STATE_DIRECTORY,
    areVolumes: true,
  });
  deepStrictEqual(platform.proxyListen, { hostname: "127.0.0.1", port: 6443 });
});

/**
 * A public CA is one that the runtime's own store holds; here a made one is put
 * there, by the runtime's variables for that.
 */
Deno.test("release.platform() trusts the given CA alone, no public one", async () => {
  const { ca, otherCa, server } = await tlsMaterial();
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/public.crt`, ca.certificate);
    const program = (network: string) => `
      import { network } from ${JSON.stringify(network)};
      const [server, caCertificate] = JSON.parse(Deno.args[0]);
      const listener = await network.listenTls({
        hostname: "127.0.0.1", port: 0, ...server,
      });
      const serving = listener.accept()
        .then((accepted) => accepted.handshake()).catch(() => {});
      try {
        const connection = await network.connect({
          hostname: "127.0.0.1",
          port: listener.port,
          tls: { caCertificates: [caCertificate] },
        });
        console.log("trusted");
      } catch (error) {
        console.log(error.message);
      }
      Deno.exit();`;
    const release = `data:text/javascript,${
      encodeURIComponent(
        `import { platform } from ${JSON.stringify(RELEASE.href)};
         export const { network } = platform;`,
      )
    }`;
    const plain = `data:text/javascript,${
      encodeURIComponent(
        `export { denoNetwork as network } from ${
          JSON.stringify(NETWORK.href)
        };`,
      )
    }`;
    const file = `${directory}/public.crt`;
    const ways = [
      { DENO_TLS_CA_STORE: "system", SSL_CERT_FILE: file },
      { NODE_EXTRA_CA_CERTS: file },
    ];
    for (const env of ways) {
      const attempt = async (network: string, trusted: string) => {
        const { stdout, stderr } = await runDeno(program(network), {
          args: [JSON.stringify([server, trusted])],
          env,
        });
        strictEqual(stderr, "");
        return stdout.trim();
      };
      match(
        await attempt(release, otherCa.certificate),
        /a certificate that the trusted CA did not issue$/,
      );
      strictEqual(await attempt(release, ca.certificate), "trusted");
      // Without the release flavor the runtime's store counts too.
      strictEqual(await attempt(plain, otherCa.certificate), "trusted");
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("release.platform() works and never asks where a permission is missing", async () => {
  const { ca, server } = await tlsMaterial();
  const { code, stdout, stderr } = await runDeno(
    `
      import { platform } from ${JSON.stringify(RELEASE.href)};
      const { network } = platform;
      const [server, ca] = JSON.parse(Deno.args[0]);
      const listener = await network.listenTls({
        hostname: "127.0.0.1", port: 0, ...server,
      });
      const serving = listener.accept()
        .then((accepted) => accepted.handshake());
      const connection = await network.connect({
        hostname: "127.0.0.1",
        port: listener.port,
        tls: { caCertificates: [ca] },
      });
      await serving;
      console.log("connected");
      Deno.exit();`,
    {
      flags: ["--allow-net=127.0.0.1", "--allow-import"],
      args: [JSON.stringify([server, ca.certificate])],
    },
  );
  strictEqual(stderr, "");
  strictEqual(stdout, "connected\n");
  strictEqual(code, 0);
});

Deno.test("release.platform() tells what it lacks outside a pod", async () => {
  const { stdout } = await runDeno(
    `
      import { platform } from ${JSON.stringify(RELEASE.href)};
      try {
        await platform.clusterTarget();
      } catch (error) {
        console.log(error.code, error.message, error.hint !== undefined);
      }`,
    { env: { KUBERNETES_SERVICE_HOST: "", KUBERNETES_SERVICE_PORT: "" } },
  );
  ok(stdout.startsWith("service-account KUBERNETES_SERVICE_HOST is not set"));
  match(stdout, /true\n$/);
});

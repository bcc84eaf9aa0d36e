import assert from "node:assert/strict";
import {
  issueCertificateAuthority,
  type IssuedCertificate,
  issueLeaf,
} from "../../../lib/certs/issue.ts";
import type { KeyAlgorithmName } from "../../../lib/certs/key_algorithms.ts";
import { runProgram, withFiles } from "./run_program.ts";

// The clients go by the real clock.
const engine = { crypto, now: Date.now() };
const reachable = ["localhost", "kubernetes.default.svc", "127.0.0.1", "::1"];
const hour = 60 * 60 * 1000;

async function authority(keyAlgorithm: KeyAlgorithmName = "ecdsa-p256") {
  const options = { commonName: "test CA", keyAlgorithm };
  return await issueCertificateAuthority(options, engine);
}

const ca = await authority();
const otherCa = await authority();
const leafOptions = { commonName: "localhost", names: reachable };
const leaf = await issueLeaf(ca, leafOptions, engine);

/** Serves one connection after the other on loopback while `use` runs. */
async function serving(
  served: IssuedCertificate,
  use: (port: number) => Promise<void>,
): Promise<void> {
  const listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: served.certificate,
    key: served.privateKey,
  });
  const done = (async () => {
    for await (const connection of listener) await answer(connection);
  })();
  try {
    await use(listener.addr.port);
  } finally {
    listener.close();
    await done;
  }
}

/** Answers one request; a client that refuses the handshake is no fault here. */
async function answer(connection: Deno.TlsConn): Promise<void> {
  try {
    await connection.read(new Uint8Array(4096));
    await connection.write(new TextEncoder().encode(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
    ));
  } catch {
    // The client is gone.
  } finally {
    connection.close();
  }
}

/** Does a handshake as a client that asks for `name` and trusts `caCerts`. */
async function denoConnects(
  port: number,
  name: string,
  caCerts: string[],
): Promise<void> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const tls = await Deno.startTls(connection, { hostname: name, caCerts });
  try {
    await tls.handshake();
  } finally {
    tls.close();
  }
}

/** The exit code of a curl that asks for `name`: 60 where it does not trust the server. */
async function curlCode(
  port: number,
  name: string,
  trusted: string,
): Promise<number> {
  return await withFiles({ "ca.pem": trusted }, async (path) => {
    const { code, stdout } = await runProgram("curl", [
      "--silent",
      "--noproxy",
      "*",
      "--cacert",
      path("ca.pem"),
      "--connect-to",
      `::127.0.0.1:${port}`,
      `https://${name.includes(":") ? `[${name}]` : name}:${port}/`,
    ]);
    assert.equal(stdout, code === 0 ? "ok" : "");
    return code;
  });
}

for (const name of reachable) {
  Deno.test(`issueLeaf() makes a server that Deno trusts as ${name}`, async () => {
    await serving(leaf, (port) => denoConnects(port, name, [ca.certificate]));
  });
  Deno.test(`issueLeaf() makes a server that curl trusts as ${name}`, async () => {
    await serving(leaf, async (port) => {
      assert.equal(await curlCode(port, name, ca.certificate), 0);
    });
  });
}

for (
  const keyAlgorithm of ["ecdsa-p384", "rsa-2048"] as const
) {
  Deno.test(`issueLeaf() makes a server with ${keyAlgorithm} that Deno and curl trust`, async () => {
    const issuer = await authority(keyAlgorithm);
    const served = await issueLeaf(
      issuer,
      { ...leafOptions, keyAlgorithm },
      engine,
    );
    await serving(served, async (port) => {
      await denoConnects(port, "::1", [issuer.certificate]);
      assert.equal(await curlCode(port, "localhost", issuer.certificate), 0);
    });
  });
}

async function assertRefused(
  served: IssuedCertificate,
  name: string,
  trusted: string,
): Promise<void> {
  await serving(served, async (port) => {
    await assert.rejects(denoConnects(port, name, [trusted]), {
      name: "InvalidData",
      message: /certificate/,
    });
    assert.equal(await curlCode(port, name, trusted), 60);
  });
}

Deno.test("issueLeaf() makes no server that is trusted by way of another CA", async () => {
  await assertRefused(leaf, "localhost", otherCa.certificate);
});

for (const name of ["kubernetes", "127.0.0.2", "::2"]) {
  Deno.test(`issueLeaf() makes no server that is trusted as ${name}, which it was not told`, async () => {
    await assertRefused(leaf, name, ca.certificate);
  });
}

Deno.test("issueLeaf() makes no server that is trusted after its time", async () => {
  const past = { crypto, now: engine.now - 3 * hour };
  const old = await issueCertificateAuthority({ commonName: "old" }, past);
  const expired = await issueLeaf(
    old,
    { ...leafOptions, lifetime: hour },
    past,
  );
  await assertRefused(expired, "localhost", old.certificate);
});

Deno.test("issueLeaf() makes a server that is trusted whichever CA of a bundle signed it", async () => {
  // As at a rotation; even of the same name, though the docs advise against it.
  for (const signer of [ca, otherCa]) {
    const served = await issueLeaf(signer, leafOptions, engine);
    for (
      const bundle of [
        ca.certificate + otherCa.certificate,
        otherCa.certificate + ca.certificate,
      ]
    ) {
      await serving(served, async (port) => {
        await denoConnects(port, "localhost", [bundle]);
        assert.equal(await curlCode(port, "localhost", bundle), 0);
      });
    }
  }
});

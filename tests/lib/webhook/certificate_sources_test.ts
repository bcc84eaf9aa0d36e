/** The sources of certificates that no other replica shares. */

import assert from "node:assert/strict";
import { memoryFiles } from "../../../flavors/memory_files.ts";
import { readCertificate } from "../../../lib/certs/certificate.ts";
import {
  issueCertificateAuthority,
  issueLeaf,
  type KeyPair,
} from "../../../lib/certs/issue.ts";
import { isIssuedBy } from "../../../lib/certs/verification.ts";
import { McaError } from "../../../lib/errors.ts";
import { Logger } from "../../../lib/log/logger.ts";
import { ConfigurationTrust } from "../../../lib/webhook/configuration_trust.ts";
import { DirectoryCertificates } from "../../../lib/webhook/directory_certificates.ts";
import { FileCertificates } from "../../../lib/webhook/file_certificates.ts";
import { configurationReference } from "../../../lib/webhook/webhook_objects.ts";
import { FakeCluster } from "./fake_cluster.ts";
import { VirtualTime } from "./virtual_time.ts";

const day = 24 * 60 * 60 * 1000;
const minute = 60 * 1000;

function world() {
  const time = new VirtualTime(Date.UTC(2030, 0, 1));
  const lines: string[] = [];
  let ahead = 0;
  const clock = { ...time.clock(), now: () => time.now + ahead };
  return {
    time,
    clock,
    files: memoryFiles(clock),
    lines,
    logger: new Logger({
      level: "debug",
      format: "text",
      clock,
      sink: (line) => lines.push(line),
    }),
    /** Sets the wall clock forward, as months do. */
    jump: (milliseconds: number) => ahead += milliseconds,
    /** Waits until the log says it, letting time pass. */
    until: async (pattern: RegExp) => {
      while (!lines.some((line) => pattern.test(line))) {
        time.step(time.elapsed + minute);
        await new Promise<void>((resolve) => setTimeout(resolve, 0));
      }
    },
  };
}

async function open({ files, clock, logger }: ReturnType<typeof world>) {
  return await DirectoryCertificates.open({
    files,
    directory: "/webhook",
    names: ["localhost", "127.0.0.1"],
    crypto,
    clock,
    logger,
  });
}

Deno.test("DirectoryCertificates.open() makes a CA and a certificate, and finds them again", async () => {
  const here = world();
  const first = await open(here);
  const leaf = readCertificate(first.first.certificate);
  const authority = readCertificate(first.caCertificate);
  assert.ok(await isIssuedBy(leaf, authority, crypto));
  assert.deepEqual(leaf.names, ["localhost", "127.0.0.1"]);
  await first.close();
  const second = await open(here);
  assert.deepEqual(second.first, first.first);
  assert.equal(second.caCertificate, first.caCertificate);
  await second.close();
  const key = await here.files.info("/webhook/ca.key");
  assert.equal(key?.mode, 0o600);
});

Deno.test("DirectoryCertificates.open() makes anew what is damaged", async () => {
  const here = world();
  const first = await open(here);
  await first.close();
  await here.files.writeAtomic("/webhook/tls.crt", "garbage", 0o600);
  const second = await open(here);
  // Who has registered the CA need not do it again.
  assert.equal(second.caCertificate, first.caCertificate);
  await second.close();
  await here.files.writeAtomic("/webhook/ca.key", "garbage", 0o600);
  const third = await open(here);
  assert.notEqual(third.caCertificate, first.caCertificate);
  await third.close();
});

Deno.test("DirectoryCertificates renews its certificate while it serves", async () => {
  const here = world();
  const source = await open(here);
  const served: KeyPair[] = [];
  source.onChange((pair) => served.push(pair));
  assert.equal(served.length, 1);
  here.jump(21 * day);
  await here.until(/Made a certificate, as the one before was due/);
  while (served.length < 2) {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
  assert.notEqual(served[1]?.certificate, served[0]?.certificate);
  await source.close();
});

Deno.test("DirectoryCertificates keeps a CA that is due, as nobody would learn of another", async () => {
  const here = world();
  const first = await open(here);
  await first.close();
  here.jump(300 * day);
  const second = await open(here);
  assert.equal(second.caCertificate, first.caCertificate);
  const { notAfter } = readCertificate(second.first.certificate);
  assert.ok(notAfter > here.clock.now());
  await second.close();
});

Deno.test("DirectoryCertificates.open() tells a directory that cannot be used", async () => {
  const here = world();
  await here.files.writeAtomic("/webhook", "a file", 0o600);
  await assert.rejects(
    open(here),
    (error) => error instanceof McaError && error.code === "file",
  );
});

async function pair(
  commonName: string,
  now: number,
): Promise<{ ca: KeyPair; leaf: KeyPair }> {
  const ca = await issueCertificateAuthority({ commonName }, { crypto, now });
  const leaf = await issueLeaf(ca, {
    commonName: "webhook",
    names: ["webhook.example"],
  }, { crypto, now });
  return { ca, leaf };
}

/** Files as cert-manager fills them. */
async function fileWorld() {
  const here = world();
  await here.files.makeDirectory("/certs", 0o755);
  const put = async (leaf: Partial<KeyPair>) => {
    if (leaf.certificate !== undefined) {
      await here.files.writeAtomic("/certs/tls.crt", leaf.certificate, 0o644);
    }
    if (leaf.privateKey !== undefined) {
      await here.files.writeAtomic("/certs/tls.key", leaf.privateKey, 0o644);
    }
  };
  const openFiles = (trust?: ConfigurationTrust) =>
    FileCertificates.open({
      files: here.files,
      certificateFile: "/certs/tls.crt",
      keyFile: "/certs/tls.key",
      crypto,
      clock: here.clock,
      logger: here.logger,
      trust,
    });
  return { ...here, put, openFiles };
}

Deno.test("FileCertificates serves what the files hold, and what they come to hold", async () => {
  const here = await fileWorld();
  const one = await pair("one", here.time.now);
  const two = await pair("two", here.time.now);
  await here.put(one.leaf);
  const source = await here.openFiles();
  const served: string[] = [];
  source.onChange(({ certificate }) => served.push(certificate));
  await here.put(two.leaf);
  await here.until(/Serving with a new certificate/);
  assert.deepEqual(served, [one.leaf.certificate, two.leaf.certificate]);
  assert.equal(source.notReadyReason(), undefined);
  await source.close();
});

Deno.test("FileCertificates keeps the last good one, and says so once", async () => {
  const here = await fileWorld();
  const one = await pair("one", here.time.now);
  const two = await pair("two", here.time.now);
  await here.put(one.leaf);
  const source = await here.openFiles();
  const served: string[] = [];
  source.onChange(({ certificate }) => served.push(certificate));
  // The certificate is there before its key, as with files that change one by one.
  await here.put({ certificate: two.leaf.certificate });
  await here.until(/the one before stays/);
  for (let i = 0; i < 5; i++) {
    here.time.step(here.time.elapsed + minute);
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
  assert.equal(
    here.lines.filter((line) => /the one before stays/.test(line)).length,
    1,
  );
  assert.deepEqual(served, [one.leaf.certificate]);
  await here.put({ privateKey: two.leaf.privateKey });
  await here.until(/Serving with a new certificate/);
  assert.equal(served.at(-1), two.leaf.certificate);
  await source.close();
  assert.ok(!here.lines.join("").includes("PRIVATE"));
});

Deno.test("FileCertificates tells which file is bad, each time it is another, and when none is", async () => {
  const here = await fileWorld();
  const one = await pair("one", here.time.now);
  await here.put(one.leaf);
  const source = await here.openFiles();
  await here.put({ certificate: "garbage" });
  await here.until(/the one before stays.*\/certs\/tls\.crt/);
  await here.put({ ...one.leaf, privateKey: "garbage" });
  await here.until(/the one before stays.*\/certs\/tls\.key/);
  await here.put(one.leaf);
  await here.until(/The certificate can be used again/);
  await source.close();
});

Deno.test("FileCertificates.open() tells what is wrong with the files", async () => {
  const here = await fileWorld();
  const one = await pair("one", here.time.now);
  const two = await pair("two", here.time.now);
  await assert.rejects(here.openFiles(), /Cannot be read \(ENOENT\)/);
  await here.put({ ...one.leaf, privateKey: two.leaf.privateKey });
  await assert.rejects(here.openFiles(), /not that of the certificate/);
  await here.put({ certificate: "garbage" });
  await assert.rejects(here.openFiles(), /no BEGIN line/);
});

Deno.test("FileCertificates is ready when every caBundle holds its CA, or there is none", async () => {
  const here = await fileWorld();
  const one = await pair("one", here.time.now);
  const two = await pair("two", here.time.now);
  await here.put(one.leaf);
  const cluster = new FakeCluster();
  const register = (...bundles: (string | undefined)[]) =>
    cluster.put("mca-webhook", {
      webhooks: bundles.map((bundle, index) => ({
        name: `${index}.example`,
        clientConfig: bundle === undefined ? {} : {
          caBundle: new TextEncoder().encode(bundle).toBase64(),
        },
      })),
    });
  const trust = new ConfigurationTrust({
    client: cluster.connect().client,
    configuration: configurationReference("mca-webhook"),
    crypto,
    clock: here.clock,
    logger: here.logger,
  });
  const source = await here.openFiles(trust);
  const reason = async (pattern: RegExp | undefined) => {
    const isSo = () => {
      const now = source.notReadyReason();
      return pattern === undefined
        ? now === undefined
        : pattern.test(now ?? "");
    };
    while (!isSo()) {
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
    }
  };
  await reason(/There is no MutatingWebhookConfiguration/);
  register(two.ca.certificate);
  await reason(/does not hold the CA/);
  register(two.ca.certificate + one.ca.certificate);
  await reason(undefined);
  register(one.ca.certificate, two.ca.certificate);
  await reason(/1\.example does not hold/);
  register(undefined);
  await reason(undefined);
  register(one.leaf.certificate);
  await reason(undefined);
  await source.close();
});

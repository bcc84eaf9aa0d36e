import assert from "node:assert/strict";
import {
  type Certificate,
  parseCertificate,
  readCertificate,
} from "../../../lib/certs/certificate.ts";
import {
  issueCertificateAuthority,
  type IssuedCertificate,
  issueLeaf,
} from "../../../lib/certs/issue.ts";
import type { KeyAlgorithmName } from "../../../lib/certs/key_algorithms.ts";
import {
  isIssuedBy,
  keyAlgorithmOf,
  keyMatches,
} from "../../../lib/certs/verification.ts";
import { derTags, encodeElement } from "../../../lib/certs/der.ts";
import { McaError } from "../../../lib/errors.ts";
import { engine } from "./engines.ts";
import {
  opensslLeaf,
  opensslSelfSigned,
  opensslTraditionalKey,
} from "./openssl_certificates.ts";

const read = (issued: { readonly certificate: string }): Certificate =>
  readCertificate(issued.certificate);

async function family(keyAlgorithm: KeyAlgorithmName) {
  const options = { commonName: "test CA", keyAlgorithm };
  const ca = await issueCertificateAuthority(options, engine);
  const leaf = await issueLeaf(
    ca,
    { ...options, names: ["a.example"] },
    engine,
  );
  return { ca, leaf };
}

const families = [
  ["ecdsa-p256", await family("ecdsa-p256")],
  ["ecdsa-p384", await family("ecdsa-p384")],
  ["rsa-2048", await family("rsa-2048")],
] as const;
const { ca, leaf } = families[0][1];

for (const [name, { ca, leaf }] of families) {
  Deno.test(`isIssuedBy() accepts the issuer alone with ${name}`, async () => {
    assert.equal(await isIssuedBy(read(leaf), read(ca), crypto), true);
    assert.equal(await isIssuedBy(read(ca), read(ca), crypto), true);
    assert.equal(await isIssuedBy(read(leaf), read(leaf), crypto), false);
    assert.equal(await isIssuedBy(read(ca), read(leaf), crypto), false);
    for (const [otherName, other] of families) {
      if (otherName === name) continue;
      assert.equal(await isIssuedBy(read(leaf), read(other.ca), crypto), false);
    }
  });

  Deno.test(`keyMatches() tells the key from others with ${name}`, async () => {
    assert.equal(await keyMatches(read(leaf), leaf.privateKey, crypto), true);
    assert.equal(await keyMatches(read(ca), ca.privateKey, crypto), true);
    assert.equal(await keyMatches(read(leaf), ca.privateKey, crypto), false);
    for (const [otherName, other] of families) {
      if (otherName === name) continue;
      assert.equal(
        await keyMatches(read(leaf), other.leaf.privateKey, crypto),
        false,
      );
    }
  });

  Deno.test(`keyMatches() takes the traditional format of a key with ${name}`, async () => {
    const traditional = await opensslTraditionalKey(leaf.privateKey);
    assert.match(traditional, /BEGIN (RSA|EC) PRIVATE KEY/);
    assert.equal(await keyMatches(read(leaf), traditional, crypto), true);
    assert.equal(await keyMatches(read(ca), traditional, crypto), false);
  });
}

Deno.test("isIssuedBy() refuses a CA of the same name that did not sign", async () => {
  const other = await issueCertificateAuthority(
    { commonName: "test CA" },
    engine,
  );
  assert.equal(await isIssuedBy(read(leaf), read(other), crypto), false);
});

Deno.test("isIssuedBy() refuses a CA of another name with the same key", async () => {
  const { subject } = read(
    await issueCertificateAuthority({ commonName: "another CA" }, engine),
  ).encoded;
  const issuer = read(ca);
  const renamed = { ...issuer, encoded: { ...issuer.encoded, subject } };
  assert.equal(await isIssuedBy(read(leaf), renamed, crypto), false);
});

for (const numbers of [[], [1], [1, 2, 3]]) {
  Deno.test(`isIssuedBy() refuses a signature of ${numbers.length} numbers`, async () => {
    const signature = encodeElement(
      derTags.sequence,
      ...numbers.map((number) =>
        encodeElement(derTags.integer, Uint8Array.of(number))
      ),
    );
    const signed = read(leaf);
    const changed = { ...signed, encoded: { ...signed.encoded, signature } };
    assert.equal(await isIssuedBy(changed, read(ca), crypto), false);
  });
}

Deno.test("isIssuedBy() refuses an issuer that is no CA", async () => {
  assert.equal(
    await isIssuedBy(read(leaf), { ...read(ca), isCa: false }, crypto),
    false,
  );
});

Deno.test("isIssuedBy() accepts no certificate with a changed octet", async () => {
  const { der } = read(leaf);
  let judged = 0;
  for (let at = 0; at < der.length; at++) {
    const changed = der.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x01;
    try {
      const accepted = await isIssuedBy(
        parseCertificate(changed),
        read(ca),
        crypto,
      );
      assert.equal(accepted, false, `octet ${at}`);
      judged++;
    } catch (error) {
      assert.ok(error instanceof McaError, Deno.inspect(error));
    }
  }
  assert.ok(judged > 200);
});

const foreign = [
  ["P-256 with SHA-512", [
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-sha512",
  ]],
  ["P-384 with SHA-256", [
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-384",
    "-sha256",
  ]],
  ["RSA with SHA-384", ["rsa:2048", "-sha384"]],
  ["RSA with SHA-512", ["rsa:2048", "-sha512"]],
] as const;

for (const [what, args] of foreign) {
  Deno.test(`isIssuedBy() and keyMatches() know openssl's ${what}`, async () => {
    const pair = await opensslSelfSigned("-newkey", ...args, "-subj", "/CN=ca");
    const issuer = read(pair);
    assert.equal(await isIssuedBy(issuer, issuer, crypto), true);
    assert.equal(await keyMatches(issuer, pair.privateKey, crypto), true);
    assert.equal(await keyMatches(issuer, leaf.privateKey, crypto), false);
    const signed = readCertificate(
      await opensslLeaf(pair, args.at(-1) ?? "-sha256"),
    );
    assert.equal(await isIssuedBy(signed, issuer, crypto), true);
    assert.equal(await isIssuedBy(signed, read(ca), crypto), false);
  });
}

Deno.test("issueLeaf() signs with an openssl CA whose key is in a traditional format", async () => {
  for (const args of [["rsa:2048"], foreign[1][1].slice(0, 3)]) {
    const pair = await opensslSelfSigned("-newkey", ...args, "-subj", "/CN=ca");
    const authority = {
      certificate: pair.certificate,
      privateKey: await opensslTraditionalKey(pair.privateKey),
    };
    const issued: IssuedCertificate = await issueLeaf(
      authority,
      { commonName: "leaf", names: ["a.example"] },
      { crypto, now: Date.now() },
    );
    assert.equal(await isIssuedBy(read(issued), read(pair), crypto), true);
  }
});

Deno.test("keyAlgorithmOf() refuses a key that MCA does not know, and says which it knows", async () => {
  const pair = await opensslSelfSigned("-newkey", "ed25519", "-subj", "/CN=ed");
  assert.throws(() => keyAlgorithmOf(read(pair)), (error) => {
    assert.ok(error instanceof McaError);
    assert.equal(
      error.message,
      "Unknown key algorithm in the certificate of CN=ed",
    );
    assert.match(
      error.hint ?? "",
      /ECDSA key \(P-256 or P-384\) or an RSA key/,
    );
    return true;
  });
  await assert.rejects(isIssuedBy(read(pair), read(pair), crypto), {
    name: "McaError",
    message: "Unknown signature algorithm in the certificate of CN=ed",
  });
});

Deno.test("keyMatches() refuses a PEM without a key", async () => {
  await assert.rejects(keyMatches(read(leaf), leaf.certificate, crypto), {
    name: "McaError",
    message: "Expected one private key, found CERTIFICATE",
  });
});

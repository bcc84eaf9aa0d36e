import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import {
  fingerprint,
  parseCertificate,
  readCertificate,
  readCertificates,
} from "../../../lib/certs/certificate.ts";
import {
  issueCertificateAuthority,
  issueLeaf,
} from "../../../lib/certs/issue.ts";
import { McaError } from "../../../lib/errors.ts";
import { engine } from "./engines.ts";
import { opensslLeaf, opensslSelfSigned } from "./openssl_certificates.ts";

const ca = await issueCertificateAuthority({ commonName: "test CA" }, engine);
const leaf = await issueLeaf(ca, {
  commonName: "localhost",
  names: ["localhost", "*.example.com", "10.0.0.1", "2001:db8::7"],
}, engine);

const ecKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

/** What node:crypto reads, under the names of a Certificate. */
function nodeFacts(pem: string) {
  const certificate = new X509Certificate(pem);
  return {
    serialNumber: certificate.serialNumber.toLowerCase().replace(/^0+/, ""),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    isCa: certificate.ca,
    fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

async function ourFacts(pem: string) {
  const certificate = readCertificate(pem);
  const { serialNumber, notBefore, notAfter, isCa } = certificate;
  return {
    serialNumber,
    notBefore,
    notAfter,
    isCa,
    fingerprint: await fingerprint(certificate, crypto),
  };
}

Deno.test("readCertificate() agrees with node:crypto on what MCA issues", async () => {
  for (const { certificate } of [ca, leaf]) {
    assert.deepEqual(await ourFacts(certificate), nodeFacts(certificate));
  }
});

Deno.test("readCertificate() tells the names, identifiers and dates of a leaf", () => {
  const [read, authority] = [leaf, ca].map(({ certificate }) =>
    readCertificate(certificate)
  );
  assert.equal(read?.subject, "CN=localhost");
  assert.equal(read?.issuer, "CN=test CA");
  assert.deepEqual(read?.names, [
    "localhost",
    "*.example.com",
    "10.0.0.1",
    "2001:db8::7",
  ]);
  assert.equal(read?.notBefore, leaf.notBefore);
  assert.equal(read?.notAfter, leaf.notAfter);
  assert.equal(read?.isCa, false);
  assert.equal(authority?.isCa, true);
  assert.match(read?.subjectKeyId ?? "", /^[0-9a-f]{40}$/);
  assert.equal(read?.authorityKeyId, authority?.subjectKeyId);
});

Deno.test("readCertificate() reads what openssl makes", async () => {
  const { certificate } = await opensslSelfSigned(
    ...ecKey,
    "-subj",
    "/C=DE/O=Größe, Ltd/CN=a=b",
    "-utf8",
    "-days",
    "20000",
    "-addext",
    "subjectAltName=DNS:a.example,email:x@example.com,IP:::1,URI:https://a.example",
  );
  assert.deepEqual(await ourFacts(certificate), nodeFacts(certificate));
  const read = readCertificate(certificate);
  assert.equal(read.subject, "C=DE, O=Größe\\, Ltd, CN=a\\=b");
  assert.deepEqual(read.names, ["a.example", "::1"]);
  assert.ok(read.notAfter > Date.UTC(2050, 0, 1));
});

Deno.test("readCertificate() reads version 1 without extensions", async () => {
  const issuer = await opensslSelfSigned(...ecKey, "-subj", "/CN=ca");
  const certificate = await opensslLeaf(issuer);
  assert.deepEqual(await ourFacts(certificate), nodeFacts(certificate));
  const read = readCertificate(certificate);
  assert.deepEqual(read.names, []);
  assert.equal(read.subjectKeyId, null);
  assert.equal(read.authorityKeyId, null);
  assert.equal(read.isCa, false);
});

for (const year of [1950, 1999, 2000, 2049, 2050, 2099]) {
  Deno.test(`readCertificate() reads a date of ${year}`, async () => {
    const issued = await issueCertificateAuthority(
      { commonName: "time", lifetime: 60_000 },
      { crypto, now: Date.UTC(year, 1, 28, 23, 59, 59) },
    );
    assert.deepEqual(
      await ourFacts(issued.certificate),
      nodeFacts(issued.certificate),
    );
    assert.equal(
      readCertificate(issued.certificate).notAfter,
      Date.UTC(year, 1, 28, 24, 0, 59),
    );
  });
}

Deno.test("readCertificate() takes the first of a bundle, readCertificates() all", () => {
  const bundle = leaf.certificate + leaf.privateKey + ca.certificate;
  assert.equal(readCertificate(bundle).subject, "CN=localhost");
  assert.deepEqual(
    readCertificates(bundle).map(({ subject }) => subject),
    ["CN=localhost", "CN=test CA"],
  );
});

Deno.test("readCertificate() escapes control characters of a name", async () => {
  const issued = await issueCertificateAuthority(
    { commonName: 'a\n"b"\u009b' },
    engine,
  );
  assert.equal(
    readCertificate(issued.certificate).subject,
    'CN=a\\0a\\"b\\"\\9b',
  );
});

function assertReadsOrRefuses(der: Uint8Array<ArrayBuffer>): boolean {
  try {
    parseCertificate(der);
    return true;
  } catch (error) {
    assert.ok(error instanceof McaError, Deno.inspect(error));
    assert.equal(error.code, "certificate");
    assert.ok(error.hint);
    return false;
  }
}

Deno.test("parseCertificate() refuses a certificate cut anywhere", () => {
  const { der } = readCertificate(leaf.certificate);
  for (let length = 0; length < der.length; length++) {
    assert.equal(assertReadsOrRefuses(der.slice(0, length)), false);
  }
});

/** The certificate with some of its octets replaced, in hexadecimal. */
function patched(pem: string, from: string, to: string) {
  const { der } = readCertificate(pem);
  assert.equal(der.toHex().split(from).length, 2);
  return Uint8Array.fromHex(der.toHex().replace(from, to));
}

Deno.test("parseCertificate() takes an explicit FALSE for what it is", () => {
  // basicConstraints of a CA: SEQUENCE { BOOLEAN, INTEGER 0 }.
  const der = patched(ca.certificate, "30060101ff020100", "3006010100020100");
  assert.equal(parseCertificate(der).isCa, false);
});

Deno.test("parseCertificate() refuses an IP address that is none", () => {
  // The DNS name localhost becomes an address of 9 octets.
  const der = patched(leaf.certificate, "82096c6f63616c", "87096c6f63616c");
  assert.throws(() => parseCertificate(der), {
    name: "McaError",
    message: "Cannot read an IP address in subjectAltName of the certificate",
  });
});

Deno.test("parseCertificate() refuses octets after the certificate", () => {
  const { der } = readCertificate(leaf.certificate);
  assert.equal(assertReadsOrRefuses(Uint8Array.of(...der, 5, 0)), false);
});

Deno.test("parseCertificate() never fails but by McaError whatever octet is changed", () => {
  const { der } = readCertificate(leaf.certificate);
  let refused = 0;
  for (let at = 0; at < der.length; at++) {
    for (const bits of [0x01, 0x02, 0x20, 0x80, 0xff]) {
      const changed = der.slice();
      changed[at] = (changed[at] ?? 0) ^ bits;
      if (!assertReadsOrRefuses(changed)) refused++;
    }
  }
  assert.ok(refused > der.length);
});

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { Crypto as PeculiarCrypto } from "@peculiar/webcrypto";
import {
  defaultAuthorityLifetime,
  defaultBackdate,
  defaultLeafLifetime,
  type Engine,
  issueCertificateAuthority,
  type IssuedCertificate,
  issueLeaf,
  type LeafOptions,
} from "../../../lib/certs/issue.ts";
import {
  type KeyAlgorithmName,
  keyAlgorithms,
} from "../../../lib/certs/key_algorithms.ts";
import { McaError } from "../../../lib/errors.ts";
import { engine, engineWithBytes, now } from "./engines.ts";
import { runProgram, withFiles } from "./run_program.ts";

const names = [
  "localhost",
  "Kubernetes.default.svc",
  "*.example.com",
  "127.0.0.1",
  "0:0::1",
  "2001:DB8::7",
];
const leafOptions: LeafOptions = { commonName: "localhost", names };
const hour = 60 * 60 * 1000;

const ca = await issueCertificateAuthority({ commonName: "test CA" }, engine);
const otherCa = await issueCertificateAuthority(
  { commonName: "test CA" },
  engine,
);

/** What openssl says of the certificate's extensions and dates. */
async function opensslText(certificate: string): Promise<string> {
  return await withFiles({ "cert.pem": certificate }, async (path) => {
    const { code, stdout, stderr } = await runProgram("openssl", [
      "x509",
      "-in",
      path("cert.pem"),
      "-noout",
      "-text",
    ]);
    assert.equal(code, 0, stderr);
    return stdout.replace(/[ \n]+/g, " ");
  });
}

async function opensslVerify(
  authorities: string,
  certificate: string,
  at = now,
  ...args: string[]
) {
  const contents = { "ca.pem": authorities, "cert.pem": certificate };
  return await withFiles(contents, async (path) =>
    await runProgram("openssl", [
      "verify",
      "-x509_strict",
      "-no-CApath",
      "-no-CAstore",
      "-attime",
      String(Math.floor(at / 1000)),
      ...args,
      "-CAfile",
      path("ca.pem"),
      path("cert.pem"),
    ]));
}

function node(issued: { readonly certificate: string }): X509Certificate {
  return new X509Certificate(issued.certificate);
}

const engines: readonly (readonly [string, Engine])[] = [
  ["the runtime's WebCrypto", engine],
  ["@peculiar/webcrypto", { crypto: new PeculiarCrypto(), now }],
];

const algorithmNames: readonly KeyAlgorithmName[] = [
  "ecdsa-p256",
  "ecdsa-p384",
  "rsa-2048",
  "rsa-3072",
];

Deno.test("keyAlgorithms() has no entry that these tests leave out", () => {
  assert.deepEqual(Object.keys(keyAlgorithms), algorithmNames);
});

for (const [engineName, eachEngine] of engines) {
  for (const keyAlgorithm of algorithmNames) {
    // One big key per engine is enough.
    if (keyAlgorithm === "rsa-3072" && eachEngine !== engine) continue;
    Deno.test(`issueLeaf() makes ${keyAlgorithm} with ${engineName} that others accept`, async () => {
      const authority = await issueCertificateAuthority(
        { commonName: "an authority", keyAlgorithm },
        eachEngine,
      );
      const leaf = await issueLeaf(
        authority,
        { ...leafOptions, keyAlgorithm },
        eachEngine,
      );
      assertNodeAccepts(authority, leaf);
      const verified = await opensslVerify(
        authority.certificate,
        leaf.certificate,
      );
      assert.equal(verified.code, 0, verified.stderr);
      const refused = await opensslVerify(
        otherCa.certificate,
        leaf.certificate,
      );
      assert.notEqual(refused.code, 0);
    });
  }
}

function assertNodeAccepts(
  authority: IssuedCertificate,
  leaf: IssuedCertificate,
): void {
  const [issuer, subject] = [node(authority), node(leaf)];
  assert.equal(issuer.ca, true);
  assert.equal(subject.ca, false);
  assert.ok(subject.checkIssued(issuer));
  assert.ok(subject.verify(issuer.publicKey));
  assert.ok(issuer.verify(issuer.publicKey));
  assert.ok(!subject.verify(subject.publicKey));
  for (const name of ["localhost", "kubernetes.default.svc"]) {
    assert.ok(subject.checkHost(name), name);
  }
  for (const name of ["example.com", "kubernetes"]) {
    assert.equal(subject.checkHost(name), undefined, name);
  }
  for (const address of ["127.0.0.1", "::1", "2001:db8::7"]) {
    assert.ok(subject.checkIP(address), address);
  }
  for (const address of ["127.0.0.2", "::2"]) {
    assert.equal(subject.checkIP(address), undefined, address);
  }
}

const opensslNames = [
  ["-verify_hostname", "a.example.com", 0],
  ["-verify_hostname", "KUBERNETES.default.svc", 0],
  ["-verify_hostname", "a.b.example.com", 2],
  ["-verify_hostname", "kubernetes.default", 2],
  ["-verify_ip", "127.0.0.1", 0],
  ["-verify_ip", "::1", 0],
  ["-verify_ip", "2001:db8::8", 2],
] as const;

Deno.test("issueLeaf() names what openssl then accepts, and nothing else", async () => {
  const leaf = await issueLeaf(ca, leafOptions, engine);
  for (const [option, name, expected] of opensslNames) {
    const { code } = await opensslVerify(
      ca.certificate,
      leaf.certificate,
      now,
      option,
      name,
    );
    assert.equal(code, expected, name);
  }
});

Deno.test("issueLeaf() mixes key algorithms of CA and leaf", async () => {
  const leaf = await issueLeaf(ca, {
    ...leafOptions,
    keyAlgorithm: "ecdsa-p384",
  }, engine);
  assertNodeAccepts(ca, leaf);
  const rsa = await issueCertificateAuthority({
    commonName: "rsa",
    keyAlgorithm: "rsa-2048",
  }, engine);
  assertNodeAccepts(rsa, await issueLeaf(rsa, leafOptions, engine));
});

Deno.test("issueCertificateAuthority() says all that a CA must", async () => {
  const text = await opensslText(ca.certificate);
  assert.match(text, /Version: 3 /);
  assert.match(text, /Issuer: CN = test CA /);
  assert.match(text, /Subject: CN = test CA /);
  assert.match(text, /Basic Constraints: critical CA:TRUE, pathlen:0 /);
  assert.match(text, /Key Usage: critical Certificate Sign, CRL Sign X509v3/);
  assert.doesNotMatch(text, /Extended Key Usage|Alternative Name/);
  const [, subjectKey] = /Subject Key Identifier: (\S+)/.exec(text) ?? [];
  const [, authorityKey] = /Authority Key Identifier: (\S+)/.exec(text) ?? [];
  assert.equal(subjectKey?.length, 59);
  assert.equal(authorityKey, subjectKey);
});

const leafTexts = [
  [{}, "Digital Signature X509v3", "TLS Web Server Authentication X509v3"],
  [
    { keyAlgorithm: "rsa-2048" },
    "Digital Signature, Key Encipherment X509v3",
    "TLS Web Server Authentication X509v3",
  ],
  [
    { clientAuth: true },
    "Digital Signature X509v3",
    "TLS Web Server Authentication, TLS Web Client Authentication X509v3",
  ],
] as const satisfies readonly (readonly [
  Partial<LeafOptions>,
  string,
  string,
])[];

for (const [options, keyUsage, extendedKeyUsage] of leafTexts) {
  Deno.test(`issueLeaf() says all that a leaf must with ${JSON.stringify(options)}`, async () => {
    const leaf = await issueLeaf(ca, { ...leafOptions, ...options }, engine);
    const text = await opensslText(leaf.certificate);
    assert.match(text, /Issuer: CN = test CA /);
    assert.match(text, /Subject: CN = localhost /);
    assert.match(text, /Basic Constraints: critical CA:FALSE /);
    assert.ok(text.includes(`X509v3 Key Usage: critical ${keyUsage}`), text);
    assert.ok(text.includes(`Extended Key Usage: ${extendedKeyUsage}`), text);
    assert.ok(text.includes(
      "Alternative Name: DNS:localhost, DNS:kubernetes.default.svc, DNS:*.example.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:0:7 ",
    ));
    const caText = await opensslText(ca.certificate);
    const [, authorityKey] = /Authority Key Identifier: (\S+)/.exec(text) ?? [];
    assert.ok(authorityKey !== undefined);
    assert.ok(caText.includes(`Subject Key Identifier: ${authorityKey}`));
    const [, subjectKey] = /Subject Key Identifier: (\S+)/.exec(text) ?? [];
    assert.notEqual(subjectKey, authorityKey);
  });
}

Deno.test("issueLeaf() can make a certificate for a client without names", async () => {
  const leaf = await issueLeaf(
    ca,
    { commonName: "someone", names: [], clientAuth: true },
    engine,
  );
  assert.equal(node(leaf).subjectAltName, undefined);
  const verified = await opensslVerify(
    ca.certificate,
    leaf.certificate,
    now,
    "-purpose",
    "sslclient",
  );
  assert.equal(verified.code, 0, verified.stderr);
});

Deno.test("issueLeaf() makes no leaf that openssl takes for a client's, and none below a leaf", async () => {
  const leaf = await issueLeaf(ca, leafOptions, engine);
  const asClient = await opensslVerify(
    ca.certificate,
    leaf.certificate,
    now,
    "-purpose",
    "sslclient",
  );
  assert.match(asClient.stderr, /unsuitable certificate purpose/);
  await assert.rejects(issueLeaf(leaf, leafOptions, engine), {
    name: "McaError",
    message: "The issuer CN=localhost is not a CA",
  });
});

const serials = [
  ["ff".repeat(16), "00" + "ff".repeat(16)],
  ["80" + "00".repeat(15), "0080" + "00".repeat(15)],
  ["7f" + "ff".repeat(15), "7f" + "ff".repeat(15)],
  ["00".repeat(15) + "05", "05"],
  ["0000" + "80" + "00".repeat(13), "0080" + "00".repeat(13)],
  ["0001" + "00".repeat(14), "01" + "00".repeat(14)],
] as const;

for (const [random, octets] of serials) {
  Deno.test(`issueCertificateAuthority() makes the serial number ${octets} of random ${random}`, async () => {
    const issued = await issueCertificateAuthority(
      { commonName: "serial" },
      engineWithBytes(Uint8Array.fromHex(random)),
    );
    // Version 3, then the INTEGER.
    const length = (octets.length / 2).toString(16).padStart(2, "0");
    const der = new Uint8Array(node(issued).raw).toHex();
    assert.ok(der.includes(`a00302010202${length}${octets}30`), der);
    assert.equal(
      BigInt(`0x${node(issued).serialNumber}`),
      BigInt(`0x${octets}`),
    );
    const verified = await opensslVerify(
      issued.certificate,
      issued.certificate,
    );
    assert.equal(verified.code, 0, verified.stderr);
  });
}

Deno.test("issueLeaf() never repeats a serial number or a key", async () => {
  const leaves = await Promise.all(
    Array.from({ length: 8 }, () => issueLeaf(ca, leafOptions, engine)),
  );
  const distinct = (of: (leaf: IssuedCertificate) => string) =>
    new Set(leaves.map(of)).size;
  assert.equal(distinct((leaf) => node(leaf).serialNumber), 8);
  assert.equal(distinct((leaf) => leaf.privateKey), 8);
});

function assertValidity(
  issued: IssuedCertificate,
  notBefore: number,
  notAfter: number,
): void {
  assert.equal(issued.notBefore, notBefore);
  assert.equal(issued.notAfter, notAfter);
  assert.equal(Date.parse(node(issued).validFrom), notBefore);
  assert.equal(Date.parse(node(issued).validTo), notAfter);
}

Deno.test("issueLeaf() backdates by an hour and lives 90 days unless told", async () => {
  const second = now - 678;
  assert.equal(defaultBackdate, hour);
  assert.equal(defaultLeafLifetime, 90 * 24 * hour);
  assertValidity(
    await issueLeaf(ca, leafOptions, engine),
    second - hour,
    second + 90 * 24 * hour,
  );
  assertValidity(ca, second - hour, second + defaultAuthorityLifetime);
});

Deno.test("issueLeaf() backdates and lives as told", async () => {
  const second = now - 678;
  assertValidity(
    await issueLeaf(ca, {
      ...leafOptions,
      backdate: 10 * 60_000,
      lifetime: hour,
    }, engine),
    second - 10 * 60_000,
    second + hour,
  );
});

Deno.test("issueLeaf() keeps a leaf within the life of its CA", async () => {
  const short = await issueCertificateAuthority({
    commonName: "short",
    backdate: 60_000,
    lifetime: 24 * hour,
  }, engine);
  const leaf = await issueLeaf(short, leafOptions, {
    crypto,
    now: now + 30_000,
  });
  assertValidity(leaf, short.notBefore, short.notAfter);
});

Deno.test("issueLeaf() makes a leaf that openssl accepts from notBefore to notAfter", async () => {
  const leaf = await issueLeaf(ca, leafOptions, engine);
  const codeAt = async (at: number) =>
    (await opensslVerify(ca.certificate, leaf.certificate, at)).code;
  assert.equal(await codeAt(leaf.notBefore), 0);
  // To the second before: openssl does not count the last one.
  assert.equal(await codeAt(leaf.notAfter - 1000), 0);
  assert.notEqual(await codeAt(leaf.notBefore - 1000), 0);
  assert.notEqual(await codeAt(leaf.notAfter + 1000), 0);
});

Deno.test("issueCertificateAuthority() writes UTCTime to 2049 and GeneralizedTime from 2050", async () => {
  const last = Date.UTC(2049, 11, 31, 23, 59, 59);
  for (
    const [notBefore, lifetime, expected] of [
      [last, 1000, [
        "UTCTIME :491231235959Z",
        "GENERALIZEDTIME :20500101000000Z",
      ]],
      [last - 1000, 1000, ["UTCTIME :491231235958Z", "UTCTIME :491231235959Z"]],
    ] as const
  ) {
    const issued = await issueCertificateAuthority(
      { commonName: "time", backdate: 0, lifetime },
      { crypto, now: notBefore },
    );
    const { stdout } = await withFiles(
      { "cert.pem": issued.certificate },
      (path) => runProgram("openssl", ["asn1parse", "-in", path("cert.pem")]),
    );
    const times = [...stdout.matchAll(/(UTCTIME|GENERALIZEDTIME) +(:\w+)/g)]
      .map(([, type, time]) => `${type} ${time}`);
    assert.deepEqual(times, expected);
  }
});

const badOptions = [
  { commonName: "" },
  { commonName: "a".repeat(65) },
  { lifetime: 999 },
  { lifetime: NaN },
  { lifetime: Infinity },
  { backdate: -1 },
  { names: [] },
];

for (const options of badOptions) {
  Deno.test(`issueLeaf() refuses ${JSON.stringify(options)}`, async () => {
    await assert.rejects(
      issueLeaf(ca, { ...leafOptions, ...options }, engine),
      RangeError,
    );
  });
}

Deno.test("issueLeaf() takes a common name for what it is", async () => {
  const commonName = 'a, O=b+C=c"\\';
  const leaf = await issueLeaf(ca, { ...leafOptions, commonName }, engine);
  assert.equal(node(leaf).toLegacyObject().subject.CN, commonName);
});

Deno.test("issueLeaf() refuses a name that is none", async () => {
  await assert.rejects(
    issueLeaf(ca, { ...leafOptions, names: ["ok", "not ok"] }, engine),
    { name: "McaError", message: /got "not ok"$/ },
  );
});

for (
  const [what, at] of [
    ["has expired", ca.notAfter + 1],
    ["is not valid yet", ca.notBefore - 1],
  ] as const
) {
  Deno.test(`issueLeaf() refuses a CA that ${what}`, async () => {
    await assert.rejects(
      issueLeaf(ca, leafOptions, { crypto, now: at }),
      { name: "McaError", message: `The issuer CN=test CA ${what}` },
    );
  });
}

Deno.test("issueLeaf() refuses a key that is not the CA's, and does not show it", async () => {
  const rsa = await issueCertificateAuthority({
    commonName: "rsa",
    keyAlgorithm: "rsa-2048",
  }, engine);
  for (const { privateKey } of [otherCa, rsa]) {
    await assert.rejects(
      issueLeaf({ ...ca, privateKey }, leafOptions, engine),
      (error) => {
        assert.ok(error instanceof McaError);
        assert.match(
          error.message,
          /^The private key is not that of the issuer/,
        );
        const printed = Deno.inspect(error, { depth: 9 });
        const lines = privateKey.split("\n").slice(1, -2);
        assert.ok(lines.every((line) => !printed.includes(line)));
        return true;
      },
    );
  }
});

import assert from "node:assert/strict";
import {
  encodePem,
  parsePem,
  pemCertificates,
  pemPrivateKey,
} from "../../../lib/certs/pem.ts";
import { McaError } from "../../../lib/errors.ts";

const certificate = encodePem("CERTIFICATE", Uint8Array.of(48, 1, 5));
const key = encodePem("PRIVATE KEY", Uint8Array.of(48, 1, 7));
const secret = "c2VjcmV0LWtleS1ieXRlcw";

Deno.test("encodePem() writes lines of 64 characters", () => {
  const pem = encodePem("CERTIFICATE", new Uint8Array(100));
  assert.deepEqual(pem.split("\n").map((line) => line.length), [
    27,
    64,
    64,
    8,
    25,
    0,
  ]);
});

Deno.test("parsePem() reads what encodePem() writes", () => {
  for (const length of [1, 2, 3, 47, 48, 49, 1000]) {
    const der = crypto.getRandomValues(new Uint8Array(length));
    assert.deepEqual(parsePem(encodePem("X509 CRL", der)), [
      { label: "X509 CRL", der },
    ]);
  }
});

const spellings = [
  ["CRLF", certificate.replaceAll("\n", "\r\n")],
  ["CR alone", certificate.replaceAll("\n", "\r")],
  ["no final newline", certificate.trimEnd()],
  ["space around lines", certificate.replaceAll("\n", " \t\n ")],
  ["text before and after", `# a CA\n${certificate}\nthe end\n`],
  ["a byte order mark", `\ufeff\n${certificate}`],
  ["one long line", certificate.replace("MAEF", "MAEF")],
] as const;

for (const [what, pem] of spellings) {
  Deno.test(`pemCertificates() reads PEM with ${what}`, () => {
    assert.deepEqual(pemCertificates(pem).map((der) => [...der]), [[48, 1, 5]]);
  });
}

Deno.test("pemCertificates() keeps the order of a bundle and leaves keys aside", () => {
  const other = encodePem("CERTIFICATE", Uint8Array.of(48, 1, 6));
  assert.deepEqual(
    pemCertificates(certificate + key + other).map((der) => der[2]),
    [5, 6],
  );
});

for (
  const [label, format] of [
    ["PRIVATE KEY", "pkcs8"],
    ["RSA PRIVATE KEY", "pkcs1"],
    ["EC PRIVATE KEY", "sec1"],
  ] as const
) {
  Deno.test(`pemPrivateKey() takes ${label} for ${format}`, () => {
    const pem = certificate + encodePem(label, Uint8Array.of(48, 1, 7));
    assert.deepEqual(pemPrivateKey(pem), {
      format,
      der: Uint8Array.of(48, 1, 7),
    });
  });
}

const legacy = `-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,00

${secret}
-----END RSA PRIVATE KEY-----
`;

const refused: readonly (readonly [string, string, RegExp, RegExp, number?])[] =
  [
    ["nothing", "", /found nothing/, /BEGIN CERTIFICATE/],
    ["blanks", " \n\n", /found nothing/, /BEGIN CERTIFICATE/],
    ["DER", "0\x82\x01\n", /found no BEGIN line/, /openssl x509 -inform der/],
    [
      "a cut block",
      `\n${key.slice(0, 30)}`,
      /Expected END PRIVATE KEY, found the end/,
      /cut or damaged/,
      2,
    ],
    [
      "a block within a block",
      certificate.slice(0, 30) + "\n" + certificate,
      /Unexpected BEGIN CERTIFICATE/,
      /cut or damaged/,
      3,
    ],
    [
      "another label at the end",
      certificate.replace("END CERTIFICATE", "END X509 CRL"),
      /Unexpected END X509 CRL/,
      /cut or damaged/,
      3,
    ],
    [
      "an END alone",
      "-----END CERTIFICATE-----",
      /Unexpected END CERTIFICATE/,
      /cut or damaged/,
      1,
    ],
    [
      "an empty block",
      certificate.replace("MAEF\n", ""),
      /Expected base64 in the CERTIFICATE block/,
      /cut or damaged/,
      1,
    ],
    [
      "what is not base64",
      key.replace("MAEH", `${secret}-`),
      /Expected base64 in the PRIVATE KEY block/,
      /cut or damaged/,
      1,
    ],
    [
      "an encrypted key",
      encodePem("ENCRYPTED PRIVATE KEY", Uint8Array.of(48, 0)),
      /The private key is encrypted/,
      /openssl pkcs8/,
      1,
    ],
    [
      "a key encrypted the old way",
      legacy,
      /The private key is encrypted/,
      /openssl pkcs8/,
      1,
    ],
  ];

for (const [what, pem, message, hint, line] of refused) {
  Deno.test(`parsePem() refuses ${what}`, () => {
    assert.throws(() => parsePem(pem), (error) => {
      assert.ok(error instanceof McaError);
      assert.equal(error.code, "certificate");
      assert.match(error.message, message);
      assert.match(error.hint ?? "", hint);
      assert.equal(error.place.line, line);
      // Nothing of a key leaks, by whatever way an error is printed.
      assert.ok(!Deno.inspect(error, { depth: 9 }).includes(secret));
      return true;
    });
  });
}

Deno.test("pemCertificates() says what it found instead", () => {
  assert.throws(() => pemCertificates(key), {
    name: "McaError",
    message: "Expected a CERTIFICATE block, found PRIVATE KEY",
  });
});

Deno.test("pemPrivateKey() says what it found instead", () => {
  assert.throws(() => pemPrivateKey(certificate), {
    name: "McaError",
    message: "Expected one private key, found CERTIFICATE",
  });
  assert.throws(() => pemPrivateKey(key + key), {
    name: "McaError",
    message: "Expected one private key, found 2",
  });
});

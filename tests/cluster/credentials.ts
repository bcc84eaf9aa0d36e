/** Keys, certificates and tokens of one control plane, all random and its own. */

import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { join } from "node:path";

const day = 24 * 60 * 60 * 1000;
const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const rsa = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

/** A user of the API server, known by a static token. */
export interface TokenUser {
  readonly name: string;
  readonly token: string;
  readonly groups: readonly string[];
}

/** Where the files are, as paths. */
export interface CredentialFiles {
  readonly ca: string;
  readonly apiServerCert: string;
  readonly apiServerKey: string;
  readonly kubeletCert: string;
  readonly kubeletKey: string;
  readonly kubeletClientCert: string;
  readonly kubeletClientKey: string;
  readonly serviceAccountPublicKey: string;
  readonly serviceAccountKey: string;
  readonly tokens: string;
}

const serviceNames = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];

interface Authority {
  readonly name: string;
  readonly keys: CryptoKeyPair;
  readonly pem: string;
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return {
    notBefore: new Date(now - day),
    notAfter: new Date(now + 365 * day),
  };
}

function ecdsaKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
}

async function makeAuthority(): Promise<Authority> {
  const keys = await ecdsaKeys();
  const name = "CN=test-cluster-ca";
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: ecdsa,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { name, keys, pem: certificate.toString("pem") };
}

interface Leaf {
  readonly cert: string;
  readonly key: string;
}

async function issue(
  authority: Authority,
  subject: string,
  use: "server" | "client",
  names: x509.JsonGeneralNames = [],
): Promise<Leaf> {
  const keys = await ecdsaKeys();
  const usage = use === "server"
    ? x509.ExtendedKeyUsage.serverAuth
    : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: authority.name,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: ecdsa,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      await x509.AuthorityKeyIdentifierExtension.create(
        authority.keys.publicKey,
      ),
      ...(names.length === 0
        ? []
        : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  });
  return {
    cert: certificate.toString("pem"),
    key: await pem("pkcs8", keys.privateKey, "PRIVATE KEY"),
  };
}

async function pem(
  format: "pkcs8" | "spki",
  key: CryptoKey,
  label: string,
): Promise<string> {
  return x509.PemConverter.encode(
    await crypto.subtle.exportKey(format, key),
    label,
  );
}

/** A token that nobody can guess. */
export function randomToken(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
}

/** The lines of a static token file: token, user, uid and the groups in quotes. */
export function formatTokenFile(users: readonly TokenUser[]): string {
  return users
    .map(({ name, token, groups }) =>
      `${token},${name},${name},"${groups.join(",")}"\n`
    )
    .join("");
}

/** Makes everything and writes it, readable by the owner alone. */
export async function writeCredentials(
  directory: string,
  users: readonly TokenUser[],
): Promise<{ readonly files: CredentialFiles; readonly caPem: string }> {
  const [authority, accountKeys] = await Promise.all([
    makeAuthority(),
    crypto.subtle.generateKey(rsa, true, ["sign", "verify"]),
  ]);
  const loopback: x509.JsonGeneralNames = [
    { type: "ip", value: "127.0.0.1" },
    { type: "ip", value: "::1" },
  ];
  const [apiServer, kubelet, kubeletClient] = await Promise.all([
    issue(authority, "CN=kube-apiserver", "server", [
      ...loopback,
      ...serviceNames.map((value) => ({ type: "dns" as const, value })),
    ]),
    issue(authority, "CN=kubelet", "server", loopback),
    issue(authority, "CN=kube-apiserver-kubelet-client", "client"),
  ]);
  const path = (name: string) => join(directory, name);
  const files: CredentialFiles = {
    ca: path("ca.crt"),
    apiServerCert: path("apiserver.crt"),
    apiServerKey: path("apiserver.key"),
    kubeletCert: path("kubelet.crt"),
    kubeletKey: path("kubelet.key"),
    kubeletClientCert: path("kubelet-client.crt"),
    kubeletClientKey: path("kubelet-client.key"),
    serviceAccountPublicKey: path("sa.pub"),
    serviceAccountKey: path("sa.key"),
    tokens: path("tokens.csv"),
  };
  const contents: readonly (readonly [path: string, content: string])[] = [
    [files.ca, authority.pem],
    [files.apiServerCert, apiServer.cert],
    [files.apiServerKey, apiServer.key],
    [files.kubeletCert, kubelet.cert],
    [files.kubeletKey, kubelet.key],
    [files.kubeletClientCert, kubeletClient.cert],
    [files.kubeletClientKey, kubeletClient.key],
    [
      files.serviceAccountPublicKey,
      await pem("spki", accountKeys.publicKey, "PUBLIC KEY"),
    ],
    [
      files.serviceAccountKey,
      await pem("pkcs8", accountKeys.privateKey, "PRIVATE KEY"),
    ],
    [files.tokens, formatTokenFile(users)],
  ];
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  await Promise.all(
    contents.map(([file, content]) =>
      Deno.writeTextFile(file, content, { mode: 0o600 })
    ),
  );
  return { files, caPem: authority.pem };
}

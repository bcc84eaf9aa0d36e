/**
 * Certificates and keys that openssl made, for tests of reading.
 *
 * @module
 */

import assert from "node:assert/strict";
import { runProgram, withFiles } from "./run_program.ts";

/** A self-signed certificate and its key in PKCS #8. */
export interface OpensslPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Makes a self-signed certificate: `args` for `openssl req`. */
export async function opensslSelfSigned(
  ...args: string[]
): Promise<OpensslPair> {
  return await withFiles({}, async (path) => {
    await opensslRun([
      "req",
      "-x509",
      "-nodes",
      "-keyout",
      path("key.pem"),
      "-out",
      path("cert.pem"),
      ...args,
    ]);
    return {
      certificate: await Deno.readTextFile(path("cert.pem")),
      privateKey: await Deno.readTextFile(path("key.pem")),
    };
  });
}

/** Makes a certificate for a new P-256 key, signed by `issuer`: `args` for `openssl x509 -req`. */
export async function opensslLeaf(
  issuer: OpensslPair,
  ...args: string[]
): Promise<string> {
  const files = { "ca.pem": issuer.certificate, "ca.key": issuer.privateKey };
  return await withFiles(files, async (path) => {
    await opensslRun([
      "req",
      "-new",
      "-nodes",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-subj",
      "/CN=leaf",
      "-keyout",
      path("key.pem"),
      "-out",
      path("request.pem"),
    ]);
    return await opensslRun([
      "x509",
      "-req",
      "-in",
      path("request.pem"),
      "-CA",
      path("ca.pem"),
      "-CAkey",
      path("ca.key"),
      ...args,
    ]);
  });
}

/** The key in its algorithm's own format: PKCS #1 or SEC 1. */
export async function opensslTraditionalKey(
  privateKey: string,
): Promise<string> {
  return await withFiles(
    { "key.pem": privateKey },
    (path) => opensslRun(["pkey", "-traditional", "-in", path("key.pem")]),
  );
}

async function opensslRun(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram("openssl", args);
  assert.equal(code, 0, stderr);
  return stdout;
}

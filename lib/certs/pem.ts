/**
 * PEM in and out (RFC 7468).
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { fromBase64, toBase64 } from "./octet_text.ts";

/** One block of a PEM text. */
export interface PemBlock {
  /** What stands after BEGIN: `CERTIFICATE`, `PRIVATE KEY` … */
  readonly label: string;
  readonly der: Uint8Array<ArrayBuffer>;
}

/** A private key as PEM gives it, not yet understood. */
export interface PemPrivateKey {
  /** `pkcs8` (RFC 5958), `pkcs1` (RSA, RFC 8017) or `sec1` (elliptic curves, RFC 5915). */
  readonly format: "pkcs8" | "pkcs1" | "sec1";
  readonly der: Uint8Array<ArrayBuffer>;
}

const keyFormats: ReadonlyMap<string, PemPrivateKey["format"]> = new Map([
  ["PRIVATE KEY", "pkcs8"],
  ["RSA PRIVATE KEY", "pkcs1"],
  ["EC PRIVATE KEY", "sec1"],
]);

/**
 * All blocks of a PEM text, in order. Text between them is left aside, as
 * bundles carry explanations there.
 *
 * @throws {McaError} `certificate`, with the line, where a block is broken, encrypted or missing.
 *
 * @example
 * ```ts
 * import { encodePem, parsePem } from "./pem.ts";
 *
 * const pem = encodePem("CERTIFICATE", Uint8Array.of(48, 0));
 * console.log(parsePem(pem).map((block) => block.label)); // ["CERTIFICATE"]
 * ```
 */
export function parsePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { label: string; line: number; body: string } | undefined;
  for (const [index, rawLine] of text.split(/\r\n|\n|\r/).entries()) {
    const line = rawLine.trim();
    const boundary = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----$/.exec(line);
    const [, kind, label = ""] = boundary ?? [];
    if (kind === "BEGIN" && open === undefined) {
      open = { label, line: index + 1, body: "" };
    } else if (kind === "END" && open?.label === label) {
      blocks.push({ label, der: decodeBody(open) });
      open = undefined;
    } else if (boundary !== null) {
      throw broken(`Unexpected ${kind} ${label}`, index + 1);
    } else if (open !== undefined) {
      open.body += line;
    }
  }
  if (open !== undefined) {
    throw broken(`Expected END ${open.label}, found the end`, open.line);
  }
  if (blocks.length === 0) throw noPem(text);
  return blocks;
}

/**
 * The certificates in a PEM text, as DER, in order.
 *
 * @throws {McaError} `certificate` where there is none or the text is broken.
 *
 * @example
 * ```ts
 * import { pemCertificates } from "./pem.ts";
 *
 * function count(bundle: string): number {
 *   return pemCertificates(bundle).length;
 * }
 * ```
 */
export function pemCertificates(text: string): Uint8Array<ArrayBuffer>[] {
  const blocks = parsePem(text);
  const found = blocks.filter(({ label }) => label === "CERTIFICATE");
  if (found.length === 0) {
    throw new McaError(
      "certificate",
      `Expected a CERTIFICATE block, found ${labels(blocks)}`,
      { hint: "Give the PEM file that holds the certificate." },
    );
  }
  return found.map(({ der }) => der);
}

/**
 * The one private key in a PEM text; certificates may stand beside it.
 *
 * @throws {McaError} `certificate` where there is none, more than one, or an encrypted one.
 *
 * @example
 * ```ts
 * import { pemPrivateKey } from "./pem.ts";
 *
 * function isPkcs8(pem: string): boolean {
 *   return pemPrivateKey(pem).format === "pkcs8";
 * }
 * ```
 */
export function pemPrivateKey(text: string): PemPrivateKey {
  const blocks = parsePem(text);
  const keys = blocks.flatMap(({ label, der }) => {
    const format = keyFormats.get(label);
    return format === undefined ? [] : [{ format, der }];
  });
  const [key, another] = keys;
  if (key === undefined || another !== undefined) {
    throw new McaError(
      "certificate",
      `Expected one private key, found ${
        key === undefined ? labels(blocks) : keys.length
      }`,
      { hint: "Give one unencrypted private key in PEM." },
    );
  }
  return key;
}

/**
 * One PEM block, with lines of 64 characters and a final newline.
 *
 * @example
 * ```ts
 * import { encodePem } from "./pem.ts";
 *
 * console.log(encodePem("CERTIFICATE", Uint8Array.of(48, 0)));
 * ```
 */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""]
    .join("\n");
}

function decodeBody(
  block: { label: string; line: number; body: string },
): Uint8Array<ArrayBuffer> {
  // RFC 1421 headers stand in a block only where the key is encrypted.
  if (block.label.startsWith("ENCRYPTED ") || block.body.includes(":")) {
    throw new McaError("certificate", "The private key is encrypted", {
      place: { line: block.line },
      hint: "Decrypt it first: openssl pkcs8 -in FILE -out NEW.",
    });
  }
  try {
    const der = fromBase64(block.body);
    if (der.length > 0) return der;
  } catch {
    // Not kept as a cause: the runtime's message could quote the key.
  }
  throw broken(`Expected base64 in the ${block.label} block`, block.line);
}

function labels(blocks: readonly PemBlock[]): string {
  return blocks.map(({ label }) => label).join(", ");
}

function broken(message: string, line: number): McaError {
  return new McaError("certificate", message, {
    place: { line },
    hint: "The PEM text is cut or damaged; copy it anew.",
  });
}

function noPem(text: string): McaError {
  return text.trim() === ""
    ? new McaError("certificate", "Expected PEM, found nothing", {
      hint: "Give a PEM text: -----BEGIN CERTIFICATE----- and so on.",
    })
    : new McaError("certificate", "Expected PEM, found no BEGIN line", {
      hint: "Give PEM; DER is turned into it by openssl x509 -inform der.",
    });
}

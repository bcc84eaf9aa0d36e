/**
 * The extensions of a certificate that MCA goes by (RFC 5280, section 4.2.1).
 *
 * @module
 */

import {
  contextTag,
  type DerElement,
  derTags,
  expectElement,
  malformed,
  readElements,
} from "./der.ts";
import { formatIpAddress } from "./ip_address.ts";
import { toHex } from "./octet_text.ts";

/** What a certificate's extensions say. */
export interface CertificateExtensions {
  /** The DNS names and IP addresses of the subject alternative name; IPv6 as in RFC 5952. */
  readonly names: readonly string[];
  /** Whether basic constraints make it a certification authority. */
  readonly isCa: boolean;
  /** The subject key identifier in hexadecimal; null where there is none. */
  readonly subjectKeyId: string | null;
  /** The authority key identifier in hexadecimal; null where there is none. */
  readonly authorityKeyId: string | null;
}

type Value = Uint8Array<ArrayBuffer> | undefined;

/** Object identifiers in hexadecimal. */
const extensionIds = {
  subjectKeyId: "551d0e",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  authorityKeyId: "551d23",
} as const;

/** Reads the `[3]` element that holds them; version 1 certificates have none. */
export function readExtensions(
  element: DerElement | undefined,
): CertificateExtensions {
  const values = extensionValues(element);
  return {
    names: readNames(values.get(extensionIds.subjectAltName)),
    isCa: readIsCa(values.get(extensionIds.basicConstraints)),
    subjectKeyId: readSubjectKeyId(values.get(extensionIds.subjectKeyId)),
    authorityKeyId: readAuthorityKeyId(values.get(extensionIds.authorityKeyId)),
  };
}

function extensionValues(
  element: DerElement | undefined,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  if (element === undefined) return new Map();
  return new Map(
    readSequence(element.content, "extensions").map((extension) => {
      const what = "an extension";
      const parts = readSequence(extension.encoded, what);
      return [
        toHex(expectElement(parts[0], derTags.objectIdentifier, what).content),
        expectElement(parts.at(-1), derTags.octetString, what).content,
      ];
    }),
  );
}

function readNames(value: Value): string[] {
  if (value === undefined) return [];
  return readSequence(value, "subjectAltName").flatMap(({ tag, content }) => {
    if (tag === contextTag(2)) return [new TextDecoder().decode(content)];
    if (tag !== contextTag(7)) return [];
    if (content.length !== 4 && content.length !== 16) {
      throw malformed("an IP address in subjectAltName");
    }
    return [formatIpAddress(content)];
  });
}

function readIsCa(value: Value): boolean {
  if (value === undefined) return false;
  const [ca] = readSequence(value, "basicConstraints");
  // FALSE is the default, which DER leaves out.
  return ca?.tag === derTags.boolean && ca.content[0] === 0xff;
}

function readSubjectKeyId(value: Value): string | null {
  if (value === undefined) return null;
  const [id] = readElements(value);
  return toHex(
    expectElement(id, derTags.octetString, "subjectKeyIdentifier")
      .content,
  );
}

function readAuthorityKeyId(value: Value): string | null {
  if (value === undefined) return null;
  const id = readSequence(value, "authorityKeyIdentifier")
    .find(({ tag }) => tag === contextTag(0));
  return id === undefined ? null : toHex(id.content);
}

function readSequence(
  encoded: Uint8Array<ArrayBuffer>,
  what: string,
): DerElement[] {
  const [sequence] = readElements(encoded);
  return readElements(expectElement(sequence, derTags.sequence, what).content);
}

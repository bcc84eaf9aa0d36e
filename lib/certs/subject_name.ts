/**
 * The names that a certificate is good for.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { formatIpAddress, parseIpAddress } from "./ip_address.ts";

/** A subject alternative name (RFC 5280, section 4.2.1.6), in canonical form. */
export interface SubjectName {
  readonly type: "dns" | "ip";
  readonly value: string;
}

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Tells a DNS name from an IP address and gives its canonical form: lower case,
 * IPv6 as in RFC 5952. A DNS name is made of letters, digits and hyphens (RFC
 * 1123, section 2.1); its first label may be `*`.
 *
 * @throws {McaError} `certificate` where the text is neither.
 *
 * @example
 * ```ts
 * import { parseSubjectName } from "./subject_name.ts";
 *
 * console.log(parseSubjectName("0:0::1")); // { type: "ip", value: "::1" }
 * console.log(parseSubjectName("Kubernetes.default.svc").value); // kubernetes.default.svc
 * ```
 */
export function parseSubjectName(text: string): SubjectName {
  const octets = parseIpAddress(text);
  if (octets !== null) return { type: "ip", value: formatIpAddress(octets) };
  const name = text.toLowerCase();
  if (!isDnsName(name)) {
    throw new McaError(
      "certificate",
      `Expected a DNS name or an IP address, got ${JSON.stringify(text)}`,
      {
        hint:
          "Write the name without port, brackets, scheme or final dot; write an internationalised name in its xn-- form.",
      },
    );
  }
  return { type: "dns", value: name };
}

function isDnsName(name: string): boolean {
  const labels = (name.startsWith("*.") ? name.slice(2) : name).split(".");
  const last = labels.at(-1) ?? "";
  // A numeric last label makes clients read the whole as an IPv4 address.
  return name.length <= 253 && labels.every((part) => label.test(part)) &&
    !/^\d+$/.test(last);
}

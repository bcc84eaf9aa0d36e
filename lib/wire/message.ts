/**
 * HTTP/1.1 messages as the wire engine knows them. Types only.
 *
 * Text is ISO 8859-1: one character per octet, so that what came in goes out
 * unchanged whatever it means (RFC 9110, section 5.5).
 *
 * @module
 */

/** One header field line: name and value (RFC 9110, section 5). */
export type HeaderField = readonly [name: string, value: string];

/** What request and response heads have in common. */
export interface MessageHead {
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  readonly minorVersion: 0 | 1;
  /** The field lines in the order they came. */
  readonly fields: readonly HeaderField[];
  /** The field names in lower case, in the order of `fields`. */
  readonly lowerNames: readonly string[];
}

/** A request's head (RFC 9112, section 3). */
export interface RequestHead extends MessageHead {
  readonly method: string;
  /** The request target in origin-form or asterisk-form, octet for octet as it came. */
  readonly target: string;
}

/** A response's head (RFC 9112, section 4). */
export interface ResponseHead extends MessageHead {
  readonly status: number;
  readonly reason: string;
}

/** Where a message's body ends (RFC 9112, section 6.3). */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" };

/** The value of the only field of that name; undefined where there is none or more than one. */
export function onlyValue(
  head: MessageHead,
  lowerName: string,
): string | undefined {
  const index = head.lowerNames.indexOf(lowerName);
  if (index < 0 || head.lowerNames.indexOf(lowerName, index + 1) >= 0) {
    return undefined;
  }
  return head.fields[index]?.[1];
}

/** The values of all fields of that name, in order. */
export function allValues(head: MessageHead, lowerName: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < head.fields.length; index++) {
    const field = head.fields[index];
    if (field !== undefined && head.lowerNames[index] === lowerName) {
      values.push(field[1]);
    }
  }
  return values;
}

/**
 * The members of a comma-separated list field in lower case, empty ones left
 * out (RFC 9110, section 5.6.1).
 */
export function listMembers(head: MessageHead, lowerName: string): string[] {
  const members: string[] = [];
  for (const value of allValues(head, lowerName)) {
    for (const member of value.split(",")) {
      const trimmed = member.trim().toLowerCase();
      if (trimmed !== "") members.push(trimmed);
    }
  }
  return members;
}

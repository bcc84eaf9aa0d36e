/**
 * What objects may be called, by kind.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 * @module
 */

import type { FieldCause } from "./api_error.ts";

/** What a name must be. */
interface NameRule {
  readonly pattern: RegExp;
  readonly maxLength: number;
  /** The sentence that follows the name. */
  readonly message: string;
}

const DNS_LABEL: NameRule = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  maxLength: 63,
  message:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
};

const DNS_SUBDOMAIN: NameRule = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  maxLength: 253,
  message:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
};

/** Names of RBAC objects are free but for what a path cannot hold. */
const PATH_SEGMENT: NameRule = {
  pattern: /^(?!\.{1,2}$)[^/%]+$/,
  maxLength: Infinity,
  message: "may not be '.' or '..', and may not contain '/' or '%'",
};

/** By kind; all others are subdomains (RFC 1123). */
const NAME_RULES: Readonly<Record<string, NameRule>> = {
  ClusterRole: PATH_SEGMENT,
  ClusterRoleBinding: PATH_SEGMENT,
  Namespace: DNS_LABEL,
  Role: PATH_SEGMENT,
  RoleBinding: PATH_SEGMENT,
  Service: DNS_LABEL,
};

/** What is wrong with the name of an object; undefined where nothing is. */
export function nameFault(kind: string, name: string): FieldCause | undefined {
  const field = "metadata.name";
  if (name === "") {
    return {
      field,
      reason: "FieldValueRequired",
      message: "Required value: name or generateName is required",
    };
  }
  const rule = NAME_RULES[kind] ?? DNS_SUBDOMAIN;
  if (rule.pattern.test(name) && name.length <= rule.maxLength) {
    return undefined;
  }
  const why = rule === DNS_LABEL && name.includes(".")
    ? "must not contain dots"
    : rule.message;
  return {
    field,
    reason: "FieldValueInvalid",
    message: `Invalid value: ${JSON.stringify(name)}: ${why}`,
  };
}

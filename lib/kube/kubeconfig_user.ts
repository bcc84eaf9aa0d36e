/**
 * The user of a kubeconfig context: where its credentials come from.
 *
 * @module
 */

import type { FileStore } from "../platform.ts";
import { bearerField, tokenIn } from "./bearer_token.ts";
import type { HeaderField } from "./cluster_target.ts";
import {
  fault,
  type KubeconfigEntry,
  object,
  readPem,
  resolvePath,
  text,
} from "./kubeconfig_entry.ts";

/** A client certificate and its key, in PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** What a user entry says, each part only where it is there. */
export interface KubeconfigUser {
  readonly entry: KubeconfigEntry;
  /** Header fields that never change: token, password, impersonation. */
  readonly fields: readonly HeaderField[];
  /** The path of a file with the token, in place of one among `fields`. */
  readonly tokenFile?: string;
  readonly clientCertificate?: ClientCertificate;
  /** Whether somebody has to be asked: an exec plugin or an identity provider. */
  readonly needsLogin: boolean;
}

/** Kinds of `auth-provider` that are understood; kubectl has dropped the others. */
const AUTH_PROVIDERS = new Set(["oidc"]);

/**
 * Reads a `user` entry.
 *
 * @throws {McaError} `kubeconfig`, with a hint. Its message quotes no secret.
 *
 * @example
 * ```ts
 * import { readUser } from "./kubeconfig_user.ts";
 *
 * const entry = {
 *   name: "a",
 *   file: "config",
 *   field: "users[0].user",
 *   value: { token: "abc", as: "jane" },
 * };
 * const files = { readText: () => Promise.reject(new Error("Not needed")) };
 * const user = await readUser(entry, files);
 * console.log(user.fields.map(([name]) => name)); // ["Authorization", "Impersonate-User"]
 * ```
 */
export async function readUser(
  entry: KubeconfigEntry,
  files: Pick<FileStore, "readText">,
): Promise<KubeconfigUser> {
  checkProvider(entry);
  const tokenFile = text(entry, "tokenFile");
  const clientCertificate = await readClientCertificate(entry, files);
  return {
    entry,
    fields: [
      ...(tokenFile === undefined ? staticFields(entry) : []),
      ...impersonationFields(entry),
    ],
    ...(tokenFile === undefined
      ? {}
      : { tokenFile: resolvePath(entry, tokenFile) }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    needsLogin: object(entry, "exec") !== undefined ||
      object(entry, "auth-provider") !== undefined,
  };
}

function checkProvider(entry: KubeconfigEntry): void {
  const provider = object(entry, "auth-provider");
  const name = provider?.["name"];
  if (provider === undefined || AUTH_PROVIDERS.has(String(name))) return;
  throw fault(entry, `The auth-provider ${String(name)} is not supported`, {
    field: "auth-provider.name",
    hint:
      "Use the exec plugin that replaced it, as kubectl 1.26 and later want too.",
  });
}

function staticFields(entry: KubeconfigEntry): HeaderField[] {
  const token = text(entry, "token");
  if (token !== undefined) {
    const usable = tokenIn(token);
    if (usable !== undefined) return [bearerField(usable)];
    throw fault(entry, "The token holds characters that no token has", {
      field: "token",
    });
  }
  const username = text(entry, "username");
  if (username === undefined) return [];
  return [basicField(username, text(entry, "password") ?? "")];
}

/** RFC 7617, with UTF-8 as its section 2.1 has it. */
function basicField(username: string, password: string): HeaderField {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return ["Authorization", `Basic ${bytes.toBase64()}`];
}

/** Kubernetes documentation, "User impersonation". */
function impersonationFields(entry: KubeconfigEntry): HeaderField[] {
  const fields: HeaderField[] = [];
  const add = (name: string, field: string, value: unknown) => {
    if (typeof value !== "string" || !/^[\x20-\x7e]+$/.test(value)) {
      throw fault(entry, "Expected a text that fits into a header", { field });
    }
    fields.push([name, value]);
  };
  const user = text(entry, "as");
  const uid = text(entry, "as-uid");
  if (user !== undefined) add("Impersonate-User", "as", user);
  if (uid !== undefined) add("Impersonate-Uid", "as-uid", uid);
  for (const group of list(entry, "as-groups")) {
    add("Impersonate-Group", "as-groups", group);
  }
  for (const [key, values] of extras(entry)) {
    add(`Impersonate-Extra-${encodeKey(key)}`, "as-user-extra", values);
  }
  if (user === undefined && fields.length > 0) {
    throw fault(entry, "Groups, UID and extra fields need a user to be", {
      field: "as",
      hint: "Name the user to impersonate in the field as.",
    });
  }
  return fields;
}

function list(entry: KubeconfigEntry, field: string): readonly unknown[] {
  const value = entry.value[field] ?? [];
  if (Array.isArray(value)) return value;
  throw fault(entry, "Expected a list", { field });
}

function* extras(entry: KubeconfigEntry): Generator<[string, unknown]> {
  for (
    const [key, values] of Object.entries(object(entry, "as-user-extra") ?? {})
  ) {
    if (!Array.isArray(values)) {
      throw fault(entry, "Expected a list", { field: `as-user-extra.${key}` });
    }
    for (const value of values) yield [key, value];
  }
}

/** Escapes what may not stand in a header's name, as client-go does. */
function encodeKey(key: string): string {
  return [...new TextEncoder().encode(key)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

async function readClientCertificate(
  entry: KubeconfigEntry,
  files: Pick<FileStore, "readText">,
): Promise<ClientCertificate | undefined> {
  const certificate = await readPem(entry, "client-certificate", files);
  const privateKey = await readPem(entry, "client-key", files);
  if (certificate === undefined && privateKey === undefined) return undefined;
  if (certificate === undefined || privateKey === undefined) {
    throw fault(entry, "A client certificate and its key belong together", {
      field: certificate === undefined ? "client-certificate" : "client-key",
      hint: "Give both, or neither.",
    });
  }
  if (!certificate.text.includes("-----BEGIN CERTIFICATE-----")) {
    throw fault(entry, "There is no certificate in PEM", {
      field: certificate.field,
    });
  }
  if (!/-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/.test(privateKey.text)) {
    throw fault(entry, "There is no unencrypted private key in PEM", {
      field: privateKey.field,
    });
  }
  return { certificate: certificate.text, privateKey: privateKey.text };
}

/**
 * The entries of a kubeconfig: their fields, and what is wrong with them.
 *
 * @module
 */

import { McaError, systemErrorCode } from "../errors.ts";
import type { FileStore } from "../platform.ts";
import { isJsonObject, type JsonObject } from "./json.ts";

/** One `clusters[].cluster` or `users[].user`, and where it stands. */
export interface KubeconfigEntry {
  readonly name: string;
  readonly file: string;
  /** As in `users[0].user`. */
  readonly field: string;
  readonly value: JsonObject;
}

/**
 * A text field of an entry; undefined where it is absent or empty.
 *
 * @throws {McaError} `kubeconfig` where it is something else.
 *
 * @example
 * ```ts
 * import { text } from "./kubeconfig_entry.ts";
 *
 * const value = { server: "https://10.0.0.1" };
 * const field = "clusters[0].cluster";
 * console.log(text({ name: "a", file: "config", field, value }, "server"));
 * ```
 */
export function text(
  entry: KubeconfigEntry,
  field: string,
): string | undefined {
  const value = entry.value[field];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw fault(entry, "Expected a text", { field });
}

/**
 * A fault of an entry, in the notation of its file.
 *
 * @example
 * ```ts
 * import { fault } from "./kubeconfig_entry.ts";
 *
 * const entry = { name: "a", file: "config", field: "users[0].user", value: {} };
 * console.log(fault(entry, "Expected a text", { field: "token" }).place.field);
 * ```
 */
export function fault(
  entry: KubeconfigEntry,
  message: string,
  options: {
    readonly field?: string;
    readonly hint?: string;
    readonly cause?: unknown;
  } = {},
): McaError {
  const { field, hint, cause } = options;
  return new McaError("kubeconfig", message, {
    place: {
      file: entry.file,
      field: field === undefined ? entry.field : `${entry.field}.${field}`,
    },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}

/**
 * An object field of an entry; undefined where it is absent.
 *
 * @example
 * ```ts
 * import { object } from "./kubeconfig_entry.ts";
 *
 * const entry = {
 *   name: "a",
 *   file: "/home/kube/config",
 *   field: "users[0].user",
 *   value: { exec: { command: "login" } },
 * };
 * console.log(object(entry, "exec")); // { command: "login" }
 * ```
 */
export function object(
  entry: KubeconfigEntry,
  field: string,
): JsonObject | undefined {
  const value = entry.value[field];
  if (value === undefined || value === null) return undefined;
  if (isJsonObject(value)) return value;
  throw fault(entry, "Expected a mapping of fields", { field });
}

/**
 * A text that an entry holds as base64 in `FIELD-data`, or names as a file in
 * `FIELD`; undefined where it has neither. The data goes first.
 *
 * @throws {McaError} `kubeconfig` where the data is not base64, or the file cannot be read.
 *
 * @example
 * ```ts
 * import { readPem } from "./kubeconfig_entry.ts";
 *
 * const entry = {
 *   name: "a",
 *   file: "/home/kube/config",
 *   field: "users[0].user",
 *   value: { "client-key-data": btoa("PEM") },
 * };
 * const files = { readText: () => Promise.reject(new Error("Not needed")) };
 * console.log(await readPem(entry, "client-key", files));
 * ```
 */
export async function readPem(
  entry: KubeconfigEntry,
  field: string,
  files: Pick<FileStore, "readText">,
): Promise<{ readonly field: string; readonly text: string } | undefined> {
  const data = text(entry, `${field}-data`);
  if (data !== undefined) {
    return {
      field: `${field}-data`,
      text: decodeBase64(entry, `${field}-data`, data),
    };
  }
  const path = text(entry, field);
  if (path === undefined) return undefined;
  const resolved = resolvePath(entry, path);
  try {
    return { field, text: await files.readText(resolved) };
  } catch (cause) {
    throw fault(
      entry,
      `The file ${resolved} cannot be read (${
        systemErrorCode(cause) ?? "unknown error"
      })`,
      { field, hint: "Check the path and its permissions.", cause },
    );
  }
}

function decodeBase64(
  entry: KubeconfigEntry,
  field: string,
  data: string,
): string {
  try {
    return atob(data.replaceAll(/\s+/g, ""));
  } catch {
    throw fault(entry, "Expected base64", { field });
  }
}

/**
 * A path in a kubeconfig; a relative one counts from the kubeconfig's directory.
 *
 * @example
 * ```ts
 * import { resolvePath } from "./kubeconfig_entry.ts";
 *
 * const entry = {
 *   name: "a",
 *   file: "/home/kube/config",
 *   field: "users[0].user",
 *   value: {},
 * };
 * console.log(resolvePath(entry, "pki/a.crt")); // /home/kube/pki/a.crt
 * ```
 */
export function resolvePath(entry: KubeconfigEntry, path: string): string {
  if (/^(?:[\\/]|[A-Za-z]:)/.test(path)) return path;
  const end = Math.max(
    entry.file.lastIndexOf("/"),
    entry.file.lastIndexOf("\\"),
  );
  return end < 0 ? path : `${entry.file.slice(0, end + 1)}${path}`;
}

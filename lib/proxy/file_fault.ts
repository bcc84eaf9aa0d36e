/**
 * What to tell of a file that cannot be read or written.
 *
 * @module
 */

import { McaError, systemErrorCode } from "../errors.ts";

/** The operating system's error code: what it means, and what to do. */
const faults: ReadonlyMap<string, readonly [message: string, hint: string]> =
  new Map([
    ["ENOENT", [
      "The directory does not exist",
      "Create it; in a pod, mount the volume there, as mca inject does.",
    ]],
    ["ENOTDIR", [
      "Expected a directory, found a file",
      "Move the file away.",
    ]],
    ["EEXIST", [
      "Expected a directory, found a file",
      "Move the file away.",
    ]],
    ["EISDIR", [
      "Expected a file, found a directory",
      "Remove the directory.",
    ]],
    ["EACCES", [
      "Permission denied",
      "Let the proxy's user (in a pod: UID 999) read and write there.",
    ]],
    ["EPERM", [
      "Permission denied",
      "Let the proxy's user (in a pod: UID 999) read and write there.",
    ]],
    ["EROFS", [
      "The file system is read-only",
      "Mount the volume without readOnly in the sidecar.",
    ]],
    ["ENOSPC", [
      "No space is left",
      "Free space on the node, or give the volume a larger sizeLimit.",
    ]],
    ["EDQUOT", [
      "The quota is used up",
      "Free space, or raise the quota.",
    ]],
    ["EMFILE", [
      "Too many files are open",
      "Raise the limit of open files (ulimit -n).",
    ]],
  ]);

/**
 * The {@link McaError} for a failed read or write.
 *
 * @example
 * ```ts
 * import { fileFault } from "./file_fault.ts";
 *
 * const cause = Object.assign(new Error(), { code: "EROFS" });
 * console.log(fileFault(cause, "/state/token").hint);
 * ```
 */
export function fileFault(cause: unknown, file: string): McaError {
  const code = systemErrorCode(cause) ?? "unknown error";
  const [message, hint] = faults.get(code) ?? [
    `Cannot read or write the file (${code})`,
    "Look at the directory, or at the volume that is mounted there.",
  ];
  return new McaError("file", message, { place: { file }, hint, cause });
}

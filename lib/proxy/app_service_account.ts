/**
 * The ServiceAccount directory that the pod's other containers see: the files
 * that Kubernetes' own token volume has, with MCA's certificate and token.
 *
 * @module
 */

import type { FileStore } from "../platform.ts";
import { fileFault } from "./file_fault.ts";

/** What the directory holds. */
export interface AppServiceAccount {
  /** `ca.crt`: the CA of the proxy's serving certificate, in PEM. */
  readonly caCertificate: string;
  /** `namespace`: the namespace of the pod. */
  readonly namespace: string;
  /** `token`: what a container shows to be let through with the pod's identity. */
  readonly token: string;
}

/** The name of a file in the directory. */
export type AppServiceAccountFile = "ca.crt" | "namespace" | "token";

/** What is wrong with one file of the directory. */
export interface AppServiceAccountFault {
  /** The whole path. */
  readonly file: string;
  readonly fault: "missing" | "empty" | "not a file" | "unreadable";
}

/** The token last: who waits for it finds the rest. */
const fields = [
  ["ca.crt", "caCertificate"],
  ["namespace", "namespace"],
  ["token", "token"],
] as const satisfies readonly (readonly [
  AppServiceAccountFile,
  keyof AppServiceAccount,
])[];

/** Containers read them under any UID, as they do Kubernetes' own. */
const fileMode = 0o644;

/**
 * Writes the files that are absent or not as they should be, each atomically,
 * and tells which: all at the first start, none where all is well, the damaged
 * ones when somebody deleted or changed them. It does not make the directory:
 * where the volume is not mounted, the containers would never see what is in it.
 *
 * @param directory Without a final slash.
 * @throws {McaError} `file` where the directory is absent or a file cannot be written.
 *
 * @example
 * ```ts
 * import type { FileStore } from "../platform.ts";
 * import { type AppServiceAccount, ensureAppServiceAccount } from "./app_service_account.ts";
 *
 * async function repair(files: FileStore, content: AppServiceAccount) {
 *   const written = await ensureAppServiceAccount(files, "/sa", content);
 *   return written.length === 0 ? "untouched" : `wrote ${written.join(", ")}`;
 * }
 * ```
 */
export async function ensureAppServiceAccount(
  files: FileStore,
  directory: string,
  content: AppServiceAccount,
): Promise<readonly AppServiceAccountFile[]> {
  const written: AppServiceAccountFile[] = [];
  for (const [name, field] of fields) {
    const path = `${directory}/${name}`;
    if (await readIfPossible(files, path) === content[field]) continue;
    try {
      await files.writeAtomic(path, content[field], fileMode);
    } catch (cause) {
      throw fileFault(cause, path);
    }
    written.push(name);
  }
  return written;
}

/**
 * What is wrong with the directory's files, for `mca proxy --check`: empty where
 * all are there.
 *
 * @param directory Without a final slash.
 *
 * @example
 * ```ts
 * import type { FileStore } from "../platform.ts";
 * import { checkAppServiceAccount } from "./app_service_account.ts";
 *
 * async function isReady(files: FileStore): Promise<boolean> {
 *   return (await checkAppServiceAccount(files, "/sa")).length === 0;
 * }
 * ```
 */
export async function checkAppServiceAccount(
  files: FileStore,
  directory: string,
): Promise<readonly AppServiceAccountFault[]> {
  const faults: AppServiceAccountFault[] = [];
  for (const [name] of fields) {
    const file = `${directory}/${name}`;
    const fault = await faultOf(files, file);
    if (fault !== null) faults.push({ file, fault });
  }
  return faults;
}

/** A file that cannot be read is written anew; writing then says what is wrong. */
async function readIfPossible(
  files: FileStore,
  path: string,
): Promise<string | null> {
  try {
    return await files.readText(path);
  } catch {
    return null;
  }
}

async function faultOf(
  files: FileStore,
  path: string,
): Promise<AppServiceAccountFault["fault"] | null> {
  try {
    const info = await files.info(path);
    if (info === null) return "missing";
    if (info.isDirectory) return "not a file";
    return info.size === 0 ? "empty" : null;
  } catch {
    return "unreadable";
  }
}

/**
 * The files that the app finds in its pod, on this machine's disk for the time
 * of the demo, and a kubeconfig that is made of them.
 *
 * @module
 */

import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { AppServiceAccount } from "../lib/proxy/app_service_account.ts";
import type { FileStore } from "../lib/platform.ts";

/** Where the files are. */
export interface AppFiles {
  /** The folder of all; it goes with the demo. */
  readonly folder: string;
  /** What is at /var/run/secrets/kubernetes.io/serviceaccount in the pod. */
  readonly serviceAccount: string;
  readonly kubeconfig: string;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * The folder of a demo with its proxy on that port. Who has the port has the
 * folder: what is in it was left by a demo that was killed.
 */
export function demoFolder(port: number, usualPort: number): string {
  return join(ROOT, "tmp", port === usualPort ? "demo" : `demo-${port}`);
}

/** The path as it is typed in this working directory. */
export function shownPath(path: string): string {
  const shown = relative(Deno.cwd(), resolve(path));
  return shown.startsWith("..") ? path : shown;
}

/**
 * Writes the app's files and the kubeconfig.
 *
 * @throws {Error} The system's own.
 */
export async function writeAppFiles(
  files: FileStore,
  folder: string,
  port: number,
  content: AppServiceAccount,
): Promise<AppFiles> {
  const serviceAccount = join(folder, "serviceaccount");
  const kubeconfig = join(folder, "kubeconfig");
  await files.makeDirectory(serviceAccount, 0o700);
  const entries = [
    ["ca.crt", content.caCertificate],
    ["namespace", content.namespace],
    ["token", content.token],
  ] as const;
  for (const [name, text] of entries) {
    await files.writeAtomic(join(serviceAccount, name), text, 0o600);
  }
  await files.writeAtomic(
    kubeconfig,
    kubeconfigText(port, content.namespace),
    0o600,
  );
  return { folder, serviceAccount, kubeconfig };
}

/** It names the files: kubectl takes such paths from where the kubeconfig is. */
function kubeconfigText(port: number, namespace: string): string {
  return `apiVersion: v1
kind: Config
current-context: mca-demo
clusters:
  - name: mca-demo
    cluster:
      server: https://127.0.0.1:${port}
      certificate-authority: serviceaccount/ca.crt
users:
  - name: mca-demo
    user:
      tokenFile: serviceaccount/token
contexts:
  - name: mca-demo
    context: { cluster: mca-demo, user: mca-demo, namespace: ${namespace} }
`;
}

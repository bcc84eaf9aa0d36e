/**
 * Logins by exec plugin (Kubernetes documentation, "client-go credential
 * plugins").
 *
 * @module
 */

import type { KubeConfig } from "@kubernetes/client-node";
import { type McaError, systemErrorCode } from "../lib/errors.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../lib/kube/json.ts";
import {
  fault,
  type KubeconfigEntry,
  object,
  readPem,
  resolvePath,
  text,
} from "../lib/kube/kubeconfig_entry.ts";
import type { LoginSource } from "../lib/kube/kubeconfig_target.ts";
import type { FileStore } from "../lib/platform.ts";
import {
  askLogin,
  type LoginOptions,
  openSession,
} from "./client_node_session.ts";

/**
 * The source of logins of a user with an `exec` field. client-node keeps a
 * credential until it expires; a new session has none.
 *
 * @throws {McaError} `kubeconfig`, from each call, with a hint.
 *
 * @example
 * ```ts
 * import { denoClock } from "./deno_clock.ts";
 * import { denoFiles } from "./deno_files.ts";
 * import { execLogin } from "./exec_login.ts";
 *
 * const user = {
 *   name: "a",
 *   file: "config",
 *   field: "users[0].user",
 *   value: { exec: { command: "login-to-a" } },
 * };
 * const cluster = { ...user, field: "clusters[0].cluster", value: {} };
 * const options = { files: denoFiles, clock: denoClock };
 * const { token } = await execLogin(user, cluster, options)(false);
 * console.log(token !== undefined);
 * ```
 */
export function execLogin(
  user: KubeconfigEntry,
  cluster: KubeconfigEntry,
  options: LoginOptions,
): LoginSource {
  let session: KubeConfig | undefined;
  return async (afresh) => {
    const exec = await execSettings(user, cluster, options.files);
    if (session === undefined || afresh) {
      session = await openSession({ name: user.name, exec });
    }
    const login = await askLogin(session, options)
      .catch((cause: unknown) => {
        throw execFault(user, exec, cause);
      });
    if (login !== undefined) return login;
    throw fault(user, "The plugin gave neither a token nor a certificate", {
      field: "exec",
      hint: execHint(exec),
    });
  };
}

/**
 * The `exec` field with what client-node leaves to its caller: a command that
 * counts from the kubeconfig's directory, and KUBERNETES_EXEC_INFO
 * (Kubernetes documentation, "client-go credential plugins").
 */
async function execSettings(
  user: KubeconfigEntry,
  cluster: KubeconfigEntry,
  files: Pick<FileStore, "readText">,
): Promise<JsonObject> {
  const exec = object(user, "exec") ?? {};
  const command = exec["command"];
  if (typeof command !== "string" || command === "") {
    throw fault(user, "The plugin has no command", { field: "exec.command" });
  }
  if (exec["interactiveMode"] === "Always") {
    throw fault(user, "The plugin needs a terminal, and gets none here", {
      field: "exec.interactiveMode",
      hint: "Log in by hand, and use a context whose plugin needs no terminal.",
    });
  }
  const env = exec["env"] ?? [];
  const info = JSON.stringify({
    kind: "ExecCredential",
    apiVersion: exec["apiVersion"] ?? "client.authentication.k8s.io/v1",
    spec: {
      interactive: false,
      ...(exec["provideClusterInfo"] === true
        ? { cluster: await clusterInfo(cluster, files) }
        : {}),
    },
  });
  return {
    ...exec,
    command: /[\\/]/.test(command) ? resolvePath(user, command) : command,
    args: exec["args"] ?? [],
    env: [
      ...(Array.isArray(env) ? env : []),
      { name: "KUBERNETES_EXEC_INFO", value: info },
    ],
  };
}

async function clusterInfo(
  cluster: KubeconfigEntry,
  files: Pick<FileStore, "readText">,
): Promise<JsonObject> {
  const ca = await readPem(cluster, "certificate-authority", files);
  const serverName = text(cluster, "tls-server-name");
  const config = execExtension(cluster);
  return {
    server: text(cluster, "server") ?? "",
    ...(ca === undefined
      ? {}
      : { "certificate-authority-data": btoa(ca.text) }),
    ...(serverName === undefined ? {} : { "tls-server-name": serverName }),
    ...(config === undefined ? {} : { config }),
  };
}

/** What the cluster's entry has for the plugin in its extensions. */
function execExtension(cluster: KubeconfigEntry): JsonValue | undefined {
  const extensions = cluster.value["extensions"];
  if (!Array.isArray(extensions)) return undefined;
  const extension = extensions.filter(isJsonObject).find((candidate) =>
    candidate["name"] === "client.authentication.k8s.io/exec"
  );
  return extension?.["extension"];
}

function execFault(
  user: KubeconfigEntry,
  exec: JsonObject,
  cause: unknown,
): McaError {
  const command = String(exec["command"]);
  const isMissing = systemErrorCode(cause) === "ENOENT";
  return fault(
    user,
    isMissing
      ? `The plugin ${command} is not installed`
      : `The plugin ${command} failed (${execReason(cause)})`,
    { field: "exec", hint: execHint(exec) },
  );
}

/**
 * The last line of what a failed plugin wrote to its standard error. What it
 * wrote to its standard output may be a credential, and a parser's message
 * would quote it.
 */
function execReason(cause: unknown): string {
  if (cause instanceof SyntaxError) return "its output is not JSON";
  if (cause instanceof TypeError) return "its output is no ExecCredential";
  const lines = cause instanceof Error ? cause.message.trim().split("\n") : [];
  const last = (lines.at(-1) ?? "").replaceAll(/[^\x20-\x7e]/g, "").trim();
  return last === "" ? "it said nothing" : last.slice(0, 200);
}

function execHint(exec: JsonObject): string {
  const hint = exec["installHint"];
  const command = String(exec["command"]);
  return typeof hint === "string" && hint !== ""
    ? hint.trim().replaceAll(/\s*\n\s*/g, " ")
    : `Run ${command} by hand to see what it says.`;
}

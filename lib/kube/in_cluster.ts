/**
 * The API server of the cluster that a pod runs in, and the pod's own
 * ServiceAccount (Kubernetes documentation, "Accessing the Kubernetes API from
 * a Pod").
 *
 * @module
 */

import { McaError, systemErrorCode } from "../errors.ts";
import type {
  Clock,
  ConnectOptions,
  Environment,
  FileStore,
} from "../platform.ts";
import { bearerField, tokenIn } from "./bearer_token.ts";
import { bundledCertificates } from "./ca_bundle.ts";
import type { ClusterTarget, HeaderField } from "./cluster_target.ts";
import { type CredentialsLog, RenewedValue } from "./renewed_value.ts";

/**
 * Milliseconds between two looks at the token. A token lives for 10 minutes at
 * least; kubelet replaces it after 80 % of that, at its next pass over the pod
 * (up to 90 seconds later), which leaves 30 seconds of the old token's life.
 */
const LOOK_EVERY = 10_000;

/** What {@link inClusterTarget} needs. */
export interface InClusterOptions {
  readonly files: Pick<FileStore, "readText" | "info">;
  readonly environment: Environment;
  readonly clock: Pick<Clock, "monotonic">;
  /** The ServiceAccount directory: token, ca.crt, namespace. */
  readonly directory: string;
  /** Is told when the token or the CA changes, cannot be read, and can be read again. */
  readonly log?: CredentialsLog;
}

/**
 * The API server named by `KUBERNETES_SERVICE_HOST` and
 * `KUBERNETES_SERVICE_PORT`, with the ServiceAccount in `directory`.
 *
 * Token and CA are read again while they are used, so the target's `connect`
 * and `caCertificates` have to be asked for anew with every connection.
 *
 * @throws {McaError} `service-account`, with a hint, where anything is missing or unusable.
 *
 * @example
 * ```ts
 * import type { Platform } from "../platform.ts";
 * import { inClusterTarget } from "./in_cluster.ts";
 *
 * export async function apiServer(platform: Platform): Promise<string> {
 *   const { files, environment, clock, proxyPaths } = platform;
 *   const directory = proxyPaths.serviceAccount;
 *   const target = await inClusterTarget({ files, environment, clock, directory });
 *   return target.host;
 * }
 * ```
 */
export async function inClusterTarget(
  options: InClusterOptions,
): Promise<ClusterTarget> {
  const endpoint = serviceEndpoint(options.environment);
  await requireComplete(options);
  const token = await open(options, "token", parseToken, isSameList);
  const ca = await open(options, "ca.crt", parseCa, isSameList);
  const namespace = await open(options, "namespace", parseNamespace, Object.is);
  let connect = connectOptions(endpoint, ca.value);
  return {
    name: "in-cluster",
    get connect() {
      if (connect.tls.caCertificates !== ca.value) {
        connect = connectOptions(endpoint, ca.value);
      }
      return connect;
    },
    basePath: "",
    host: endpoint.host,
    get caCertificates() {
      return ca.value;
    },
    async refreshRoots() {
      await ca.look();
    },
    namespace: namespace.value,
    credentials: {
      headers() {
        const looks = [token.lookWhenDue(), ca.lookWhenDue()];
        return looks.every((look) => look === undefined)
          ? token.value
          : Promise.all(looks).then(() => token.value);
      },
      async refresh() {
        const [changed] = await Promise.all([token.look(), ca.look()]);
        return changed;
      },
    },
  };
}

/** Where the API server is. */
interface Endpoint {
  readonly hostname: string;
  readonly port: number;
  /** For the Host header: an IPv6 address stands in brackets (RFC 3986, section 3.2.2). */
  readonly host: string;
}

function serviceEndpoint(environment: Environment): Endpoint {
  const host = requireVariable(environment, "KUBERNETES_SERVICE_HOST");
  const port = requireVariable(environment, "KUBERNETES_SERVICE_PORT");
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw new McaError(
      "service-account",
      "KUBERNETES_SERVICE_PORT is not a port number",
      { hint: OUTSIDE_HINT },
    );
  }
  const hostname = host.replace(/^\[(.*)\]$/, "$1");
  const bracketed = hostname.includes(":") ? `[${hostname}]` : hostname;
  return { hostname, port: Number(port), host: `${bracketed}:${Number(port)}` };
}

const OUTSIDE_HINT =
  "Kubernetes sets KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT in every pod; outside a cluster use the develop flavor with a kubeconfig.";

function requireVariable(environment: Environment, name: string): string {
  const value = environment.get(name)?.trim();
  if (value === undefined || value === "") {
    throw new McaError("service-account", `${name} is not set`, {
      hint: OUTSIDE_HINT,
    });
  }
  return value;
}

function connectOptions(
  { hostname, port }: Endpoint,
  caCertificates: readonly string[],
): ConnectOptions & { readonly tls: NonNullable<ConnectOptions["tls"]> } {
  return { hostname, port, tls: { caCertificates } };
}

const MOUNT_HINT =
  "Mount a projected volume with token, ca.crt and namespace there, as `mca inject` does for its sidecar.";

/** Tells a missing directory, and all that is missing in it at once. */
async function requireComplete(
  { files, directory }: InClusterOptions,
): Promise<void> {
  const names = ["token", "ca.crt", "namespace"];
  const missing: string[] = [];
  for (const name of names) {
    const path = `${directory}/${name}`;
    const info = await files.info(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (info === null) missing.push(name);
  }
  if (missing.length === 0) return;
  const whole = missing.length === names.length &&
    await files.info(directory) === null;
  throw new McaError(
    "service-account",
    whole
      ? "The ServiceAccount directory does not exist"
      : `The ServiceAccount directory lacks ${missing.join(" and ")}`,
    { hint: MOUNT_HINT, place: { file: directory } },
  );
}

/**
 * A file of the directory. It is read rather than asked for its time stamp: it
 * is small, and a time stamp that did not change proves nothing.
 */
function open<T>(
  { files, clock, log, directory }: InClusterOptions,
  name: string,
  parse: (text: string) => T,
  isSame: (left: T, right: T) => boolean,
): Promise<RenewedValue<T>> {
  const path = `${directory}/${name}`;
  return RenewedValue.open({
    source: path,
    load: async () => {
      try {
        return parse(await files.readText(path));
      } catch (error) {
        if (error instanceof McaError) throw error.at({ file: path });
        throw unreadable(path, error);
      }
    },
    isSame,
    clock,
    lookEvery: LOOK_EVERY,
    log,
  });
}

function unreadable(path: string, error: unknown): McaError {
  const code = systemErrorCode(error);
  return new McaError(
    "service-account",
    `The file cannot be read (${code ?? "unknown error"})`,
    {
      hint: code === "EACCES" || code === "EPERM"
        ? "Let the sidecar's user read it: set securityContext.fsGroup on the pod, or the volume's defaultMode to 0444."
        : MOUNT_HINT,
      place: { file: path },
      cause: error,
    },
  );
}

function isSameList(left: readonly unknown[], right: readonly unknown[]) {
  return String(left) === String(right);
}

function parseToken(text: string): readonly HeaderField[] {
  const token = tokenIn(text);
  if (token === undefined) {
    throw new McaError(
      "service-account",
      text.trim() === ""
        ? "The token is empty"
        : "The token holds characters that no token has",
      { hint: MOUNT_HINT },
    );
  }
  return [bearerField(token)];
}

function parseCa(text: string): readonly string[] {
  const certificates = bundledCertificates(text);
  if (certificates.length === 0) {
    throw new McaError(
      "service-account",
      text.includes("-----BEGIN CERTIFICATE-----")
        ? "A certificate in PEM is damaged"
        : "There is no certificate in PEM",
      {
        hint:
          "Project the key ca.crt of the ConfigMap kube-root-ca.crt, which every namespace has.",
      },
    );
  }
  return certificates;
}

function parseNamespace(text: string): string {
  const namespace = text.trim();
  if (!/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    throw new McaError("service-account", "There is no namespace's name", {
      hint: "Project metadata.namespace by the downward API.",
    });
  }
  return namespace;
}

/**
 * The names that injected pods, the proxy, the webhook and users share. They
 * are contracts: changing one breaks manifests that exist.
 *
 * @module
 */

/** The name of the sidecar container. */
export const SIDECAR_NAME = "mca-proxy";

/** What every label and annotation of MCA begins with. */
export const MCA_PREFIX = "mca.k8s.io/";

/** The label that opts a pod in (`"true"`) or out (`"false"`). */
export const INJECT_LABEL = "mca.k8s.io/inject";

/** The annotation that records what was injected. */
export const STATUS_ANNOTATION = "mca.k8s.io/status";

/** The port the proxy listens on unless a setting says otherwise. */
export const DEFAULT_PROXY_PORT = 6443;

/** The UID and GID the proxy runs as unless a setting says otherwise. */
export const DEFAULT_PROXY_UID = 999;

/** Where in-cluster clients look for their token, CA and namespace. */
export const SERVICE_ACCOUNT_DIRECTORY =
  "/var/run/secrets/kubernetes.io/serviceaccount";

/** Where the sidecar writes what the other containers see as their ServiceAccount. */
export const APP_SERVICE_ACCOUNT_DIRECTORY =
  "/var/run/secrets/kubernetes.io/mca-serviceaccount";

/** Where the sidecar keeps its CA and keys across container restarts. */
export const STATE_DIRECTORY = "/var/run/mca";

/** The volume with the pod's real ServiceAccount; mounted in the sidecar alone. */
export const REAL_SERVICE_ACCOUNT_VOLUME = "kube-api-access-sa";

/** The volume with the ServiceAccount that the other containers see. */
export const APP_SERVICE_ACCOUNT_VOLUME = "kube-api-access-mca-sa";

/** The volume with the sidecar's CA and keys; mounted in the sidecar alone. */
export const STATE_VOLUME = "mca-proxy-state";

/** The volumes of MCA, in the order they stand in an injected pod. */
export const VOLUME_NAMES: readonly string[] = [
  REAL_SERVICE_ACCOUNT_VOLUME,
  APP_SERVICE_ACCOUNT_VOLUME,
  STATE_VOLUME,
];

/** The variables that point in-cluster clients at the API server. */
export const SERVICE_VARIABLES = {
  host: "KUBERNETES_SERVICE_HOST",
  port: "KUBERNETES_SERVICE_PORT",
  httpsPort: "KUBERNETES_SERVICE_PORT_HTTPS",
} as const;

/** What the kubelet and the API server put in front of an automatic token volume's name. */
export const AUTOMATIC_VOLUME_PREFIX = "kube-api-access-";

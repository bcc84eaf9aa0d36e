/**
 * The settings of injection, as one table. Flags, environment variables, the
 * config file, its JSON Schema, annotations and the reference are made from it.
 *
 * A setting `proxy-port` is `--proxy-port`, `MCA_PROXY_PORT`, `proxyPort` in the
 * config file and `mca.k8s.io/proxy-port` on a pod.
 *
 * @module
 */

import { VERSION } from "../version.ts";
import { DEFAULT_PROXY_PORT, DEFAULT_PROXY_UID } from "./contract.ts";
import {
  integerType,
  NONE,
  orNone,
  quantityType,
  type SettingType,
  textType,
  type Variables,
  variablesType,
  wordType,
} from "./setting_types.ts";

/** What to inject. Times are in seconds; quantities are Kubernetes resource quantities. */
export interface InjectSettings {
  /** The image of the sidecar. */
  readonly proxyImage: string;
  /** When the kubelet pulls it; `none` leaves that to the API server's default. */
  readonly proxyImagePullPolicy:
    | "Always"
    | "IfNotPresent"
    | "Never"
    | typeof NONE;
  /** The port on loopback that the sidecar listens on. */
  readonly proxyPort: number;
  /** The UID and GID of the sidecar; `none` leaves them to the image or to OpenShift. */
  readonly proxyUid: number | typeof NONE;
  /** Its CPU request; `none` leaves it out. */
  readonly proxyCpuRequest: string;
  /** Its CPU limit; `none` leaves it out. */
  readonly proxyCpuLimit: string;
  /** Its memory request; `none` leaves it out. */
  readonly proxyMemoryRequest: string;
  /** Its memory limit; `none` leaves it out. */
  readonly proxyMemoryLimit: string;
  /** What it logs. */
  readonly proxyLogLevel: "debug" | "info" | "warn" | "error" | "off";
  /** How it logs. */
  readonly proxyLogFormat: "json" | "text";
  /** Further environment variables of the sidecar. */
  readonly proxyEnv: Variables;
  /** How often the startup probe asks. */
  readonly proxyStartupPeriodSeconds: number;
  /** How long one probe may take. */
  readonly proxyStartupTimeoutSeconds: number;
  /** After how many failures the kubelet gives up. */
  readonly proxyStartupFailureThreshold: number;
  /** The keys of the certificates that apps see. */
  readonly proxyKeyAlgorithm:
    | "ecdsa-p256"
    | "ecdsa-p384"
    | "rsa-2048"
    | "rsa-3072";
}

/** The name of a setting in {@link InjectSettings} and in the config file. */
export type SettingKey = keyof InjectSettings;

/** One row of the table. */
export interface SettingDefinition<Key extends SettingKey = SettingKey> {
  /** Its name here and in the config file. */
  readonly key: Key;
  /** What its values are, and how they are read. */
  readonly type: SettingType<InjectSettings[Key]>;
  /** What holds where nobody says otherwise. */
  readonly default: InjectSettings[Key];
  /** One sentence for the reference, without a final period. */
  readonly summary: string;
  /** The sidecar's environment variable that carries a value other than the default. */
  readonly sidecarVariable?: string;
}

function setting<Key extends SettingKey>(
  definition: SettingDefinition<Key>,
): SettingDefinition<Key> {
  return definition;
}

/** The table of settings, in the order of the reference. */
export const SETTINGS: {
  readonly [Key in SettingKey]: SettingDefinition<Key>;
} = {
  proxyImage: setting({
    key: "proxyImage",
    type: textType("IMAGE", "an image reference"),
    default: `mca:${VERSION}`,
    summary: "The image of the sidecar",
  }),
  proxyImagePullPolicy: setting({
    key: "proxyImagePullPolicy",
    type: wordType(["Always", "IfNotPresent", "Never", NONE]),
    default: NONE,
    summary:
      "When the kubelet pulls the image; none leaves it to the API server's default",
  }),
  proxyPort: setting({
    key: "proxyPort",
    // The sidecar runs without the capability to bind ports below 1024.
    type: integerType(1024, 65535),
    default: DEFAULT_PROXY_PORT,
    summary: "The port on loopback where the sidecar listens",
    sidecarVariable: "MCA_PROXY_PORT",
  }),
  proxyUid: setting({
    key: "proxyUid",
    type: orNone(integerType(1, 2147483647)),
    default: DEFAULT_PROXY_UID,
    summary:
      "The UID and GID the sidecar runs as; none leaves both to the image or to OpenShift",
  }),
  proxyCpuRequest: setting({
    key: "proxyCpuRequest",
    type: orNone(quantityType),
    default: "10m",
    summary: "The CPU that is reserved for the sidecar",
  }),
  proxyCpuLimit: setting({
    key: "proxyCpuLimit",
    type: orNone(quantityType),
    default: "500m",
    summary: "The CPU that the sidecar may use at most",
  }),
  proxyMemoryRequest: setting({
    key: "proxyMemoryRequest",
    type: orNone(quantityType),
    default: "64Mi",
    summary: "The memory that is reserved for the sidecar",
  }),
  proxyMemoryLimit: setting({
    key: "proxyMemoryLimit",
    type: orNone(quantityType),
    default: "128Mi",
    summary: "The memory that the sidecar may use at most",
  }),
  proxyLogLevel: setting({
    key: "proxyLogLevel",
    type: wordType(["debug", "info", "warn", "error", "off"]),
    default: "info",
    summary: "The least severe messages that the sidecar logs",
    sidecarVariable: "MCA_LOG_LEVEL",
  }),
  proxyLogFormat: setting({
    key: "proxyLogFormat",
    type: wordType(["json", "text"]),
    default: "json",
    summary: "How the sidecar writes its log",
    sidecarVariable: "MCA_LOG_FORMAT",
  }),
  proxyEnv: setting({
    key: "proxyEnv",
    type: variablesType,
    default: {},
    summary:
      "More environment variables of the sidecar; those of every source are added up",
  }),
  proxyStartupPeriodSeconds: setting({
    key: "proxyStartupPeriodSeconds",
    type: integerType(1, 300),
    default: 1,
    summary: "Seconds between two startup probes of the sidecar",
  }),
  proxyStartupTimeoutSeconds: setting({
    key: "proxyStartupTimeoutSeconds",
    type: integerType(1, 300),
    default: 5,
    summary: "Seconds that one startup probe of the sidecar may take",
  }),
  proxyStartupFailureThreshold: setting({
    key: "proxyStartupFailureThreshold",
    type: integerType(1, 10000),
    default: 120,
    summary:
      "Failed startup probes in a row after which the kubelet restarts the sidecar",
  }),
  proxyKeyAlgorithm: setting({
    key: "proxyKeyAlgorithm",
    type: wordType(["ecdsa-p256", "ecdsa-p384", "rsa-2048", "rsa-3072"]),
    default: "ecdsa-p256",
    summary: "The kind of the sidecar's keys",
    sidecarVariable: "MCA_KEY_ALGORITHM",
  }),
};

/** The keys of the table, in its order. */
export const SETTING_KEYS: readonly SettingKey[] = Object.values(SETTINGS).map(
  ({ key }) => key,
);

/** `proxyPort` in words with hyphens: `proxy-port`. */
export function settingName(key: SettingKey): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The settings that hold where nobody says otherwise. */
export const DEFAULT_SETTINGS: InjectSettings = {
  proxyImage: SETTINGS.proxyImage.default,
  proxyImagePullPolicy: SETTINGS.proxyImagePullPolicy.default,
  proxyPort: SETTINGS.proxyPort.default,
  proxyUid: SETTINGS.proxyUid.default,
  proxyCpuRequest: SETTINGS.proxyCpuRequest.default,
  proxyCpuLimit: SETTINGS.proxyCpuLimit.default,
  proxyMemoryRequest: SETTINGS.proxyMemoryRequest.default,
  proxyMemoryLimit: SETTINGS.proxyMemoryLimit.default,
  proxyLogLevel: SETTINGS.proxyLogLevel.default,
  proxyLogFormat: SETTINGS.proxyLogFormat.default,
  proxyEnv: SETTINGS.proxyEnv.default,
  proxyStartupPeriodSeconds: SETTINGS.proxyStartupPeriodSeconds.default,
  proxyStartupTimeoutSeconds: SETTINGS.proxyStartupTimeoutSeconds.default,
  proxyStartupFailureThreshold: SETTINGS.proxyStartupFailureThreshold.default,
  proxyKeyAlgorithm: SETTINGS.proxyKeyAlgorithm.default,
};

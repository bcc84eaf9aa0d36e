/**
 * Whether a pod may be injected, as an ordered list of questions.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { wrongType } from "../kube/pod_field.ts";
import type { ContainerView, PodView } from "../kube/pod.ts";
import {
  INJECT_LABEL,
  SERVICE_ACCOUNT_DIRECTORY,
  SIDECAR_NAME,
  VOLUME_NAMES,
} from "./contract.ts";
import type { GivenReason } from "./reasons.ts";
import type { InjectSettings } from "./settings.ts";

/** Who gets injected where the label says nothing. */
export type DefaultChoice = "inject" | "skip";

/** The files of the ServiceAccount directory that MCA's own take the place of. */
const REPLACED_FILES: ReadonlySet<string> = new Set([
  `${SERVICE_ACCOUNT_DIRECTORY}/token`,
  `${SERVICE_ACCOUNT_DIRECTORY}/ca.crt`,
]);

/** What may be mounted over in MCA's directory: the file is there before the container starts. */
const NAMESPACE_FILE = `${SERVICE_ACCOUNT_DIRECTORY}/namespace`;

/** Whether the mount gives way to MCA's: the standard path itself, or its token or CA file. */
export function isReplacedMount(path: string): boolean {
  return path === SERVICE_ACCOUNT_DIRECTORY || REPLACED_FILES.has(path);
}

/** Whether the container sees a ServiceAccount token that the manifest mounts by hand. */
function mountsToken(container: ContainerView): boolean {
  return container.mounts.some(({ path }) =>
    path === SERVICE_ACCOUNT_DIRECTORY ||
    path === `${SERVICE_ACCOUNT_DIRECTORY}/token`
  );
}

/**
 * Whether the container gets MCA's ServiceAccount directory. In a pod that
 * turns the automatic token off, only a container that mounts one by hand has
 * access to the API; injection gives it to no other.
 */
export function getsMount(pod: PodView, container: ContainerView): boolean {
  return container.name !== SIDECAR_NAME &&
    (pod.automountServiceAccountToken || mountsToken(container));
}

/**
 * Whether the pod's label opts in or out.
 *
 * @throws {McaError} `setting` where the label is neither "true" nor "false".
 */
export function labelChoice(pod: PodView): boolean | undefined {
  const value = pod.labels?.[INJECT_LABEL];
  if (value === undefined) return undefined;
  if (value === "true" || value === "false") return value === "true";
  const field = `metadata.labels[${JSON.stringify(INJECT_LABEL)}]`;
  if (typeof value !== "string") throw wrongType(field, "a string", value);
  throw new McaError(
    "setting",
    `Bad value ${JSON.stringify(value)} for label ${INJECT_LABEL}`,
    { place: { field }, hint: 'Expected "true" or "false".' },
  );
}

type Question = (
  pod: PodView,
  settings: InjectSettings,
) => GivenReason | undefined;

function askPort(pod: PodView, settings: InjectSettings) {
  const taker = pod.containers.find(({ name, tcpPorts }) =>
    name !== SIDECAR_NAME && tcpPorts.includes(settings.proxyPort)
  );
  return taker && { code: "port-taken", field: taker.field } as const;
}

function askNestedMount(pod: PodView) {
  for (const container of pod.containers) {
    if (!getsMount(pod, container)) continue;
    const { mounts, field } = container;
    const index = mounts.findIndex(({ path }) =>
      path.startsWith(`${SERVICE_ACCOUNT_DIRECTORY}/`) &&
      !REPLACED_FILES.has(path) && path !== NAMESPACE_FILE
    );
    if (index !== -1) {
      return {
        code: "nested-mount",
        field: `${field}.volumeMounts[${index}]`,
      } as const;
    }
  }
  return undefined;
}

function askToken(pod: PodView) {
  return pod.automountServiceAccountToken || pod.containers.some(mountsToken)
    ? undefined
    : { code: "no-token", field: "spec.automountServiceAccountToken" } as const;
}

function askVolumes(pod: PodView) {
  const index = pod.volumes.findIndex(({ name }) =>
    VOLUME_NAMES.includes(name)
  );
  return index === -1
    ? undefined
    : { code: "volume-taken", field: `spec.volumes[${index}]` } as const;
}

const QUESTIONS: readonly Question[] = [
  ({ annotations }) =>
    annotations?.["kubernetes.io/config.mirror"] === undefined
      ? undefined
      : { code: "mirror-pod" },
  ({ operatingSystem }) =>
    operatingSystem === "windows" ? { code: "windows" } : undefined,
  ({ hostNetwork }) =>
    hostNetwork
      ? { code: "host-network", field: "spec.hostNetwork" }
      : undefined,
  askToken,
  askVolumes,
  askNestedMount,
  askPort,
];

/** Why the label keeps the pod from being injected; undefined where it does not. */
export function findLabelReason(
  pod: PodView,
  otherwise: DefaultChoice,
): GivenReason | undefined {
  const choice = labelChoice(pod);
  if (choice === false) return { code: "opted-out" };
  return choice === undefined && otherwise === "skip"
    ? { code: "not-opted-in" }
    : undefined;
}

/** Why the pod cannot or should not be injected; undefined where it can. */
export function findReason(
  pod: PodView,
  settings: InjectSettings,
): GivenReason | undefined {
  for (const ask of QUESTIONS) {
    const reason = ask(pod, settings);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

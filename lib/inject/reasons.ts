/**
 * Why a pod or document is left alone, as one table. The codes are stable: they
 * stand in the report of the command line, in the webhook's warnings and in metrics.
 *
 * @module
 */

/** What a reason says, and what to do about it. */
export interface Reason {
  /**
   * `skip`: nobody asked for more. `refusal`: injection was wanted and cannot
   * be had; a webhook may be configured to refuse such pods.
   */
  readonly kind: "skip" | "refusal";
  /** Why, as a sentence without a final period. */
  readonly sentence: string;
  /** What to do for whoever wants something else, as sentences. */
  readonly remedy: string;
}

/** The table of reasons. */
export const REASONS = {
  "not-a-workload": {
    kind: "skip",
    sentence: "The object makes no pods",
    remedy: "Nothing to do.",
  },
  "unknown-workload": {
    kind: "skip",
    sentence:
      "The object has a pod template, but it is not of a kind that is known to run one unchanged",
    remedy:
      'Label its pod template with mca.k8s.io/inject: "true" and let the webhook inject the pods it makes.',
  },
  "opted-out": {
    kind: "skip",
    sentence: 'The label mca.k8s.io/inject is "false"',
    remedy: 'Remove the label, or set it to "true", to have the pod injected.',
  },
  "not-opted-in": {
    kind: "skip",
    sentence: 'The label mca.k8s.io/inject is not "true"',
    remedy: 'Set the label mca.k8s.io/inject to "true" on the pod.',
  },
  "up-to-date": {
    kind: "skip",
    sentence: "The pod is injected, with these settings",
    remedy: "Nothing to do.",
  },
  "not-injected": {
    kind: "skip",
    sentence: "The pod is not injected",
    remedy: "Nothing to undo.",
  },
  "mirror-pod": {
    kind: "skip",
    sentence: "The pod mirrors a static pod, which only its node can change",
    remedy: "Inject the static pod's manifest on the node.",
  },
  "no-token": {
    kind: "skip",
    sentence:
      "The pod gets no token (automountServiceAccountToken is false in it, or in its ServiceAccount) and mounts none at the standard path, so nothing in it talks to the API",
    remedy:
      "Set automountServiceAccountToken to true in the pod, or mount a token at /var/run/secrets/kubernetes.io/serviceaccount.",
  },
  "host-network": {
    kind: "refusal",
    sentence:
      "The pod shares the node's network, where the proxy's port would be open to every process of the node and clash with other pods",
    remedy: "Set hostNetwork to false, or leave the pod without a proxy.",
  },
  "windows": {
    kind: "refusal",
    sentence: "The pod runs on Windows, for which there is no proxy image",
    remedy: "Leave the pod without a proxy.",
  },
  "port-taken": {
    kind: "refusal",
    sentence: "A container of the pod declares the proxy's port as its own",
    remedy:
      "Choose another port with the annotation mca.k8s.io/proxy-port, or give the container another one.",
  },
  "nested-mount": {
    kind: "refusal",
    sentence:
      "A container mounts something below the standard ServiceAccount path, for which a read-only directory has no place",
    remedy: "Mount it outside /var/run/secrets/kubernetes.io/serviceaccount.",
  },
  "volume-taken": {
    kind: "refusal",
    sentence: "The pod has a volume of its own with a name that MCA uses",
    remedy:
      "Rename the volume: kube-api-access-sa, kube-api-access-mca-sa and mca-proxy-state are MCA's.",
  },
} as const satisfies Readonly<Record<string, Reason>>;

/** The stable code of a reason. */
export type ReasonCode = keyof typeof REASONS;

/** A reason as it applies to one pod or document. */
export interface GivenReason {
  /** Which reason. */
  readonly code: ReasonCode;
  /** What in the pod led to it, in the notation of Kubernetes' own messages. */
  readonly field?: string;
}

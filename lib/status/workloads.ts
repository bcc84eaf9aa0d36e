/**
 * Pods, put together by workload.
 *
 * @module
 */

import type { JsonObject } from "../kube/json.ts";
import {
  assessPod,
  isRunning,
  type PodContext,
  type PodFinding,
  type PodState,
} from "./assess_pod.ts";
import { textAt } from "../kube/object_fields.ts";
import { ownerOf } from "./pod_owner.ts";
import type { NamespaceView } from "./registered_webhook.ts";

/** Pods of one workload that stand alike. */
export interface WorkloadFinding extends PodFinding {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  /** How many. */
  readonly pods: number;
}

/** The states, the worst first. */
const ORDER: readonly PodState[] = [
  "missed",
  "left-alone",
  "outdated",
  "injected",
];

/** Takes in pods one by one, and keeps of them what the report needs. */
export class WorkloadTally {
  readonly #context: PodContext;
  readonly #namespaces: ReadonlyMap<string, NamespaceView>;
  readonly #found = new Map<string, WorkloadFinding>();

  constructor(
    context: PodContext,
    namespaces: ReadonlyMap<string, NamespaceView>,
  ) {
    this.#context = context;
    this.#namespaces = namespaces;
  }

  /** Takes in one pod. */
  add(pod: JsonObject): void {
    if (!isRunning(pod)) return;
    const namespace = textAt(pod, "metadata", "namespace");
    const finding = assessPod(
      pod,
      this.#namespaces.get(namespace) ?? { name: namespace, labels: {} },
      this.#context,
    );
    if (finding === undefined) return;
    const owner = ownerOf(pod);
    const key = JSON.stringify([namespace, owner, finding]);
    const pods = (this.#found.get(key)?.pods ?? 0) + 1;
    this.#found.set(key, { namespace, ...owner, pods, ...finding });
  }

  /** What was found: the worst first, then by name. */
  get findings(): WorkloadFinding[] {
    return [...this.#found.values()].sort((a, b) =>
      rank(a) - rank(b) ||
      compare(a.namespace, b.namespace) || compare(a.kind, b.kind) ||
      compare(a.name, b.name) || compare(a.why ?? "", b.why ?? "")
    );
  }
}

function rank({ state, level }: WorkloadFinding): number {
  return (level === "ok" ? ORDER.length : 0) + ORDER.indexOf(state);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

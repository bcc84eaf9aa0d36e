/**
 * The whole report, and whether all is well. Pure.
 *
 * @module
 */

import type { PodState } from "./assess_pod.ts";
import type { Finding } from "./finding.ts";
import type { WorkloadFinding } from "./workloads.ts";

/** What was found out about a cluster. */
export interface StatusReport {
  /** The kubeconfig's context, or `in-cluster`. */
  readonly cluster: string;
  /** The MutatingWebhookConfiguration's name. */
  readonly webhook: string;
  /** Undefined where it was not asked for. */
  readonly findings: readonly Finding[] | undefined;
  /** Undefined where they were not asked for. */
  readonly workloads: readonly WorkloadFinding[] | undefined;
  /** What could not be found out, each as a sentence without a period. */
  readonly notes: readonly string[];
}

/** Whether nothing is wrong. What could not be looked at counts as well. */
export function isGood({ findings, workloads }: StatusReport): boolean {
  return [...findings ?? [], ...workloads ?? []]
    .every(({ level }) => level !== "wrong");
}

/** How many pods there are of each state. */
export function countPods(
  workloads: readonly WorkloadFinding[],
): Record<PodState, number> {
  const counts = { injected: 0, outdated: 0, missed: 0, "left-alone": 0 };
  for (const { state, pods } of workloads) counts[state] += pods;
  return counts;
}

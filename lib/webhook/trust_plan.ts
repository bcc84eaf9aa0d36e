/**
 * What to do about trust: a pure function from what is known to what is done.
 *
 * All replicas run it over what they see, with no leader among them. What they
 * write is checked against the version that they saw, so of two that decide the
 * same one wins and the other sees what it did.
 *
 * The order of a rotation: a new CA is written down beside the one in use; it is
 * published beside it in every caBundle; some time later it signs, and every
 * replica serves what it signed. What signed before stays in the bundles to its
 * end. At each moment what any replica serves is in every bundle.
 *
 * @module
 */

import {
  type Authority,
  includesAuthority,
  isSameBundle,
  uniteAuthorities,
} from "./authority.ts";
import { isAlive, planWrite, signers } from "./trust_rules.ts";
import type { Leaf, TrustState } from "./trust_state.ts";
import type { TrustView, TrustWrite } from "./trust_view.ts";

/** What is to be done. */
export interface TrustPlan {
  /** Serve the shared leaf. */
  readonly serve: Leaf | undefined;
  /** Publish these CAs in every caBundle. */
  readonly publish: readonly Authority[] | undefined;
  readonly write: TrustWrite | undefined;
  /** Look again after so many milliseconds, whatever happens. */
  readonly lookAgainAfter: number;
  /** Why the webhook may not be called; undefined where it may. */
  readonly notReady: string | undefined;
}

/** How often to look at the clock, in milliseconds. */
const LOOK_INTERVAL = 60_000;

/**
 * Decides.
 *
 * @example
 * ```ts
 * import { planTrust } from "./trust_plan.ts";
 *
 * const plan = planTrust({
 *   now: 0,
 *   shared: { kind: "absent" },
 *   configuration: { kind: "unknown" },
 *   known: undefined,
 *   served: undefined,
 *   nextPublishedFor: undefined,
 *   settle: 30_000,
 *   names: ["mca-webhook.default.svc"],
 * });
 * console.log(plan.write?.authority); // new
 * ```
 */
export function planTrust(view: TrustView): TrustPlan {
  const { shared, known } = view;
  const state = shared.kind === "good" ? shared.state : known;
  return {
    serve: serve(view),
    publish: state === undefined ? undefined : publish(state, view),
    write: planWrite(view),
    lookAgainAfter: lookAgainAfter(view),
    notReady: notReady(view),
  };
}

/** The shared leaf, once its CA is published; at the very start also before, for the probes. */
function serve(view: TrustView): Leaf | undefined {
  const { shared, served } = view;
  if (shared.kind !== "good") return undefined;
  const { authority, leaf } = shared.state;
  return served === undefined || served.authority === authority.id ||
      isPublished(authority.id, view)
    ? leaf
    : undefined;
}

/** Whether every webhook of the configuration trusts the CA. */
function isPublished(
  id: string,
  { configuration }: Pick<TrustView, "configuration">,
): boolean {
  return configuration.kind === "present" && configuration.entries.length > 0 &&
    configuration.entries.every(({ authorities }) =>
      includesAuthority(authorities, id)
    );
}

/**
 * What every caBundle is to hold, where one does not. Nothing that may still be
 * served is ever taken out, so that a replica with an old view does no harm.
 */
function publish(
  state: TrustState,
  { configuration, now }: TrustView,
): readonly Authority[] | undefined {
  if (configuration.kind !== "present") return undefined;
  const { entries } = configuration;
  const wanted = uniteAuthorities(
    [state.bundle, ...entries.map(({ authorities }) => authorities)],
    now,
    signers(state),
  );
  return entries.every(({ authorities }) => isSameBundle(authorities, wanted))
    ? undefined
    : wanted;
}

function lookAgainAfter(view: TrustView): number {
  const { nextPublishedFor, settle } = view;
  if (nextPublishedFor === undefined) return LOOK_INTERVAL;
  return Math.min(LOOK_INTERVAL, Math.max(0, settle - nextPublishedFor));
}

function notReady(view: TrustView): string | undefined {
  const { served, configuration } = view;
  if (served === undefined) return "There is no certificate yet";
  if (!isAlive(served, view)) return "The certificate has ended";
  if (configuration.kind === "unknown") {
    return "The MutatingWebhookConfiguration could not be read yet";
  }
  if (configuration.kind === "absent") {
    return "There is no MutatingWebhookConfiguration";
  }
  if (configuration.entries.length === 0) {
    return "The MutatingWebhookConfiguration holds no webhook";
  }
  return isPublished(served.authority, view)
    ? undefined
    : "The API server does not trust the CA yet: it is not in every caBundle";
}

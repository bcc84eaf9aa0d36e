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
  type RenewalDecision,
  renewalDecision,
  type Validity,
} from "../certs/renewal.ts";
import { parseSubjectName } from "../certs/subject_name.ts";
import {
  type Authority,
  includesAuthority,
  isSameBundle,
  uniteAuthorities,
} from "./authority.ts";
import type { Leaf, TrustState } from "./trust_state.ts";

/** What is known of the shared state. */
export type SharedView =
  /** Nobody could look yet. */
  | { readonly kind: "unknown" }
  | { readonly kind: "absent" }
  /** It is there and cannot be used. */
  | { readonly kind: "unusable"; readonly fault: string }
  | { readonly kind: "good"; readonly state: TrustState };

/** A webhook of the configuration, by its name, and the CAs in its caBundle. */
export interface WebhookEntry {
  readonly name: string;
  readonly authorities: readonly Authority[];
}

/** What is known of the MutatingWebhookConfiguration. */
export type ConfigurationView =
  | { readonly kind: "unknown" }
  | { readonly kind: "absent" }
  | { readonly kind: "present"; readonly entries: readonly WebhookEntry[] };

/** What is known of the certificate that this replica serves. */
export interface ServedLeaf extends Validity {
  /** The id of the CA that signed it. */
  readonly authority: string;
}

/** All that a decision rests on. */
export interface TrustView {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly shared: SharedView;
  readonly configuration: ConfigurationView;
  /** The last good shared state that this replica saw. */
  readonly known: TrustState | undefined;
  /** What is served; undefined where nothing is yet. */
  readonly served: ServedLeaf | undefined;
  /** For how many milliseconds the next CA has been seen in every caBundle; undefined: it is not. */
  readonly nextPublishedFor: number | undefined;
  /** How long that has to be before it signs. */
  readonly settle: number;
  /** The names to serve under. */
  readonly names: readonly string[];
}

/** A new shared state, told by what stays of the old. */
export interface TrustWrite {
  /** For the log: what is done, and why. */
  readonly what: string;
  /** What `keep` refers to; undefined where nothing is kept. */
  readonly base: TrustState | undefined;
  readonly authority: "keep" | "next" | "new";
  readonly leaf: "keep" | "new";
  readonly next: "keep" | "none" | "new";
  /** The CAs to trust besides those that come to be. */
  readonly bundle: readonly Authority[];
  /** The names of a new leaf. */
  readonly names: readonly string[];
}

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
    write: write(view),
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

/** The CA in use and the one to come. */
function signers({ authority, next }: TrustState): Authority[] {
  return next === undefined ? [authority] : [authority, next];
}

type Rule = (state: TrustState, view: TrustView) => TrustWrite | undefined;

/** What may be wrong with a good state, the most urgent first. */
const RULES: readonly Rule[] = [
  replaceEndedAuthority,
  replaceLeaf,
  dropEndedNext,
  useNext,
  addNext,
  mendBundle,
];

function write(view: TrustView): TrustWrite | undefined {
  const { shared } = view;
  if (shared.kind === "unknown") return undefined;
  if (shared.kind !== "good") return restore(shared, view);
  for (const rule of RULES) {
    const found = rule(shared.state, view);
    if (found !== undefined) return found;
  }
  return undefined;
}

function decisionOver(
  { notBefore, notAfter }: Validity,
  { now }: TrustView,
): RenewalDecision {
  return renewalDecision({ notBefore, notAfter, now });
}

function isAlive(validity: Validity, view: TrustView): boolean {
  const decision = decisionOver(validity, view);
  return decision === "keep" || decision === "renew";
}

/** The CAs that somebody may still serve with. */
function trusted(view: TrustView): Authority[] {
  const { shared, known, configuration, now } = view;
  return uniteAuthorities([
    shared.kind === "good" ? shared.state.bundle : [],
    known?.bundle ?? [],
    ...(configuration.kind === "present"
      ? configuration.entries.map(({ authorities }) => authorities)
      : []),
  ], now);
}

/**
 * There is no shared state. What this replica remembers is put back, so that
 * nothing changes for those that serve it. If the state was deleted, which is
 * how people ask for new certificates, a new CA comes with it.
 */
function restore(
  shared: Extract<SharedView, { kind: "absent" | "unusable" }>,
  view: TrustView,
): TrustWrite {
  const { known } = view;
  const why = shared.kind === "absent" ? "it is not there" : shared.fault;
  if (known === undefined || !isAlive(known.authority, view)) {
    return {
      what: `Made a CA and a certificate, as ${why}`,
      base: undefined,
      authority: "new",
      leaf: "new",
      next: "none",
      bundle: trusted(view),
      names: view.names,
    };
  }
  const rotates = shared.kind === "absent" && known.next === undefined;
  return {
    what: rotates
      ? "Restored the CA, and made the next one, as the Secret was deleted"
      : `Restored the CA, as ${why}`,
    base: known,
    authority: "keep",
    leaf: known.leaf === undefined ? "new" : "keep",
    next: rotates ? "new" : "keep",
    bundle: trusted(view),
    names: view.names,
  };
}

function replaceEndedAuthority(state: TrustState, view: TrustView) {
  if (isAlive(state.authority, view)) return undefined;
  const hasNext = state.next !== undefined && isAlive(state.next, view);
  return {
    what: hasNext
      ? "Put the next CA to use, as the one before has ended"
      : "Made a CA anew, as the one before has ended or is not valid yet",
    base: state,
    authority: hasNext ? "next" : "new",
    leaf: "new",
    next: "none",
    bundle: trusted(view),
    names: view.names,
  } as const;
}

function replaceLeaf(state: TrustState, view: TrustView) {
  const fault = leafFault(state, view);
  if (fault === undefined) return undefined;
  const { leaf } = state;
  return {
    what: `Made a certificate, as the one before ${fault}`,
    base: state,
    authority: "keep",
    leaf: "new",
    next: "keep",
    bundle: trusted(view),
    // Replicas that want different names would else replace it in turn.
    names: leaf !== undefined && missingName(leaf, view) !== undefined
      ? [...new Set([...leaf.names, ...wantedNames(view)])]
      : view.names,
  } as const;
}

const LEAF_FAULTS = {
  "keep": undefined,
  "renew": "was due",
  "expired": "has ended",
  "not-yet-valid": "is not valid yet",
} as const;

function leafFault(
  { leaf, authority }: TrustState,
  view: TrustView,
): string | undefined {
  if (leaf === undefined) return "is missing or damaged";
  const absent = missingName(leaf, view);
  if (absent !== undefined) return `lacks the name ${absent}`;
  const decision = decisionOver(leaf, view);
  // Near the CA's end a new one would end no later.
  return decision === "renew" && leaf.notAfter >= authority.notAfter
    ? undefined
    : LEAF_FAULTS[decision];
}

function wantedNames({ names }: TrustView): string[] {
  return names.map((name) => parseSubjectName(name).value);
}

function missingName(leaf: Leaf, view: TrustView): string | undefined {
  return wantedNames(view).find((name) => !leaf.names.includes(name));
}

function dropEndedNext(state: TrustState, view: TrustView) {
  if (state.next === undefined || isAlive(state.next, view)) return undefined;
  return {
    what: "Dropped the next CA, as it has ended or is not valid yet",
    base: state,
    authority: "keep",
    leaf: "keep",
    next: "none",
    bundle: trusted(view),
    names: view.names,
  } as const;
}

function useNext(state: TrustState, view: TrustView) {
  const { nextPublishedFor, settle } = view;
  if (state.next === undefined || nextPublishedFor === undefined) {
    return undefined;
  }
  if (nextPublishedFor < settle) return undefined;
  return {
    what: "Put the next CA to use, as it is in every caBundle",
    base: state,
    authority: "next",
    leaf: "new",
    next: "none",
    bundle: trusted(view),
    names: view.names,
  } as const;
}

function addNext(state: TrustState, view: TrustView) {
  if (state.next !== undefined) return undefined;
  if (decisionOver(state.authority, view) !== "renew") return undefined;
  return {
    what: "Made the next CA, as the one in use was due",
    base: state,
    authority: "keep",
    leaf: "keep",
    next: "new",
    bundle: trusted(view),
    names: view.names,
  } as const;
}

/** The list holds both CAs, all that somebody may serve with, and none that has ended. */
function mendBundle(state: TrustState, view: TrustView) {
  const wanted = uniteAuthorities(
    [trusted(view)],
    view.now,
    signers(state),
  );
  if (isSameBundle(state.bundle, wanted)) return undefined;
  return {
    what: "Mended the list of CAs to trust",
    base: state,
    authority: "keep",
    leaf: "keep",
    next: "keep",
    bundle: wanted,
    names: view.names,
  } as const;
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

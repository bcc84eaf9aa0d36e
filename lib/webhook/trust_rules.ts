/**
 * When the shared state has to be another, and which.
 *
 * @module
 */

import {
  type RenewalDecision,
  renewalDecision,
  type Validity,
} from "../certs/renewal.ts";
import { parseSubjectName } from "../certs/subject_name.ts";
import { type Authority, isSameBundle, uniteAuthorities } from "./authority.ts";
import type { Leaf, TrustState } from "./trust_state.ts";
import type { SharedView, TrustView, TrustWrite } from "./trust_view.ts";

/** The CA in use and the one to come. */
export function signers({ authority, next }: TrustState): Authority[] {
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

/** What is to be written into the Secret, if anything. */
export function planWrite(view: TrustView): TrustWrite | undefined {
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

/** Whether it can be served at the moment. */
export function isAlive(validity: Validity, view: TrustView): boolean {
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

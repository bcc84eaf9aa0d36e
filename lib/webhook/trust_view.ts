/**
 * What is known and what may be done about trust. Types only.
 *
 * @module
 */

import type { Validity } from "../certs/renewal.ts";
import type { Authority } from "./authority.ts";
import type { TrustState } from "./trust_state.ts";

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

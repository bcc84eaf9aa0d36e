/**
 * What is found out about the webhook. Types only.
 *
 * @module
 */

/** How bad it is. `unknown`: it could not be looked at. */
export type Level = "ok" | "warning" | "wrong" | "unknown";

/** What is looked at, in the order of the report. */
export type CheckName =
  | "configuration"
  | "trust"
  | "certificate"
  | "replicas"
  | "call";

/** What came of one look. */
export interface Finding {
  readonly check: CheckName;
  readonly level: Level;
  /** In sentence case, without a final period. */
  readonly message: string;
  /** What to do, as a sentence; absent where nothing is to be done. */
  readonly remedy?: string;
}

/** Something in the cluster as far as it could be looked at. */
export type Seen<T> =
  | { readonly kind: "present"; readonly value: T }
  | { readonly kind: "absent" }
  /** The user may not read it. */
  | { readonly kind: "unreadable"; readonly why: string };

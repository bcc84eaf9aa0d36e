/**
 * What stands between a client and the origin: MCA, another proxy, or nothing.
 *
 * @module
 */

import type { Target } from "../load/job.ts";
import type { Material } from "../pki.ts";

/** What a peer is started with. */
export interface PeerSurroundings {
  readonly material: Material;
  /** Where the origin listens. */
  readonly originPort: number;
  /** A directory for what is built once. */
  readonly buildDirectory: string;
}

/** A peer that has everything it needs and is one `exec` away from running. */
export interface PreparedPeer extends AsyncDisposable {
  /** Starts it. Called once. */
  start(): Promise<void>;
  /** Where clients go, what they trust and show; undefined while that is not known. */
  target(): Promise<Target | undefined>;
  /** Its process, of which others may be children; undefined where there is none. */
  readonly pid: number | undefined;
  /** What it has logged. */
  log(): Promise<string>;
}

/** A kind of peer. */
export interface PeerKind {
  /** A short name for tables. */
  readonly name: string;
  /** What it is, in one sentence. */
  readonly description: string;
  /** Why it cannot run here; undefined where it can. */
  obstacle(): Promise<string | undefined>;
  /** Builds what has to be built. Called once. */
  build(surroundings: PeerSurroundings): Promise<void>;
  /** Makes one ready. Called for each that is to run. */
  prepare(surroundings: PeerSurroundings): Promise<PreparedPeer>;
}

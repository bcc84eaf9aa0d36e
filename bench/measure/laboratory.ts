/**
 * What every measurement takes place in: the origin, the load generator, and
 * the peers that can run here.
 *
 * @module
 */

import { join } from "node:path";
import { DenoProcess } from "../deno_process.ts";
import type { Job, LoadResult, Target } from "../load/job.ts";
import type { PeerKind, PeerSurroundings } from "../peers/peer.ts";
import { issueMaterial } from "../pki.ts";
import { LoadGenerator } from "./load_generator.ts";

/** A peer that cannot run here, and why. */
export interface AbsentPeer {
  readonly name: string;
  readonly reason: string;
}

/** An origin and a load generator that run, and peers that are built. */
export class Laboratory implements AsyncDisposable {
  readonly surroundings: PeerSurroundings;
  /** The peers that can run here. */
  readonly present: readonly PeerKind[];
  readonly absent: readonly AbsentPeer[];
  readonly #load: LoadGenerator;
  readonly #stop: AbortSignal;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    parts: Pick<Laboratory, "surroundings" | "present" | "absent">,
    load: LoadGenerator,
    stop: AbortSignal,
    resources: AsyncDisposableStack,
  ) {
    this.surroundings = parts.surroundings;
    this.present = parts.present;
    this.absent = parts.absent;
    this.#load = load;
    this.#stop = stop;
    this.#resources = resources;
  }

  /**
   * Sets it up.
   *
   * @param tell Told of what goes on.
   * @param stop Ends the load that runs, and all that come.
   */
  static async open(
    kinds: readonly PeerKind[],
    tell: (line: string) => void,
    stop: AbortSignal,
  ): Promise<Laboratory> {
    await using resources = new AsyncDisposableStack();
    const directory = await Deno.makeTempDir({ prefix: "mca-bench-" });
    resources.defer(() => Deno.remove(directory, { recursive: true }));
    const material = await issueMaterial(directory);
    const origin = resources.use(
      new DenoProcess(
        "origin",
        new URL("../origin/main.ts", import.meta.url),
        [directory],
      ),
    );
    const load = resources.use(new LoadGenerator(stop));
    const surroundings: PeerSurroundings = {
      material,
      originPort: Number(await origin.answer()),
      buildDirectory: join(directory, "build"),
    };
    await Deno.mkdir(surroundings.buildDirectory);
    const present: PeerKind[] = [];
    const absent: AbsentPeer[] = [];
    for (const kind of kinds) {
      stop.throwIfAborted();
      const reason = await kind.obstacle();
      if (reason === undefined) {
        tell(`Preparing ${kind.name}: ${kind.description}`);
        await kind.build(surroundings);
        present.push(kind);
      } else {
        tell(`Without ${kind.name}: ${reason}`);
        absent.push({ name: kind.name, reason });
      }
    }
    return new Laboratory(
      { surroundings, present, absent },
      load,
      stop,
      resources.move(),
    );
  }

  /** The origin, for who is to reach it without a proxy. */
  get origin(): Target {
    const { material, originPort } = this.surroundings;
    return {
      port: originPort,
      caCertificate: material.caCertificate,
      token: material.token,
    };
  }

  /** Throws once the benchmark is to stop. */
  goOn(): void {
    this.#stop.throwIfAborted();
  }

  /** Has the load generator do something. One at a time. */
  async run(job: Job): Promise<LoadResult> {
    return await this.#load.run(job);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

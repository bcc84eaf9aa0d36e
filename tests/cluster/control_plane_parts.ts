/** The processes of one control plane, and stopping them in the right order. */

import type { Component } from "./component.ts";
import { Guard } from "./guard.ts";
import { join } from "node:path";
import type { ProcessRecord } from "./process_identity.ts";

/** What has been started so far. */
export class ControlPlaneParts {
  readonly directory: string;
  readonly #guard: Guard;
  etcd: Component | undefined;
  apiServer: Component | undefined;
  kubelet: Component | undefined;
  #stopped: Promise<void> | undefined;

  /** Takes over the empty folder, and sees to it that nothing outlives this process. */
  constructor(directory: string) {
    this.directory = directory;
    for (const name of ["run", "logs"]) Deno.mkdirSync(join(directory, name));
    this.#guard = Guard.start(directory);
  }

  /** Those that were started, in the order in which they have to stop. */
  get #components(): readonly Component[] {
    // what depends on another one goes before it
    return [this.kubelet, this.apiServer, this.etcd]
      .filter((component) => component !== undefined);
  }

  /** The processes, for those who stop them without having started them. */
  get records(): readonly ProcessRecord[] {
    return this.#components.map((component) => component.record);
  }

  /** Kills everything and removes the folder; a second time there is nothing to do. */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    for (const component of this.#components) await component.kill();
    await this.#guard.standDown();
    await Deno.remove(this.directory, { recursive: true });
  }

  /** Lets everything outlive this process. */
  async detach(): Promise<void> {
    for (const component of this.#components) component.leave();
    await this.#guard.standDown();
  }
}

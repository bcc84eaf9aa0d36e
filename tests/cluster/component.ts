/** One running program of a control plane, with its output in a log file. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { ClusterError } from "./cluster_error.ts";
import { type ProcessRecord, processStart } from "./process_identity.ts";

const shownLines = 15;

/** What to run, and where. */
export interface ComponentOptions {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** The control plane's folder: working directory, home, logs and pid files. */
  readonly directory: string;
}

/** The pid file that the guard reads; it exists for as long as the process may run. */
export function pidFile(directory: string, name: string): string {
  return join(directory, "run", `${name}.pid`);
}

/** The file that takes the component's output. */
export function logFile(directory: string, name: string): string {
  return join(directory, "logs", `${name}.log`);
}

/** A program that runs until it is killed. */
export class Component {
  readonly name: string;
  readonly record: ProcessRecord;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  readonly #child: Deno.ChildProcess;
  readonly #directory: string;
  #status: Deno.CommandStatus | undefined;

  private constructor(
    child: Deno.ChildProcess,
    record: ProcessRecord,
    directory: string,
  ) {
    this.name = record.name;
    this.record = record;
    this.#child = child;
    this.#directory = directory;
    this.ended = child.status.then((status) => {
      this.#status = status;
      rmSync(pidFile(directory, this.name), { force: true });
    });
  }

  /** Starts the program in a session of its own, out of reach of the terminal's signals. */
  static start(options: ComponentOptions): Component {
    const { directory, name } = options;
    const child = new Deno.Command("/bin/sh", {
      // Deno.Command cannot write to a file: the shell opens it, then becomes the program
      args: [
        "-c",
        'echo $$ >"$1"; log=$2; shift 2; exec "$@" >>"$log" 2>&1',
        "sh",
        pidFile(directory, name),
        logFile(directory, name),
        options.program,
        ...options.args,
      ],
      cwd: directory,
      // the programs must not find a developer's own configuration
      env: { HOME: directory },
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    const startedAt = processStart(child.pid) ?? "ended at once";
    const record = { name, pid: child.pid, startedAt };
    return new Component(child, record, directory);
  }

  /** The last lines of its log, for an error message. */
  logTail(): string {
    const log = Deno.readTextFileSync(logFile(this.#directory, this.name));
    return log.trimEnd().split("\n").slice(-shownLines).join("\n");
  }

  get isRunning(): boolean {
    return this.#status === undefined;
  }

  /** @throws {ClusterError} When the process has ended. */
  requireRunning(): void {
    if (this.#status === undefined) return;
    const { code, signal } = this.#status;
    throw new ClusterError(
      `${this.name} ended ${
        signal ? `by ${signal}` : `with exit code ${code}`
      }`,
    );
  }

  /** Kills the process and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#status === undefined) {
      try {
        this.#child.kill("SIGKILL");
      } catch (error) {
        // it may have ended by itself a moment ago
        if (!(error instanceof TypeError)) throw error;
      }
    }
    await this.ended;
  }

  /** Lets this process exit while the component goes on. */
  leave(): void {
    this.#child.unref();
  }
}

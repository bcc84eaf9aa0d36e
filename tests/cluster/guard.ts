/**
 * Ends the components when the process that started them dies, however it
 * dies: a shell waits for the end of a pipe that only that process holds open.
 */

const script = `
trap "" INT TERM HUP
read -r word
[ "$word" = stand-down ] && exit 0
for file in "$1"/run/*.pid; do
  [ -e "$file" ] && kill -9 "$(cat "$file")"
done
tries=0
# the killed processes may still be writing for a moment
until rm -rf "$1" || [ $tries -ge 1000 ]; do tries=$((tries + 1)); done
`;

/** Watches over the components of one control plane. */
export class Guard {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
  }

  /** Starts watching; the folder goes with the components. */
  static start(directory: string): Guard {
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", script, "sh", directory],
      cwd: "/",
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    return new Guard(child);
  }

  /** Ends the watch: the components are gone, or are meant to live on. */
  async standDown(): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("stand-down\n"));
    await writer.close();
    await this.#child.status;
  }
}

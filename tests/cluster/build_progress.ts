/** Tells on standard error how long something has been going on. */

const terminalInterval = 1_000;
const plainInterval = 15_000;

/** A line of progress that goes on until it is stopped. */
export interface Progress {
  /** Ends it; the closing words, if any, are printed with the time it took. */
  stop(closing?: string): void;
}

function elapsed(since: number): string {
  const seconds = Math.round((performance.now() - since) / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0
    ? `${seconds} s`
    : `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/**
 * Prints the words with the elapsed time, over and over: in place on a
 * terminal, else as a line every 15 s, so that a build log shows it is alive.
 */
export function startProgress(
  words: string,
  options: { readonly now?: boolean } = {},
): Progress {
  const isTerminal = Deno.stderr.isTerminal();
  const since = performance.now();
  const encoder = new TextEncoder();
  const print = (text: string) =>
    Deno.stderr.writeSync(
      encoder.encode(isTerminal ? `\r\x1b[K${text}` : `${text}\n`),
    );
  const tell = () => print(`${words}: ${elapsed(since)}`);
  let hasPrinted = false;
  if (options.now) {
    print(`${words} …`);
    hasPrinted = true;
  }
  const timer = setInterval(() => {
    tell();
    hasPrinted = true;
  }, isTerminal ? terminalInterval : plainInterval);
  let isOver = false;
  return {
    stop(closing) {
      if (isOver) return;
      isOver = true;
      clearInterval(timer);
      if (isTerminal && hasPrinted) print("");
      if (closing !== undefined) {
        Deno.stderr.writeSync(
          encoder.encode(`${closing} in ${elapsed(since)}\n`),
        );
      }
    },
  };
}

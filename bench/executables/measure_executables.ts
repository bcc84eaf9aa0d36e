/**
 * The executables as they ship: how large they are, how long they take to start,
 * and what memory they take. The webhook's at rest is measured where its reviews
 * are, and the proxy's start-up where the other proxies' are.
 *
 * @module
 */

import { podProcessObstacle } from "../../tests/pod/pod_process.ts";
import { ProxyInPod } from "../../tests/ship/proxy_in_pod.ts";
import { shippedBundle, shippedCommand } from "../../tests/ship/shipped.ts";
import { EXECUTABLES } from "../../tools/compile/executables.ts";
import type { ExecutableName } from "../../tools/compile/targets.ts";
import type { Effort } from "../measure/cells.ts";
import { memoryOf } from "../measure/process_usage.ts";
import { type Row, type RowName, Series } from "../measure/series.ts";
import { highWaterMark, highWaterMarkObstacle } from "./high_water_mark.ts";

/** What is measured, in the order of the tables. */
export const EXECUTABLE_NAMES: readonly ExecutableName[] = EXECUTABLES.map((
  { name },
) => name);

/** The runtime with nothing to do: what of the figures is not MCA's. */
export const EMPTY_PROGRAM = "empty program";

/** The executables that can be a sidecar's. */
const PROXIES = ["mca-proxy", "mca"] as const;

/** How long a process is left alone before its memory is taken. Milliseconds. */
const REST = 1_000;

type Command = [string, ...string[]];

/**
 * Measures the executables, which are the "peers" of the rows; `tell` is told of
 * what goes on, `stop` ends it. What cannot be had here is told and left out.
 */
export async function measureExecutables(
  { starts }: Pick<Effort, "starts">,
  tell: (line: string) => void,
  stop: AbortSignal,
): Promise<Row[]> {
  const series = new Series();
  for (const name of EXECUTABLE_NAMES) {
    stop.throwIfAborted();
    tell(`Bundling ${name}`);
    await addSizes(series, name);
  }
  const obstacle = await highWaterMarkObstacle();
  if (obstacle !== undefined) tell(`Without the highest RSS: ${obstacle}`);
  const directory = await Deno.makeTempDir({ prefix: "mca-bench-" });
  try {
    const programs = await shortPrograms(directory);
    // The first run reads what the others find in the kernel's cache.
    for (const [, command] of programs) await timeToEnd(command);
    for (let round = 1; round <= starts; round++) {
      tell(`Executables, round ${round} of ${starts}`);
      for (const [name, command] of programs) {
        stop.throwIfAborted();
        series.add(EXEC_TO_EXIT, name, await timeToEnd(command));
        if (obstacle !== undefined) continue;
        series.add(PEAK, name, await highWaterMark(command));
      }
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  await addProxies(series, starts, tell, stop);
  return series.rows();
}

const EXEC_TO_EXIT: RowName = {
  cell: "version",
  figure: "exec to exit",
  unit: "ms",
  better: "less",
};

const PEAK: RowName = {
  cell: "version",
  figure: "highest RSS",
  unit: "MB",
  better: "less",
};

/** Adds the bundle's size, as it is and as an image's layer has it. kB of 1,000 octets. */
async function addSizes(series: Series, name: ExecutableName): Promise<void> {
  const { file } = await shippedBundle(name);
  const octets = await Deno.readFile(file);
  const packed = new Blob([octets]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const { byteLength } = await new Response(packed).arrayBuffer();
  const row = { cell: "bundle", unit: "kB", better: "less" } as const;
  series.add({ ...row, figure: "size" }, name, octets.length / 1000);
  series.add({ ...row, figure: "with gzip" }, name, byteLength / 1000);
}

/** The programs that end at once, by what they are called. */
async function shortPrograms(
  directory: string,
): Promise<readonly (readonly [string, Command])[]> {
  const empty = `${directory}/empty.js`;
  await Deno.writeTextFile(empty, "");
  return [
    ...await Promise.all(EXECUTABLE_NAMES.map(async (name) => {
      const command: Command = [...await shippedCommand(name), "version"];
      return [name, command] as const;
    })),
    [EMPTY_PROGRAM, [
      Deno.execPath(),
      "run",
      "--quiet",
      "--no-config",
      "--no-code-cache",
      empty,
    ]],
  ];
}

/** From exec to exit. Milliseconds. */
async function timeToEnd([program, ...args]: Command): Promise<number> {
  const start = performance.now();
  const { success, stderr } = await new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const time = performance.now() - start;
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return time;
}

/** Adds the memory of a sidecar that nobody has asked anything yet. */
async function addProxies(
  series: Series,
  starts: number,
  tell: (line: string) => void,
  stop: AbortSignal,
): Promise<void> {
  const obstacle = await podProcessObstacle();
  if (obstacle !== undefined) {
    tell(`Without the proxy at rest: ${obstacle}`);
    return;
  }
  for (let round = 1; round <= starts; round++) {
    tell(`The proxy at rest, round ${round} of ${starts}`);
    for (const name of PROXIES) {
      stop.throwIfAborted();
      await using proxy = await ProxyInPod.start({
        command: [...await shippedCommand(name), "--proxy"],
      });
      await new Promise((resolve) => setTimeout(resolve, REST));
      const { resident, anonymous } = await memoryOf(proxy.pod.pid);
      const row = {
        cell: "proxy at rest",
        unit: "MB",
        better: "less",
      } as const;
      series.add({ ...row, figure: "RSS" }, name, resident);
      series.add({ ...row, figure: "anonymous" }, name, anonymous);
    }
  }
}

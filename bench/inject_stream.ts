/**
 * `deno run -A --import-map flavors/release.json bench/inject_stream.ts`:
 * `mca inject` as a process. How long it takes from exec to the end on one Pod,
 * how many documents a second it injects of 1,000 Deployments with comments and
 * how much memory that and ten times as many take at most, with the time of the
 * `yaml` package's own parse and print of the same text beside it.
 *
 * @module
 */

import { parseAllDocuments } from "yaml";

const root = new URL("../", import.meta.url);
const folder = await Deno.makeTempDir();
const bundle = `${folder}/mca.js`;

async function run(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** What a run took: milliseconds, and the most memory it held, in MB. */
interface Cost {
  readonly time: number;
  readonly memory: number;
}

async function peakMemory(pid: number): Promise<number> {
  try {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function inject(text: string): Promise<Cost> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--no-config", bundle, "inject", "-q"],
    cwd: folder,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  let memory = 0;
  let isRunning = true;
  const watching = (async () => {
    while (isRunning) {
      memory = Math.max(memory, await peakMemory(child.pid));
      await new Promise((wake) => setTimeout(wake, 10));
    }
  })();
  const feeding = ReadableStream.from([new TextEncoder().encode(text)])
    .pipeTo(child.stdin);
  for await (const _ of child.stdout);
  await feeding;
  const { success } = await child.status;
  isRunning = false;
  await watching;
  if (!success) throw new Error("mca inject failed");
  return { time: performance.now() - start, memory };
}

const data = (name: string) =>
  Deno.readTextFile(new URL(`tests/testdata/inject/${name}`, root));

try {
  await run([
    "bundle",
    "--quiet",
    "--platform=deno",
    "--minify",
    "--code-splitting",
    "--import-map=flavors/release.json",
    `--outdir=${folder}`,
    "cli.ts",
  ]);
  await Deno.rename(`${folder}/cli.js`, bundle);
  const pod = await data("pod.yaml");
  const starts: number[] = [];
  for (let round = 0; round < 10; round++) {
    starts.push((await inject(pod)).time);
  }
  starts.sort((a, b) => a - b);
  console.log(`one Pod, from exec to exit: ${starts[5]?.toFixed(0)} ms`);

  const deployment = await data("deployment.yaml");
  for (const count of [1_000, 10_000]) {
    const text = `${deployment}---\n`.repeat(count);
    const { time, memory } = await inject(text);
    const rate = count / time * 1000;
    console.log(
      `${count} Deployments, ${(text.length / 1e6).toFixed(1)} MB: ${
        rate.toFixed(0)
      } documents/s, ${memory.toFixed(0)} MB at most`,
    );
    if (count > 1_000) continue;
    const start = performance.now();
    for (const document of parseAllDocuments(text)) String(document);
    const printed = count / (performance.now() - start) * 1000;
    console.log(
      `  yaml alone, parse and print: ${printed.toFixed(0)} documents/s`,
    );
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

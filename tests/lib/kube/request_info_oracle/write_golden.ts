/**
 * Asks kube-apiserver's own code what it makes of requests, and keeps the
 * answers for the tests:
 *
 *     deno run -A tests/lib/kube/request_info_oracle/write_golden.ts
 *
 * With a number it asks about that many requests, compares the answers with
 * requestInfo()'s, and keeps nothing. Needs Go.
 *
 * @module
 */

import { isDeepStrictEqual } from "node:util";
import { McaError } from "../../../../lib/errors.ts";
import {
  type RequestInfo,
  requestInfo,
} from "../../../../lib/kube/request_info.ts";
import { arbitraryRequests, type RequestLine } from "./arbitrary_request.ts";

const HERE = new URL("./", import.meta.url);
const PROGRAMS = new URL("../../../cluster/programs/kubernetes/", HERE);
const GOLDEN = new URL("../../../testdata/kube/request_info.jsonl", HERE);
const GOLDEN_COUNT = 1500;
const GOLDEN_SEED = 1;

/** Builds the oracle with the module versions that the cluster tests pin. */
async function build(directory: string): Promise<string> {
  for (const name of ["go.mod", "go.sum"]) {
    await Deno.copyFile(new URL(name, PROGRAMS), `${directory}/${name}`);
  }
  await Deno.copyFile(new URL("main.go", HERE), `${directory}/main.go`);
  const { success } = await new Deno.Command("go", {
    args: ["build", "-mod=mod", "-o", "oracle", "."],
    cwd: directory,
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("The oracle cannot be built");
  return `${directory}/oracle`;
}

async function ask(
  oracle: string,
  requests: readonly RequestLine[],
): Promise<(RequestInfo | null)[]> {
  const process = new Deno.Command(oracle, {
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = requests.map((request) => `${JSON.stringify(request)}\n`);
  const writing = new Blob(lines).stream().pipeTo(process.stdin);
  const { stdout } = await process.output();
  await writing;
  const answers = new TextDecoder().decode(stdout).trimEnd().split("\n");
  return answers.map((line) => JSON.parse(line));
}

function own({ method, target }: RequestLine): RequestInfo | null {
  try {
    return requestInfo(method, target);
  } catch (error) {
    if (error instanceof McaError) return null;
    throw error;
  }
}

async function main(argument: string | undefined): Promise<number> {
  const count = argument === undefined ? GOLDEN_COUNT : Number(argument);
  const seed = argument === undefined ? GOLDEN_SEED : Date.now();
  const requests = [...arbitraryRequests(count, seed)];
  const directory = await Deno.makeTempDir();
  let answers: (RequestInfo | null)[];
  try {
    answers = await ask(await build(directory), requests);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  if (argument === undefined) {
    const lines = requests.map((request, at) =>
      JSON.stringify({ ...request, info: answers[at] })
    );
    await Deno.mkdir(new URL("./", GOLDEN), { recursive: true });
    await Deno.writeTextFile(GOLDEN, `${lines.join("\n")}\n`);
    return 0;
  }
  const wrong = requests.filter((request, at) =>
    !isDeepStrictEqual(own(request), answers[at])
  );
  console.log(`seed ${seed}: ${wrong.length} of ${count} differ`);
  for (const request of wrong.slice(0, 20)) {
    const answer = answers[requests.indexOf(request)];
    console.log(JSON.stringify({ request, answer, own: own(request) }));
  }
  return wrong.length === 0 ? 0 : 1;
}

Deno.exit(await main(Deno.args[0]));

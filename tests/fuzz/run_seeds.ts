/** Cases from seeds: one request stream and one response for each. */

import {
  type Finding,
  fuzzRequests,
  type RequestCase,
} from "./fuzz_requests.ts";
import { fuzzResponses, type ResponseCase } from "./fuzz_responses.ts";
import {
  goodRequestStream,
  goodResponseStream,
  requestStream,
  responseStream,
} from "./generate.ts";
import { Llhttp } from "./llhttp.ts";
import { Random } from "./random.ts";

/** How many cases go to Node at once. */
const BATCH = 500;

/** A finding, and which kind of message it is about. */
export type SeedFinding = Finding & { readonly kind: "request" | "response" };

function requestCase(seed: number): RequestCase {
  const random = new Random(seed * 2);
  const isGood = random.once(4);
  const stream = isGood ? goodRequestStream(random) : requestStream(random);
  return { name: `seed ${seed}`, pieces: random.split(stream), isGood };
}

function responseCase(seed: number): ResponseCase {
  const random = new Random(seed * 2 + 1);
  const isGood = random.once(4);
  const stream = isGood ? goodResponseStream(random) : responseStream(random);
  return {
    name: `seed ${seed}`,
    method: isGood ? "GET" : random.of(["GET", "GET", "POST", "HEAD"]),
    pieces: random.split(stream),
    closes: random.once(2),
    isGood,
  };
}

/**
 * Runs so many seeds, and returns what was found.
 *
 * @param onProgress Told how many seeds are done.
 * @throws {Error} Where next to nothing went through: then it tests nothing.
 */
export async function runSeeds(
  first: number,
  count: number,
  onProgress: (done: number) => void = () => {},
): Promise<readonly SeedFinding[]> {
  await using llhttp = new Llhttp();
  const findings: SeedFinding[] = [];
  let requests = 0;
  let responses = 0;
  for (let done = 0; done < count;) {
    const size = Math.min(BATCH, count - done);
    const seeds = Array.from({ length: size }, (_, at) => first + done + at);
    const asked = await fuzzRequests(seeds.map(requestCase), llhttp);
    const answered = await fuzzResponses(seeds.map(responseCase), llhttp);
    findings.push(
      ...asked.findings.map((each) => ({ ...each, kind: "request" as const })),
      ...answered.findings.map((each) => ({
        ...each,
        kind: "response" as const,
      })),
    );
    requests += asked.passed;
    responses += answered.passed;
    done += size;
    onProgress(done);
  }
  if (requests < count / 2 || responses < count / 4) {
    throw new Error(
      `Only ${requests} requests and ${responses} responses went through`,
    );
  }
  return findings;
}

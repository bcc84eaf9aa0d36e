/**
 * docs/performance.md, as a run of the benchmark writes it.
 *
 * @module
 */

import type { AbsentPeer } from "../measure/laboratory.ts";
import type { Row } from "../measure/series.ts";
import type { Effort } from "../measure/cells.ts";
import { PEERS } from "../peers/peers.ts";
import { executableOf, v8Option } from "../../tools/compile/executables.ts";
import { type Machine, machineText } from "./machine.ts";
import { figureTable, markdown, verdictTable } from "./table.ts";
import { type Verdict, verdicts } from "./targets.ts";

/** Figures beside the comparison's. */
export interface ReportPart {
  readonly title: string;
  /** What the figures are, in Markdown. */
  readonly introduction: string;
  /** The columns. */
  readonly peers: readonly string[];
  readonly rows: readonly Row[];
}

/** Everything a run has to tell. */
export interface RunReport {
  readonly machine: Machine;
  readonly effort: Effort;
  readonly peers: readonly string[];
  readonly absent: readonly AbsentPeer[];
  readonly rows: readonly Row[];
  readonly parts: readonly ReportPart[];
  /** The share of the machine that other processes took. */
  readonly othersShare: number;
}

/** Each target that the run can tell of. */
export function verdictsOf({ rows, parts }: RunReport): Verdict[] {
  return verdicts([...rows, ...parts.flatMap((part) => part.rows)]);
}

/** From here on others disturb. */
const QUIET = 0.05;

/** What to know of the machine's other work: a sentence, or none where it was quiet. */
export function quietness(
  { othersShare }: Pick<RunReport, "othersShare">,
): readonly string[] {
  if (othersShare <= QUIET) return [];
  const percent = Math.round(othersShare * 100);
  return [
    `Other processes took ${percent} % of the machine meanwhile, which spoils latencies and rates most, processor time and memory least: repeat it on an idle machine.`,
  ];
}

/** The document's text; the plot stands beside it. */
export function performanceDocument(
  report: RunReport,
  plotFile: string,
): string {
  const { effort, rows, peers } = report;
  return `# Performance

<!-- Written by \`deno task bench --write-docs\`. -->

What one more hop costs, and how MCA's compares with others. All figures of this
page come from one run. They depend on the machine; the ratios depend on it much
less.

Measured on ${machineText(report.machine)}. ${quietness(report).join("")}

![MCA beside other proxies](${plotFile})

## Targets

${markdown(verdictTable(verdictsOf(report)))}
A target on ReverseProxy is a ratio to it: requests per second at least 1.5
times as many, latencies at most as long. Watch events are compared with a
direct connection, in milliseconds. [Where the time goes](profile.md) says why
what is missed is missed.

## The proxy

${markdown(figureTable(rows, peers))}
Each figure is the median of ${effort.rounds} rounds of ${effort.seconds} s (start-up: of
${effort.starts} starts; large bodies twice as long), and each round's percentiles are
exact. MB are 2^20 octets.

${report.parts.map(partText).join("\n")}
## How it is measured

${peerList(report)}

- Everything runs on one machine, over loopback with TLS and ECDSA P-256
  certificates, and shares its processors: so a proxy's own cost looks smaller
  here than it is. The processor time per request does not have this fault: it
  is that of the proxy's process alone.
- The origin and the load generator are processes of their own, written for this
  (\`bench/origin/main.ts\`, \`bench/load/main.ts\`). Without a proxy between them
  they reach what the column "direct" shows, so they are not what limits the
  others. Each connection has one request under way at a time.
- Rounds are interleaved: every peer gets each load in turn, and each round
  begins with another peer. Before the first round each peer is warmed up for
  ${2 * effort.warmUpSeconds} s, since a sidecar lives long.
- Start-up is the time from exec to the end of the first answer. A new pod makes
  its CA and keys first; a restarted container finds them.
- A watch event's delay runs from the moment when it is asked for at the origin
  to its arrival at the client, so what a proxy adds is the difference from
  "direct". Each event goes to one watch while the others idle, 2 ms after the
  one before.
- Memory is that of the process and its children. RSS counts the pages of the
  program's own file too, which all processes of a program share; anonymous
  memory does not. "After load" is after all rounds but the watches', and that
  with watches is the highest after that.
- The executable that \`deno compile\` makes is not measured, but what is in it:
  the same bundle, run by the same runtime, with the same permissions and
  \`${v8Option(executableOf("mca-proxy"))}\`.

Run it yourself: \`deno task bench\` (\`--quick\` to see that it works, \`--json
FILE\` for every round's figures, \`--soak\` for memory over time).
`;
}

function partText({ title, introduction, peers, rows }: ReportPart): string {
  return `## ${title}

${introduction}

${markdown(figureTable(rows, peers))}`;
}

function peerList({ absent, peers }: RunReport): string {
  return PEERS.map(({ name, description }) => {
    const missing = absent.find((peer) => peer.name === name);
    if (missing !== undefined) return `- ${name}: not measured`;
    return peers.includes(name) ? `- ${name}: ${description}` : "";
  }).filter((line) => line !== "").join("\n");
}

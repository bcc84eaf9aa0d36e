/**
 * The report of `mca status` as text, on one screen.
 *
 * @module
 */

import {
  countPods,
  isGood,
  type StatusReport,
} from "../status/status_report.ts";
import type { Finding, Level } from "../status/finding.ts";
import type { WorkloadFinding } from "../status/workloads.ts";

/** How a level is written. */
const MARKS: Readonly<Record<Level, string>> = {
  ok: "ok",
  warning: "warning",
  wrong: "WRONG",
  unknown: "unknown",
};

/** How many workloads that are wrong, and how many that are not, are listed at most. */
const MOST = { wrong: 8, well: 8 } as const;

/** The report. */
export function formatStatus(report: StatusReport): string {
  const { cluster, webhook, findings, workloads, notes } = report;
  const sections = [
    ...(findings === undefined
      ? []
      : [[`Webhook ${webhook} in ${cluster}`, ...findingLines(findings)]]),
    ...(workloads === undefined ? [] : [workloadLines(workloads)]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `note: ${note}`)]),
    [isGood(report) ? "Nothing is wrong" : "Something is wrong: see above"],
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ check, level, message, remedy }) => [
    `  ${check.padEnd(13)}  ${MARKS[level].padEnd(7)}  ${message}`,
    ...(remedy === undefined ? [] : [`${" ".repeat(26)}${remedy}`]),
  ]);
}

function workloadLines(workloads: readonly WorkloadFinding[]): string[] {
  const counts = countPods(workloads);
  const head =
    `Pods: ${counts.injected} injected, ${counts.outdated} out of date, ${counts.missed} missed, ${
      counts["left-alone"]
    } left alone`;
  const wrong = workloads.filter(({ level }) => level === "wrong");
  const well = workloads.filter(({ level }) => level !== "wrong");
  const shown = [
    ...wrong.slice(0, MOST.wrong),
    ...well.slice(0, MOST.well),
  ];
  const rows = shown.map((workload) => [
    workload.namespace,
    `${workload.kind}/${workload.name}`,
    String(workload.pods),
    STATES[workload.state],
  ]);
  const lines = table([["NAMESPACE", "WORKLOAD", "PODS", "STATE"], ...rows]);
  const hidden = workloads.length - shown.length;
  return [
    head,
    ...(shown.length === 0 ? [] : lines.flatMap((line, index) => {
      const workload = shown[index - 1];
      return [
        `  ${line}`,
        ...(workload?.why === undefined ? [] : [`      ${workload.why}`]),
        ...(workload?.remedy === undefined ? [] : [`      ${workload.remedy}`]),
      ];
    })),
    ...(hidden === 0
      ? []
      : [`  and ${hidden} more workloads, which -o json lists`]),
  ];
}

const STATES = {
  injected: "injected",
  outdated: "out of date",
  missed: "missed",
  "left-alone": "left alone",
} as const;

/** Rows as lines, with columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")
      .trimEnd()
  );
}

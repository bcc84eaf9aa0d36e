import assert from "node:assert/strict";
import { formatAge } from "../../../flavors/embedded_api/table_cells.ts";
import { columnsOf } from "../../../flavors/embedded_api/table_columns.ts";
import type { JsonObject } from "../../../lib/kube/json.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

Deno.test("formatAge() shortens as kubectl does", () => {
  const rows = [
    [-1, "0s"],
    [0, "0s"],
    [119, "119s"],
    [120, "2m"],
    [130, "2m10s"],
    [10 * MINUTE + 5, "10m"],
    [3 * HOUR, "3h"],
    [3 * HOUR + 5 * MINUTE, "3h5m"],
    [2 * HOUR + 5 * MINUTE, "125m"],
    [8 * HOUR + 5 * MINUTE, "8h"],
    [2 * DAY + HOUR, "2d1h"],
    [8 * DAY + HOUR, "8d"],
    [2 * YEAR + 5 * DAY, "2y5d"],
    [8 * YEAR + 5 * DAY, "8y"],
  ] as const;
  for (const [seconds, expected] of rows) {
    assert.equal(formatAge(seconds), expected, `${seconds} s`);
  }
});

const NOW = Date.parse("2026-01-01T00:10:00Z");

function row(plural: string, object: JsonObject): Record<string, unknown> {
  return Object.fromEntries(
    columnsOf(plural).map(({ name, cell }) => [name, cell(object, NOW)]),
  );
}

Deno.test("columnsOf() counts the containers of a pod that last, sidecars too", () => {
  const pod: JsonObject = {
    metadata: { name: "web", creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: {
      containers: [{ name: "app" }],
      initContainers: [
        { name: "mca-proxy", restartPolicy: "Always" },
        { name: "setup" },
      ],
    },
    status: {
      phase: "Running",
      containerStatuses: [{ name: "app", ready: true, restartCount: 2 }],
      initContainerStatuses: [
        { name: "mca-proxy", ready: true, restartCount: 1 },
        { name: "setup", ready: true, restartCount: 0 },
      ],
    },
  };
  const { Name, Ready, Status, Restarts, Age } = row("pods", pod);
  assert.deepEqual(
    [Name, Ready, Status, Restarts, Age],
    ["web", "2/2", "Running", 3, "10m"],
  );
  const waiting: JsonObject = {
    ...pod,
    status: {
      phase: "Pending",
      containerStatuses: [{
        name: "app",
        state: { waiting: { reason: "CrashLoopBackOff" } },
      }],
    },
  };
  assert.equal(row("pods", waiting)["Status"], "CrashLoopBackOff");
});

Deno.test("columnsOf() shows nothing as kubectl does", () => {
  assert.deepEqual(row("services", {}), {
    Name: "",
    Type: "<none>",
    "Cluster-IP": "<none>",
    "External-IP": "<none>",
    "Port(s)": "<none>",
    Age: "<unknown>",
    Selector: "<none>",
  });
  assert.deepEqual(Object.keys(row("unheard-of", {})), ["Name", "Age"]);
});

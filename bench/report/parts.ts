/**
 * What a whole run measures beside the proxies.
 *
 * @module
 */

import { podProcessObstacle } from "../../tests/pod/pod_process.ts";
import {
  EMPTY_PROGRAM,
  EXECUTABLE_NAMES,
  measureExecutables,
} from "../executables/measure_executables.ts";
import type { Effort } from "../measure/cells.ts";
import { measureWebhook, WEBHOOK } from "../webhook/measure_webhook.ts";
import type { ReportPart } from "./document.ts";

/** Measures the webhook and the executables, as far as they can run here. */
export async function measureParts(
  effort: Effort,
  tell: (line: string) => void,
  stop: AbortSignal,
): Promise<ReportPart[]> {
  const parts: ReportPart[] = [];
  const obstacle = await podProcessObstacle();
  if (obstacle !== undefined) tell(`Without the webhook: ${obstacle}`);
  else {
    parts.push({
      title: "The webhook",
      introduction:
        "Reviews of pods that are injected, as the API server sends them: each connection has one under way at a time, or 200 come each second by themselves.",
      peers: [WEBHOOK],
      rows: await measureWebhook(effort, tell, stop),
    });
  }
  parts.push({
    title: "The executables",
    introduction:
      "What ships beside the runtime, and what starting it takes. The empty program is the runtime with nothing to do: what that takes is not MCA's. kB are 1,000 octets.",
    peers: [...EXECUTABLE_NAMES, EMPTY_PROGRAM],
    rows: await measureExecutables(effort, tell, stop),
  });
  return parts;
}

/** Requests for the tests of passes. */

import type { ClusterTarget } from "../../../lib/kube/cluster_target.ts";
import {
  ProxyRequest,
  type UpstreamCluster,
} from "../../../lib/proxy/proxy_request.ts";
import { requestFraming } from "../../../lib/wire/framing.ts";
import { parseRequestHead } from "../../../lib/wire/head_parser.ts";
import { textToOctets } from "../../../lib/wire/octets.ts";
import { BlockPool } from "../../../lib/wire/block_pool.ts";
import { Deadlines } from "../../../lib/wire/deadlines.ts";
import { UpstreamPool } from "../../../lib/wire/upstream_pool.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";

/** The request of a start line and field lines; Host is added. */
export function requestOf(
  line: string,
  fields: readonly string[] = [],
): ProxyRequest {
  const lines = [line, "Host: k", ...fields, "", ""];
  const head = parseRequestHead(textToOctets(lines.join("\r\n")));
  return new ProxyRequest(head, requestFraming(head), "127.0.0.1:1", 0);
}

/** A cluster that nothing connects to. */
export function clusterOf(more: Partial<ClusterTarget> = {}): UpstreamCluster {
  const clock = new FakeClock();
  const pool = new UpstreamPool({
    clock,
    blocks: new BlockPool(),
    deadlines: new Deadlines(clock),
    options: () => ({ hostname: "nowhere", port: 1 }),
    connect: () => Promise.reject(new Error("Nothing connects here")),
  });
  const target: ClusterTarget = {
    name: "test",
    connect: { hostname: "nowhere", port: 1 },
    basePath: "",
    host: "api.test",
    caCertificates: [],
    credentials: {
      headers: () => [["Authorization", "Bearer real"]],
      refresh: () => Promise.resolve(false),
    },
    namespace: "default",
    ...more,
  };
  return { target, poolFor: () => pool };
}

import assert from "node:assert/strict";
import type { Edge, Graph } from "../../../tools/imports/graph.ts";
import {
  type FlavorName,
  forbiddenPaths,
  reachRules,
} from "../../../tools/imports/reach.ts";

/** A graph of imports: "a → b" static, "a ⇢ b" dynamic, "a : b" for types. */
function graph(...arrows: string[]): Graph {
  const edges = arrows.map((arrow): Edge => {
    const [from = "", sign, to = ""] = arrow.split(" ");
    return { from, to, dynamic: sign === "⇢", typeOnly: sign === ":" };
  });
  return {
    modules: [...new Set(edges.flatMap(({ from, to }) => [from, to]))],
    edges,
    broken: [],
  };
}

function faults(flavor: FlavorName, ...arrows: string[]): string[] {
  return forbiddenPaths(graph(...arrows), flavor, reachRules);
}

Deno.test("forbiddenPaths() lets a start path load heavy modules later", () => {
  assert.deepEqual(
    faults(
      "release",
      "cli.ts ⇢ lib/cli/inject_command.ts",
      "lib/cli/inject_command.ts → npm:yaml",
      "cli.ts : lib/inject/settings.ts",
      "cli.ts ⇢ lib/cli/proxy_command.ts",
      "proxy.ts → lib/cli/proxy_command.ts",
      "lib/cli/proxy_command.ts → lib/proxy/server.ts",
      "cli.ts → flavors/release.ts",
    ),
    [],
  );
  assert.deepEqual(
    faults(
      "develop",
      "proxy.ts → flavors/develop.ts",
      "flavors/develop.ts ⇢ npm:@kubernetes/client-node",
    ),
    [],
  );
  assert.deepEqual(faults("testing", "cli.ts → flavors/testing.ts"), []);
});

Deno.test("forbiddenPaths() shows the chain that leads to the forbidden module", () => {
  assert.deepEqual(
    faults(
      "release",
      "proxy.ts → lib/cli/proxy_command.ts",
      "lib/cli/proxy_command.ts → lib/proxy/server.ts",
      "lib/proxy/server.ts → npm:yaml",
    ).map((fault) => fault.split("\n")[0]),
    [
      "release: proxy.ts → lib/cli/proxy_command.ts → lib/proxy/server.ts → npm:yaml",
      "release: proxy.ts → lib/cli/proxy_command.ts → lib/proxy/server.ts → npm:yaml",
      "release: lib/cli/proxy_command.ts → lib/proxy/server.ts → npm:yaml",
    ],
  );
});

Deno.test("forbiddenPaths() holds each executable to its own code", () => {
  for (
    const [flavor, ...arrows] of [
      ["release", "cli.ts → flavors/testing.ts"],
      ["release", "webhook.ts ⇢ flavors/embedded_api/api.ts"],
      ["release", "cli.ts ⇢ flavors/develop.ts"],
      ["release", "proxy.ts → flavors/memory_files.ts"],
      ["release", "proxy.ts ⇢ flavors/kubeconfig_files.ts"],
      ["release", "cli.ts → flavors/newly_made.ts"],
      ["develop", "cli.ts → flavors/memory_files.ts"],
      ["release", "cli.ts → tests/testdata/a.ts"],
      ["release", "mod.ts → npm:fast-check"],
      ["release", "proxy.ts ⇢ npm:yaml"],
      ["release", "proxy.ts ⇢ lib/inject/inject_pod.ts"],
      ["develop", "proxy.ts ⇢ flavors/testing.ts"],
      ["develop", "proxy.ts → npm:@kubernetes/client-node"],
      ["testing", "cli.ts → lib/inject/inject_pod.ts"],
      ["testing", "lib/cli/proxy_command.ts → npm:yaml"],
      ["testing", "mod.ts → node:fs"],
      ["testing", "mod.ts ⇢ flavors/testing.ts"],
    ] as const
  ) {
    assert.equal(faults(flavor, ...arrows).length, 1, arrows.join());
  }
});

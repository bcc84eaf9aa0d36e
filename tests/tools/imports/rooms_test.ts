import assert from "node:assert/strict";
import type { Graph } from "../../../tools/imports/graph.ts";
import { roomOf, rooms, wrongImports } from "../../../tools/imports/rooms.ts";

/** A graph of static imports, each written "from → to". */
function graph(...arrows: string[]): Graph {
  const edges = arrows.map((arrow) => {
    const [from = "", to = ""] = arrow.split(" → ");
    return { from, to, dynamic: false, typeOnly: false };
  });
  return {
    modules: [...new Set(edges.flatMap(({ from, to }) => [from, to]))],
    edges,
    broken: [],
  };
}

Deno.test("roomOf() takes the longest path that fits", () => {
  for (
    const [module, name] of [
      ["lib/errors.ts", "errors"],
      ["lib/kube/status.ts", "kube"],
      ["lib/cli/proxy_command.ts", "cli"],
      ["flavors/develop.ts", "flavors"],
      ["flavors/testing.ts", "testing flavor"],
      ["flavors/embedded_api/watch.ts", "embedded API"],
      ["cli.ts", "entry points"],
      ["tests/cluster/main.ts", "tests"],
      ["lib/cli.ts", undefined],
      ["npm:yaml", undefined],
    ] as const
  ) assert.equal(roomOf(module, rooms)?.name, name, module);
});

Deno.test("wrongImports() lets the right direction pass", () => {
  assert.deepEqual(
    wrongImports(
      graph(
        "cli.ts → lib/cli/inject_command.ts",
        "cli.ts → flavors/release.ts",
        "lib/cli/inject_command.ts → lib/inject/inject_pod.ts",
        "lib/proxy/server.ts → lib/wire/framing.ts",
        "lib/wire/framing.ts → lib/errors.ts",
        "lib/platform.ts → lib/kube/cluster_target.ts",
        "lib/certs/issue.ts → npm:@peculiar/x509",
        "flavors/testing.ts → flavors/embedded_api/api.ts",
        "flavors/develop.ts → npm:@kubernetes/client-node",
        "demo/main.ts → flavors/testing.ts",
        "tests/tools/a_test.ts → tools/ok.ts",
        "mod.ts → lib/inject/inject_pod.ts",
      ),
      rooms,
    ),
    [],
  );
});

Deno.test("wrongImports() reports each wrong direction", () => {
  for (
    const arrow of [
      "lib/wire/framing.ts → lib/proxy/server.ts",
      "lib/certs/issue.ts → lib/webhook/trust.ts",
      "lib/inject/inject_pod.ts → lib/cli/command.ts",
      "lib/kube/status.ts → lib/wire/framing.ts",
      "lib/proxy/server.ts → lib/inject/inject_pod.ts",
      "lib/kube/status.ts → flavors/release.ts",
      "lib/errors.ts → lib/kube/json.ts",
      "lib/cli/proxy_command.ts → cli.ts",
      "tests/a_test.ts → cli.ts",
      "flavors/release.ts → lib/proxy/server.ts",
      "flavors/release.ts → flavors/testing.ts",
      "flavors/develop.ts → flavors/embedded_api/api.ts",
      "cli.ts → demo/main.ts",
      "cli.ts → flavors/embedded_api/api.ts",
      "lib/inject/inject_pod.ts → tests/testdata/pod.ts",
      "mod.ts → lib/cli/command.ts",
      "mod.ts → flavors/release.ts",
      "lib/wire/framing.ts → node:buffer",
      "lib/certs/issue.ts → npm:yaml",
      "cli.ts → npm:yaml",
    ]
  ) {
    const faults = wrongImports(graph(arrow), rooms);
    assert.equal(faults.length, 1, arrow);
    assert.match(faults[0] ?? "", new RegExp(`^${arrow}: .+ may not import`));
  }
});

Deno.test("wrongImports() reports a module that is in no room", () => {
  assert.deepEqual(wrongImports(graph("lib/new/a.ts → lib/errors.ts"), rooms), [
    "lib/new/a.ts is in no room of tools/imports/rooms.ts",
  ]);
});

import assert from "node:assert/strict";
import {
  findPath,
  type Graph,
  moduleName,
  parseInfo,
} from "../../../tools/imports/graph.ts";

/** What Deno itself says of the modules, written to a folder of their own. */
async function infoOf(
  files: Readonly<Record<string, string>>,
  start: string,
): Promise<Graph> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-config", start],
      cwd: folder,
    }).output();
    return parseInfo(
      new TextDecoder().decode(stdout),
      new URL(`file://${folder}/`).href,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("moduleName() shortens files and packages", () => {
  const root = "file:///house/";
  for (
    const [specifier, name] of [
      ["file:///house/lib/a.ts", "lib/a.ts"],
      ["file:///other/a.ts", "file:///other/a.ts"],
      ["npm:/yaml@2.9.1", "npm:yaml"],
      ["npm:yaml@2.9.1/util", "npm:yaml"],
      ["npm:@peculiar/x509@2.2.0", "npm:@peculiar/x509"],
      [
        "npm:/@kubernetes/client-node@2.0.1/dist/config.js",
        "npm:@kubernetes/client-node",
      ],
      ["node:util", "node:util"],
    ] as const
  ) assert.equal(moduleName(specifier, root), name, specifier);
});

Deno.test("parseInfo() tells dynamic and type-only imports from others", async () => {
  const { edges, modules } = await infoOf({
    "a.ts": `import type { T } from "./types.ts";
      import { b } from "./b.ts";
      import { format } from "node:util";
      export const a: T = b;
      export const later = async () => [await import("./later.ts"), format];
      export const both = () => import("./b.ts");`,
    "b.ts": `export const b = 1; export * from "./c.ts";`,
    "c.ts": "export const c = 1;",
    "later.ts": "export const later = 1;",
    "types.ts": "export type T = number;",
  }, "a.ts");
  assert.deepEqual([...modules].sort(), [
    "a.ts",
    "b.ts",
    "c.ts",
    "later.ts",
    "node:util",
    "types.ts",
  ]);
  const kind = (from: string, to: string) => {
    const edge = edges.find((e) => e.from === from && e.to === to);
    return edge === undefined
      ? "none"
      : edge.typeOnly
      ? "type"
      : edge.dynamic
      ? "dynamic"
      : "static";
  };
  assert.equal(kind("a.ts", "types.ts"), "type");
  assert.equal(kind("a.ts", "later.ts"), "dynamic");
  assert.equal(kind("a.ts", "b.ts"), "static");
  assert.equal(kind("a.ts", "node:util"), "static");
  assert.equal(kind("b.ts", "c.ts"), "static");
});

Deno.test("parseInfo() reports what is not there or cannot be read", async () => {
  const { broken, modules } = await infoOf({
    "a.ts": `import "./gone.ts"; import "./half.ts"; import "./b.ts";`,
    "half.ts": "const a = ",
    "b.ts": "export {};",
  }, "a.ts");
  assert.equal(broken.length, 2, broken.join("\n"));
  assert.match(broken.join("\n"), /^gone\.ts: /m);
  assert.match(broken.join("\n"), /^half\.ts: /m);
  assert.deepEqual([...modules].sort(), ["a.ts", "b.ts"]);
});

Deno.test("findPath() gives the shortest chain over the edges it may follow", () => {
  const edge = (from: string, to: string, dynamic = false) => ({
    from,
    to,
    dynamic,
    typeOnly: false,
  });
  const graph: Graph = {
    modules: ["a", "b", "c", "d", "e"],
    edges: [
      edge("a", "b"),
      edge("b", "a"),
      edge("b", "c"),
      edge("c", "e"),
      edge("a", "d", true),
      edge("d", "e"),
    ],
    broken: [],
  };
  const isE = (module: string) => module === "e";
  assert.deepEqual(findPath(graph, "a", isE, () => true), ["a", "d", "e"]);
  assert.deepEqual(findPath(graph, "a", isE, ({ dynamic }) => !dynamic), [
    "a",
    "b",
    "c",
    "e",
  ]);
  assert.equal(findPath(graph, "e", isE, () => true), null);
  assert.equal(findPath(graph, "d", (m) => m === "a", () => true), null);
});

/**
 * Which part of the house may import which: the table behind the picture in
 * docs/architecture.md.
 *
 * @module
 */

import type { Edge, Graph } from "./graph.ts";

/** A part of the house and what it may import besides itself. */
export interface Room {
  readonly name: string;
  /** What its modules' paths begin with (a folder), or are (a file). */
  readonly paths: readonly string[];
  /** Other rooms by name; "*" is every room but the entry points. */
  readonly imports: readonly string[];
  /** Packages and node: modules by name; "*" is every one. */
  readonly packages: readonly string[];
}

/** The lower rooms of lib: open to all of lib. */
const ground = ["errors", "platform", "kube", "message"];

/** The table. The longest path that fits a module tells its room. */
export const rooms: readonly Room[] = [
  { name: "errors", paths: ["lib/errors.ts"], imports: [], packages: [] },
  { name: "version", paths: ["lib/version.ts"], imports: [], packages: [] },
  {
    name: "suggestion",
    paths: ["lib/suggestion.ts"],
    imports: [],
    packages: [],
  },
  {
    // What a message is made of: words that kube and wire share.
    name: "message",
    paths: ["lib/wire/message.ts"],
    imports: [],
    packages: [],
  },
  {
    name: "platform",
    paths: ["lib/platform.ts"],
    imports: ["kube"],
    packages: [],
  },
  {
    name: "kube",
    paths: ["lib/kube/"],
    imports: ["errors", "platform", "version", "message"],
    packages: [],
  },
  {
    name: "log",
    paths: ["lib/log/"],
    imports: ["errors", "platform"],
    packages: [],
  },
  { name: "wire", paths: ["lib/wire/"], imports: ground, packages: [] },
  {
    name: "certs",
    paths: ["lib/certs/"],
    imports: ground,
    packages: ["npm:@peculiar/x509", "npm:reflect-metadata"],
  },
  {
    name: "inject",
    paths: ["lib/inject/"],
    imports: [...ground, "version", "suggestion"],
    packages: ["npm:yaml"],
  },
  {
    name: "proxy",
    paths: ["lib/proxy/"],
    imports: [...ground, "version", "log", "wire", "certs"],
    packages: [],
  },
  {
    name: "webhook",
    paths: ["lib/webhook/"],
    imports: [...ground, "version", "log", "wire", "certs", "inject"],
    packages: [],
  },
  {
    name: "status",
    paths: ["lib/status/"],
    imports: [...ground, "version", "certs", "inject", "webhook"],
    packages: [],
  },
  {
    name: "cli",
    paths: ["lib/cli/"],
    imports: [
      ...ground,
      "version",
      "suggestion",
      "log",
      "wire",
      "certs",
      "inject",
      "proxy",
      "webhook",
      "status",
    ],
    packages: ["node:util", "npm:yaml"],
  },
  {
    name: "library",
    paths: ["mod.ts"],
    imports: [
      ...ground,
      "version",
      "log",
      "wire",
      "certs",
      "inject",
      "proxy",
      "webhook",
    ],
    packages: [],
  },
  {
    name: "flavors",
    paths: ["flavors/"],
    imports: [...ground, "certs"],
    packages: ["*"],
  },
  {
    name: "testing flavor",
    paths: ["flavors/testing.ts"],
    imports: [...ground, "certs", "flavors", "embedded API"],
    packages: ["*"],
  },
  {
    name: "embedded API",
    paths: ["flavors/embedded_api/"],
    imports: [...ground, "wire", "certs", "flavors"],
    packages: ["*"],
  },
  {
    name: "entry points",
    paths: ["cli.ts", "proxy.ts", "webhook.ts"],
    imports: [
      ...ground,
      "version",
      "log",
      "wire",
      "certs",
      "inject",
      "proxy",
      "webhook",
      "cli",
      "flavors",
      "testing flavor",
    ],
    packages: [],
  },
  ...["demo", "examples", "tests", "tools", "bench"].map((name) => ({
    name,
    paths: [`${name}/`],
    imports: ["*"],
    packages: ["*"],
  })),
];

/** The room of a module; undefined for what is no module of the repository. */
export function roomOf(
  module: string,
  table: readonly Room[],
): Room | undefined {
  let found: { room: Room; length: number } | undefined;
  for (const room of table) {
    for (const path of room.paths) {
      const fits = path.endsWith("/")
        ? module.startsWith(path)
        : module === path;
      if (fits && path.length > (found?.length ?? 0)) {
        found = { room, length: path.length };
      }
    }
  }
  return found?.room;
}

/** Each import that the table does not allow, as a sentence. */
export function wrongImports(graph: Graph, table: readonly Room[]): string[] {
  const homeless = graph.modules
    .filter((module) => isLocal(module) && roomOf(module, table) === undefined)
    .map((module) => `${module} is in no room of tools/imports/rooms.ts`);
  return [...homeless, ...graph.edges.flatMap((edge) => fault(edge, table))];
}

function fault(edge: Edge, table: readonly Room[]): string[] {
  const from = roomOf(edge.from, table);
  if (from === undefined) return [];
  if (!isLocal(edge.to)) {
    return from.packages.includes("*") || from.packages.includes(edge.to)
      ? []
      : [`${edge.from} → ${edge.to}: ${from.name} may not import it`];
  }
  const to = roomOf(edge.to, table);
  // The homeless are reported by themselves.
  if (to === undefined || to === from) return [];
  const isOpen = from.imports.includes(to.name) ||
    from.imports.includes("*") && to.name !== "entry points";
  return isOpen
    ? []
    : [`${edge.from} → ${edge.to}: ${from.name} may not import ${to.name}`];
}

function isLocal(module: string): boolean {
  return !/^[a-z]+:/.test(module);
}

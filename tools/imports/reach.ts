/**
 * What an executable may not reach, directly or through others.
 *
 * @module
 */

import { findPath, type Graph } from "./graph.ts";

/** The flavors by name. */
export type FlavorName = "release" | "develop" | "testing";

/** A rule about what is reached from some modules. */
export interface ReachRule {
  /** What the rule is for; ends the sentence "… because". */
  readonly because: string;
  readonly flavors: readonly FlavorName[];
  /** The modules to start from. */
  readonly from: RegExp;
  /** What they may not reach. */
  readonly forbidden: RegExp;
  /** Whether `import()` counts: no, where the rule is about the start alone. */
  readonly dynamicToo: boolean;
}

const all = ["release", "develop", "testing"] as const;

/** The rules. */
export const reachRules: readonly ReachRule[] = [
  {
    because: "a release executable holds no code of other flavors or of tests",
    flavors: ["release"],
    from: /^(cli|proxy|webhook|mod)\.ts$/,
    // Of the flavors' modules it names what is allowed: a new one is not, until
    // somebody has thought about it.
    forbidden:
      /^(flavors\/(?!(release|deno_\w+|given_roots|connect_faults|kubeconfig_files|socket_options)\.ts$)|(tests|tools|demo|bench)\/|npm:(fast-check|openid-client|@peculiar\/webcrypto)$)/,
    dynamicToo: true,
  },
  {
    because: "in a release only the command line reads a kubeconfig",
    flavors: ["release"],
    from: /^(proxy|webhook|mod)\.ts$/,
    forbidden: /^flavors\/kubeconfig_files\.ts$/,
    dynamicToo: true,
  },
  {
    because: "the develop flavor holds no code of the testing flavor",
    flavors: ["develop"],
    from: /^(cli|proxy|webhook)\.ts$/,
    forbidden:
      /^(flavors\/(testing\.ts|memory_files\.ts|embedded_api\/)|(tests|tools|demo|bench)\/|npm:(fast-check|@peculiar\/webcrypto)$)/,
    dynamicToo: true,
  },
  {
    because: "the proxy's executable needs neither YAML nor the injector",
    flavors: ["release"],
    from: /^proxy\.ts$/,
    forbidden: /^(npm:yaml$|lib\/(inject|webhook)\/|npm:@kubernetes\/)/,
    dynamicToo: true,
  },
  {
    because: "the proxy has to be ready within 150 ms of its start",
    flavors: all,
    from: /^(proxy\.ts|cli\.ts|lib\/cli\/proxy_[^/]+\.ts)$/,
    forbidden: /^(npm:yaml$|lib\/(inject|webhook)\/|npm:@kubernetes\/)/,
    dynamicToo: false,
  },
  {
    because: "the library runs in Node and in browsers, without a flavor",
    flavors: all,
    from: /^mod\.ts$/,
    forbidden: /^(flavors\/|lib\/cli\/|node:|npm:@kubernetes\/)/,
    dynamicToo: true,
  },
];

/** Each way to a forbidden module, as a sentence with the chain of imports. */
export function forbiddenPaths(
  graph: Graph,
  flavor: FlavorName,
  rules: readonly ReachRule[],
): string[] {
  const faults: string[] = [];
  for (const rule of rules) {
    if (!rule.flavors.includes(flavor)) continue;
    for (const start of graph.modules.filter((m) => rule.from.test(m))) {
      const path = findPath(
        graph,
        start,
        (module) => rule.forbidden.test(module),
        (edge) => !edge.typeOnly && (rule.dynamicToo || !edge.dynamic),
      );
      if (path === null) continue;
      faults.push(
        `${flavor}: ${
          path.join(" → ")
        }\n  is forbidden because ${rule.because}`,
      );
    }
  }
  return faults;
}

import assert from "node:assert/strict";
import plugin from "../../../tools/lint/plugin.ts";

interface Case {
  readonly file: string;
  readonly source: string;
}

/** What each rule has to let pass and what it has to report, once. */
const cases: Readonly<
  Record<
    string,
    { readonly good: readonly Case[]; readonly bad: readonly Case[] }
  >
> = {
  "error-message-style": {
    good: [
      {
        file: "lib/a.ts",
        source: `throw new McaError("usage", "Expected a port");`,
      },
      {
        file: "lib/a.ts",
        source: `throw new Error("etcd ended");`,
      },
      {
        file: "lib/a.ts",
        source: `throw new RangeError("now must be finite");`,
      },
      {
        file: "lib/a.ts",
        source: `throw new TypeError("spec.containers is no list");`,
      },
      {
        file: "lib/a.ts",
        source: `throw new RangeError("--port is over 65535");`,
      },
      { file: "lib/a.ts", source: "throw new Error(`${name} is no list`);" },
      { file: "lib/a.ts", source: `throw new Error("Waiting for more ...");` },
      { file: "lib/a.ts", source: `throw new Error(message);` },
      { file: "lib/a.ts", source: `throw new Map("expected a port.");` },
    ],
    bad: [
      {
        file: "lib/a.ts",
        source: `throw new McaError("usage", "expected a port");`,
      },
      {
        file: "lib/a.ts",
        source: `throw new McaError("usage", "Expected a port.");`,
      },
      { file: "demo/a.ts", source: "throw new Error(`bad value ${x}`);" },
      { file: "cli.ts", source: "throw new Error(`No such file ${x}.`);" },
    ],
  },
  "exported-needs-doc": {
    good: [
      { file: "lib/a.ts", source: "/** One. */\nexport const one = 1;" },
      {
        file: "lib/a.ts",
        source:
          "/** One. */\n// deno-lint-ignore no-explicit-any\nexport function one(): any {}",
      },
      { file: "lib/a.ts", source: `export { one } from "./one.ts";` },
      { file: "lib/a.ts", source: "const one = 1;" },
      { file: "tools/a.ts", source: "export const one = 1;" },
      {
        file: "lib/a.ts",
        source:
          "/** A. */\nexport function f(a: 1): 1;\n/** B. */\nexport function f(a: 2): 2;\nexport function f(a: number) { return a; }",
      },
    ],
    bad: [
      { file: "lib/a.ts", source: "export const one = 1;" },
      { file: "mod.ts", source: "/* One. */\nexport const one = 1;" },
      { file: "lib/a.ts", source: "// One.\nexport interface One {}" },
      {
        file: "lib/a.ts",
        source:
          "/** The module. */\nconst a = 1;\nexport function one() { return a; }",
      },
    ],
  },
  "ignored-test-says-why": {
    good: [
      { file: "tests/a_test.ts", source: `Deno.test("a() works", () => {});` },
      {
        file: "tests/a_test.ts",
        source:
          `Deno.test({ name: "a() works (needs openssl)", ignore: !openssl, fn });`,
      },
      {
        file: "tests/a_test.ts",
        source: `Deno.test.ignore("a() works (needs a cluster)", fn);`,
      },
    ],
    bad: [
      {
        file: "tests/a_test.ts",
        source: `Deno.test({ name: "a() works", ignore: true, fn });`,
      },
      {
        file: "tests/a_test.ts",
        source: `Deno.test("a() works", { ignore: true }, fn);`,
      },
      {
        file: "tests/a_test.ts",
        source: `Deno.test.ignore("a() works", fn);`,
      },
    ],
  },
  "literal-import": {
    good: [
      { file: "lib/a.ts", source: `const a = await import("./b.ts");` },
      { file: "lib/a.ts", source: `import { require } from "./b.ts";` },
      { file: "tests/a_test.ts", source: "await import(path);" },
    ],
    bad: [
      { file: "lib/a.ts", source: "await import(path);" },
      { file: "lib/a.ts", source: "await import(`./${name}.ts`);" },
      { file: "cli.ts", source: `import("./a" + ".ts");` },
      { file: "flavors/a.ts", source: `require("yaml");` },
      {
        file: "flavors/a.ts",
        source: `module.createRequire(import.meta.url);`,
      },
    ],
  },
  "no-ambient-effects": {
    good: [
      {
        file: "lib/a.ts",
        source: "export function key(crypto: Crypto) { return crypto.subtle; }",
      },
      { file: "lib/a.ts", source: "const { fetch } = network; fetch();" },
      { file: "lib/a.ts", source: "type Fetch = typeof fetch;" },
      {
        file: "lib/a.ts",
        source: "interface A { console: string; process(): void }",
      },
      {
        file: "lib/a.ts",
        source: "const o = { console: 1, performance: 2 }; o.console;",
      },
      { file: "lib/a.ts", source: "class A { fetch() {} }" },
      { file: "lib/a.ts", source: "new Date(clock.now());" },
      { file: "lib/a.ts", source: "Date.parse(text); Math.max(1, 2);" },
      { file: "lib/a.ts", source: `import { parseArgs } from "node:util";` },
      {
        file: "lib/a.ts",
        source: `import type { X509Certificate } from "node:crypto";`,
      },
      { file: "flavors/a.ts", source: "Deno.readFile(path); Date.now();" },
      {
        file: "lib/a.ts",
        source: "const f = ({ crypto, clock: { now } }) => crypto;",
      },
    ],
    bad: [
      { file: "lib/a.ts", source: "Deno.readFile(path);" },
      { file: "lib/a/b.ts", source: "const env = process.env;" },
      { file: "lib/a.ts", source: "console.log(1);" },
      { file: "lib/a.ts", source: "const now = Date.now();" },
      { file: "lib/a.ts", source: "const now = new Date();" },
      { file: "lib/a.ts", source: "const now = Date();" },
      { file: "lib/a.ts", source: "Math.random();" },
      { file: "lib/a.ts", source: "setTimeout(f, 1);" },
      { file: "lib/a.ts", source: "run({ after: setTimeout });" },
      { file: "lib/a.ts", source: "run({ fetch });" },
      { file: "lib/a.ts", source: "const f = (now = performance) => now;" },
      { file: "lib/a.ts", source: "globalThis.fetch(url);" },
      { file: "lib/a.ts", source: "crypto.getRandomValues(bytes);" },
      {
        file: "lib/a.ts",
        source: `import { readFile } from "node:fs/promises";`,
      },
    ],
  },
  "no-exit": {
    good: [
      { file: "cli.ts", source: "Deno.exit(1);" },
      { file: "demo/main.ts", source: "Deno.exit(1);" },
      { file: "tests/cluster/main.ts", source: "Deno.exit(1);" },
      { file: "tools/ok.ts", source: "if (import.meta.main) Deno.exit(1);" },
      { file: "lib/a.ts", source: "process.exitCode = 1;" },
    ],
    bad: [
      { file: "demo/scene.ts", source: "Deno.exit(1);" },
      { file: "lib/main.ts", source: "if (import.meta.main) Deno.exit(1);" },
      { file: "flavors/release.ts", source: "process.exit(1);" },
      { file: "tools/gate/run.ts", source: "const end = Deno.exit;" },
    ],
  },
  "no-sleep-in-tests": {
    good: [
      {
        file: "tests/a_test.ts",
        source: "await new Promise((r) => setTimeout(r, 0));",
      },
      {
        file: "tests/a_test.ts",
        source: "while (!done()) await new Promise((r) => setTimeout(r, 20));",
      },
      {
        file: "tests/a_test.ts",
        source: "await new Promise((_, reject) => setTimeout(reject, 1000));",
      },
      {
        file: "tests/a_test.ts",
        source:
          "await new Promise((r) => { server.once('close', r); setTimeout(r, 9); });",
      },
      { file: "lib/a.ts", source: "new Promise((r) => setTimeout(r, 20));" },
    ],
    bad: [
      {
        file: "tests/a_test.ts",
        source: "await new Promise((r) => setTimeout(r, 20));",
      },
      {
        file: "tests/a_test.ts",
        source:
          "await new Promise<void>((r) => { setTimeout(() => r(), 20); });",
      },
      {
        file: "tests/a_test.ts",
        source: "await new Promise(function (r) { setTimeout(r, ms); });",
      },
      {
        file: "tests/a_test.ts",
        source: `import { setTimeout } from "node:timers/promises";`,
      },
    ],
  },
  "no-type-assertion": {
    good: [
      { file: "lib/a.ts", source: `const a = ["a"] as const;` },
      { file: "lib/a.ts", source: "const a = JSON.parse(text) as unknown;" },
      { file: "lib/a.ts", source: "const a = { b: 1 } satisfies B;" },
      { file: "tests/a_test.ts", source: "const a = b as B;" },
    ],
    bad: [
      { file: "lib/a.ts", source: "const a = b as B;" },
      { file: "tools/a.ts", source: "const a = <B> b;" },
    ],
  },
  "no-vague-file-name": {
    good: [
      { file: "lib/kube/request_info.ts", source: "" },
      { file: "lib/certs/issue.ts", source: "" },
      { file: "lib/kube/commonness.ts", source: "" },
    ],
    bad: [
      { file: "lib/utils/a.ts", source: "" },
      { file: "lib/kube/string_helpers.ts", source: "" },
      { file: "tests/cluster/manager.ts", source: "" },
      { file: "lib/misc.ts", source: "" },
      { file: "lib/common_test.ts", source: "" },
    ],
  },
  "test-name-style": {
    good: [
      {
        file: "tests/a_test.ts",
        source: `Deno.test("readHead() refuses a bare LF", fn);`,
      },
      {
        file: "tests/a_test.ts",
        source: `Deno.test("Pool.take() waits", fn);`,
      },
      { file: "tests/a_test.ts", source: `Deno.test("VERSION is known", fn);` },
      {
        file: "tests/a_test.ts",
        source: `Deno.test("charts/mca is whole", fn);`,
      },
      {
        file: "tests/a_test.ts",
        source: `Deno.test("deno task ok ends", fn);`,
      },
      {
        file: "tests/a_test.ts",
        source: `Deno.test("new Pool() takes no limit", fn);`,
      },
      {
        file: "tests/a_test.ts",
        source: `Deno.test("mca inject keeps comments", fn);`,
      },
      {
        file: "tests/a_test.ts",
        source: `Deno.test("README.md names one Deno version", fn);`,
      },
      {
        file: "tests/a_test.ts",
        source: `Deno.test({ name: "a() works", fn });`,
      },
      { file: "tests/a_test.ts", source: "Deno.test(`a() gives ${x}`, fn);" },
      { file: "tests/a_test.ts", source: "Deno.test(name, fn);" },
      { file: "lib/a.ts", source: `Deno.test("it works", fn);` },
      {
        file: "tests/cluster/a_test.ts",
        source: `Deno.test("the proxy refuses a token", fn);`,
      },
      {
        file: "tests/a_test.ts",
        source: `Deno.test("kubectl exec -i works", fn);`,
      },
    ],
    bad: [
      { file: "tests/a_test.ts", source: `Deno.test("it works", fn);` },
      { file: "tests/a_test.ts", source: `Deno.test("a()", fn);` },
      { file: "tests/a_test.ts", source: `Deno.test("the proxy works", fn);` },
      {
        file: "tests/cluster/a_test.ts",
        source: `Deno.test("it works", fn);`,
      },
      { file: "tests/a_test.ts", source: `Deno.test("Proxy works", fn);` },
      { file: "tests/a_test.ts", source: `Deno.test("a() works.", fn);` },
      {
        file: "tests/a_test.ts",
        source: `Deno.test({ name: "should work", fn });`,
      },
      { file: "tests/a_test.ts", source: `Deno.test.only("test 1", fn);` },
    ],
  },
};

/** The rule's findings alone: a case may break other rules. */
function findings(
  rule: string,
  { file, source }: Case,
): Deno.lint.Diagnostic[] {
  return Deno.lint.runPlugin(plugin, file, source)
    .filter((diagnostic) => diagnostic.id === `mca/${rule}`);
}

Deno.test("plugin.rules have good and bad cases each", () => {
  assert.deepEqual(Object.keys(cases).sort(), Object.keys(plugin.rules).sort());
});

for (const [rule, { good, bad }] of Object.entries(cases)) {
  Deno.test(`mca/${rule} lets good code pass`, () => {
    for (const example of good) {
      assert.deepEqual(findings(rule, example), [], example.source);
    }
  });
  Deno.test(`mca/${rule} reports bad code once`, () => {
    for (const example of bad) {
      assert.equal(findings(rule, example).length, 1, example.source);
    }
  });
}

Deno.test("plugin.rules know a file by its path from the root", () => {
  const root = new URL("../../../", import.meta.url).pathname;
  for (const file of [`${root}lib/a.ts`, `file://${root}lib/a.ts`]) {
    assert.equal(
      findings("no-ambient-effects", { file, source: "Date.now();" }).length,
      1,
      file,
    );
  }
});

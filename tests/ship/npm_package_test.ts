/** The library as a package for npm, in a project of Node's. */

import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { runToEnd } from "./run_to_end.ts";

const ROOT = new URL("../../", import.meta.url);
const text = (path: string) => Deno.readTextFile(path);

/** Uses injection, which needs `yaml`, and certificates, which need WebCrypto. */
const PROGRAM = `import {
  DEFAULT_SETTINGS,
  injectText,
  issueCertificateAuthority,
  McaError,
  VERSION,
} from "@mca/mca";

const source = {
  text: "apiVersion: v1\\nkind: Pod\\nspec:\\n  containers:\\n  - name: app # mine\\n",
  index: 1,
  startLine: 1,
};
const change = injectText(source, DEFAULT_SETTINGS);
const authority = await issueCertificateAuthority(
  { commonName: "example-ca" },
  { crypto: globalThis.crypto, now: Date.now() },
);
let code = "";
try {
  injectText({ ...source, text: "kind: [" }, DEFAULT_SETTINGS);
} catch (error) {
  if (error instanceof McaError) code = error.code;
}
console.log(JSON.stringify({
  version: VERSION,
  outcome: change.reports[0]?.outcome,
  text: change.text,
  certificate: authority.certificate,
  code,
}));
`;

/** A project that has the package and what it depends on, and nothing else. */
async function packedProject(): Promise<string> {
  const project = await Deno.makeTempDir({ prefix: "mca-npm-" });
  const scope = `${project}/node_modules/@mca`;
  const archive = `${project}/mca.tgz`;
  await run([
    Deno.execPath(),
    "pack",
    "--quiet",
    "--allow-dirty",
    "--no-source-maps",
    `--output=${archive}`,
  ], ROOT.pathname);
  await run(["tar", "-xzf", archive], project);
  const { dependencies } = JSON.parse(
    await text(`${project}/package/package.json`),
  );
  await Deno.writeTextFile(
    `${project}/package.json`,
    JSON.stringify({ type: "module", dependencies }),
  );
  // As npm does it, but from what Deno has got already.
  await run([Deno.execPath(), "install", "--quiet"], project);
  await Deno.mkdir(scope, { recursive: true });
  await Deno.rename(`${project}/package`, `${scope}/mca`);
  return project;
}

async function run(
  command: readonly [string, ...string[]],
  cwd: string,
): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(command, {
    cwd,
    env: { NO_COLOR: "1" },
  });
  strictEqual(code, 0, stderr);
  return stdout;
}

Deno.test("`deno pack` makes a package that Node imports, with types", async (t) => {
  const project = await packedProject();
  const installed = `${project}/node_modules/@mca/mca`;
  try {
    await t.step("its program does in Node what it does in Deno", async () => {
      await Deno.writeTextFile(`${project}/main.mjs`, PROGRAM);
      const inNode = JSON.parse(await run(["node", "main.mjs"], project));
      const config = JSON.parse(
        await text(new URL("deno.json", ROOT).pathname),
      );
      const { certificate, text: injected, ...rest } = inNode;
      deepStrictEqual(rest, {
        version: config.version,
        outcome: "injected",
        code: "manifest",
      });
      match(certificate, /^-----BEGIN CERTIFICATE-----\n/);
      match(injected, /- name: app # mine\n/);
      match(injected, /- name: mca-proxy\n/);
    });
    await t.step("its types hold, and are no `any`", async () => {
      const check = async (name: string, program: string) => {
        await Deno.writeTextFile(`${project}/${name}`, program);
        return await runToEnd([Deno.execPath(), "check", name], {
          cwd: project,
          env: { NO_COLOR: "1" },
        });
      };
      const right = await check("right.ts", PROGRAM);
      strictEqual(right.code, 0, right.stderr);
      const wrong = await check(
        "wrong.ts",
        `import { DEFAULT_SETTINGS, injectText } from "@mca/mca";\ninjectText(1, DEFAULT_SETTINGS);\n`,
      );
      strictEqual(wrong.code, 1);
      match(wrong.stderr, /'number' is not assignable to .*'SourceDocument'/);
    });
    await t.step("it holds the library and no program", async () => {
      const { name, license, exports } = JSON.parse(
        await text(`${installed}/package.json`),
      );
      strictEqual(name, "@mca/mca");
      strictEqual(license, "MIT");
      deepStrictEqual(Object.keys(exports), ["."]);
      const names = [...Deno.readDirSync(installed)].map(({ name }) => name);
      deepStrictEqual(names.toSorted(), [
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "lib",
        "mod.d.ts",
        "mod.js",
        "package.json",
      ]);
    });
  } finally {
    await Deno.remove(project, { recursive: true });
  }
});

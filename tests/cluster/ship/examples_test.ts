/** The examples, injected and given to a real API server. */

import { match, strictEqual } from "node:assert/strict";
import { runToEnd } from "../../ship/run_to_end.ts";
import { shippedCommand } from "../../ship/shipped.ts";
import { newNamespace } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";

const ROOT = new URL("../../../", import.meta.url);

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** What `mca inject` makes of a manifest. */
async function injected(manifest: string): Promise<string> {
  const { code, stdout, stderr } = await runToEnd([
    ...await shippedCommand("mca"),
    "inject",
  ], { stdin: manifest });
  strictEqual(code, 0, stderr);
  match(stderr, /: injected$/m);
  return stdout;
}

/** Applies it and tells what the API server said. */
async function applied(manifest: string): Promise<string> {
  const namespace = await newNamespace(cluster);
  const { code, stdout, stderr } = await cluster.kubectl([
    "apply",
    "--validate=strict",
    `--namespace=${namespace}`,
    "-f",
    "-",
  ], { stdin: manifest });
  strictEqual(code, 0, stderr);
  return stdout;
}

const NAMES = [...Deno.readDirSync(new URL("examples/", ROOT))]
  .map(({ name }) => name)
  .filter((name) =>
    name.endsWith(".yaml") && !/^(settings|left-alone)\.yaml$/.test(name)
  );

for (const name of NAMES) {
  Deno.test(`kubectl apply takes what \`mca inject\` makes of examples/${name}`, async () => {
    const manifest = await Deno.readTextFile(new URL(`examples/${name}`, ROOT));
    match(await applied(await injected(manifest)), / (created|configured)\n/);
  });
}

Deno.test("kubectl apply takes what kustomize and `mca inject` make of examples/kustomize", async () => {
  const { code, stdout, stderr } = await cluster.kubectl([
    "kustomize",
    new URL("examples/kustomize", ROOT).pathname,
  ]);
  strictEqual(code, 0, stderr);
  match(await applied(await injected(stdout)), /cronjob.batch\/team-report/);
});

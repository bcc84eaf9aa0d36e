import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "./cluster/command.ts";

const REPOSITORY = join(import.meta.dirname ?? "", "..");

/** Uses the library as its bundle offers it, and prints what came of it. */
const PROGRAM = `
const mca = await import(process.argv[1]);
const pod = { spec: { containers: [{ name: "app", image: "app", unknown: [1] }] } };
const injected = mca.injectPod(pod, mca.DEFAULT_SETTINGS);
const restored = mca.uninjectPod(injected.pod);
const patch = mca.diffJson(pod, injected.pod);
const engine = { crypto: globalThis.crypto, now: Date.now() };
const authority = await mca.issueCertificateAuthority({ commonName: "ca" }, engine);
const text = new TextEncoder().encode("kind: Pod # a comment\\napiVersion: v1\\nspec:\\n  containers:\\n  - name: app\\n");
let manifest = "";
for await (const source of mca.splitDocuments(ReadableStream.from([text]), { file: "-" })) {
  manifest += mca.injectText(source, mca.DEFAULT_SETTINGS).text;
}
console.log(JSON.stringify({
  outcome: injected.outcome,
  sidecar: injected.pod.spec.initContainers[0].name,
  isRestored: JSON.stringify(restored.pod) === JSON.stringify(pod),
  isPatched: JSON.stringify(mca.applyJsonPatch(patch, pod)) === JSON.stringify(injected.pod),
  isAuthority: mca.readCertificate(authority.certificate).isCa,
  manifest: manifest.split("\\n")[0],
}));
`;

Deno.test("mod.ts runs in Node, without Deno", async () => {
  const folder = await Deno.makeTempDir();
  const bundle = join(folder, "mca.mjs");
  const bundled = await runCommand(Deno.execPath(), [
    "bundle",
    "--quiet",
    "--platform=browser",
    "--output",
    bundle,
    join(REPOSITORY, "mod.ts"),
  ]);
  assert.equal(bundled.code, 0, bundled.stderr);
  const { code, stdout, stderr } = await runCommand("node", [
    "--input-type=module",
    "--eval",
    PROGRAM,
    bundle,
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), {
    outcome: "injected",
    sidecar: "mca-proxy",
    isRestored: true,
    isPatched: true,
    isAuthority: true,
    manifest: "kind: Pod # a comment",
  });
  const text = await Deno.readTextFile(bundle);
  assert.doesNotMatch(text, /\bDeno\./);
  await Deno.remove(folder, { recursive: true });
});

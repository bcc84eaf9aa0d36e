/** The Containerfile and the workflows, where they repeat what the code says. */

import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { DEFAULT_PROXY_UID } from "../../lib/inject/contract.ts";
import { DEFAULT_SETTINGS } from "../../lib/inject/settings.ts";
import { injectPod } from "../../lib/inject/inject_pod.ts";
import { VERSION } from "../../lib/version.ts";
import { EXECUTABLES } from "../../tools/compile/executables.ts";
import { TARGETS } from "../../tools/compile/targets.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));
const CONTAINERFILE = read("Containerfile");

/** The instructions of a kind, one line each. */
function instructions(kind: string): string[] {
  return CONTAINERFILE.replaceAll(/\\\n\s*/g, "").split("\n")
    .filter((line) => line.startsWith(`${kind} `));
}

Deno.test("`Containerfile` names each image from outside by its digest", () => {
  const images = instructions("ARG").filter((line) => line.includes("_IMAGE="));
  strictEqual(images.length, 2);
  for (const image of images) match(image, /:[^@]+@sha256:[0-9a-f]{64}$/);
  const stages = new Set<string>();
  for (const line of instructions("FROM")) {
    const [, from = "", stage = ""] =
      /^FROM (?:--platform=\S+ )?(\S+) AS (\S+)$/.exec(line) ?? [];
    ok(stages.has(from) || /^\$\{(DENO|BASE)_IMAGE\}$/.test(from), line);
    stages.add(stage);
  }
});

Deno.test("`Containerfile` builds with the version of Deno that everything else has", () => {
  const version = read(".dvmrc").trim();
  ok(CONTAINERFILE.includes(`denoland/deno:${version}@sha256:`));
});

Deno.test("`Containerfile` has a target for each executable, mca last", () => {
  const targets = instructions("FROM").map((line) => line.split(" ").at(-1));
  deepStrictEqual(targets.slice(2), ["proxy", "webhook", "mca"]);
  const copied = instructions("COPY").flatMap((line) =>
    /\/executables\/(\S+) /.exec(line)?.[1] ?? []
  );
  deepStrictEqual(
    copied.toSorted(),
    EXECUTABLES.map(({ name }) => name).toSorted(),
  );
});

Deno.test("`Containerfile` puts the executable where the startup probe of injected pods runs it", () => {
  const { pod } = injectPod(
    { spec: { containers: [{ name: "app", image: "app" }] } },
    DEFAULT_SETTINGS,
  );
  const text = JSON.stringify(pod);
  const path = /"startupProbe":\{"exec":\{"command":\["([^"]+)"/.exec(text)
    ?.[1];
  ok(path !== undefined);
  deepStrictEqual(instructions("ENTRYPOINT"), [`ENTRYPOINT ["${path}"]`]);
  for (const line of instructions("COPY").slice(1)) {
    ok(line.endsWith(` ${path}`), line);
  }
});

Deno.test("`Containerfile` runs as the user of injected pods", () => {
  deepStrictEqual(instructions("USER"), [
    `USER ${DEFAULT_PROXY_UID}:${DEFAULT_PROXY_UID}`,
  ]);
});

Deno.test("`Containerfile` has the version, and the targets of Linux", () => {
  ok(CONTAINERFILE.includes(`ARG VERSION=${VERSION}\n`));
  const named = [...CONTAINERFILE.matchAll(/triple=(\S+)/g)]
    .map(([, triple]) => triple);
  deepStrictEqual(
    named,
    TARGETS.map(({ triple }) => triple)
      .filter((triple) => triple.includes("linux")),
  );
});

Deno.test("`.containerignore` lets in what the executables are made of", () => {
  const allowed = read(".containerignore").split("\n")
    .filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  for (const { entryPoint } of EXECUTABLES) ok(allowed.includes(entryPoint));
  for (const path of allowed) ok(Deno.statSync(new URL(path, ROOT)));
  strictEqual(read(".dockerignore"), read(".containerignore"));
});

for (const { name } of Deno.readDirSync(new URL(".github/workflows", ROOT))) {
  const workflow = read(`.github/workflows/${name}`);

  Deno.test(`\`.github/workflows/${name}\` names actions by their commits`, () => {
    const uses = [...workflow.matchAll(/uses: (.*)$/gm)].map(([, text]) =>
      text ?? ""
    );
    ok(uses.length > 0);
    for (const text of uses) {
      match(text, /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  Deno.test(`\`.github/workflows/${name}\` may read the repository and no more unless a job says so`, () => {
    match(workflow, /^permissions:\n {2}contents: read\n\n/m);
    // Credentials that are kept would be there for every step.
    strictEqual(
      workflow.split("actions/checkout@").length,
      workflow.split("persist-credentials: false").length,
    );
  });
}

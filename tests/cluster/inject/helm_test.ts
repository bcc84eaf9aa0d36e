/** `mca inject` as helm's post-renderer, with the real helm. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runCommand } from "../command.ts";
import { shippedCommand } from "../../ship/shipped.ts";
import { findProgram } from "../find_program.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const CHART: Readonly<Record<string, string>> = {
  "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
  "chart/templates/service.yaml":
    "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n",
  "chart/templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web # kept
          image: registry.example/web:1
`,
};

Deno.test("helm template injects by the post-renderer plugin", async () => {
  const helm = await findProgram("helm");
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["chart/templates", "bin"]) {
      await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    }
    for (const [name, text] of Object.entries(CHART)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const command = (await shippedCommand("mca"))
      .map((word) => `'${word}'`).join(" ");
    await Deno.writeTextFile(
      `${folder}/bin/mca`,
      `#!/bin/sh\nexec ${command} "$@"\n`,
      { mode: 0o755 },
    );
    const render = (...args: string[]) =>
      runCommand(helm, ["template", "shop", `${folder}/chart`, ...args], {
        env: {
          HELM_PLUGINS: `${root}plugins/helm`,
          HELM_CACHE_HOME: `${folder}/cache`,
          HELM_CONFIG_HOME: `${folder}/config`,
          HELM_DATA_HOME: `${folder}/data`,
          PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
        },
      });
    const plain = await render();
    const injected = await render("--post-renderer=mca-inject");
    assert.equal(injected.code, 0, injected.stderr);
    assert.match(injected.stdout, /- name: mca-proxy$/m);
    assert.match(injected.stdout, /- name: web # kept$/m);
    const lines = injected.stdout.split("\n");
    const missing = plain.stdout.split("\n").filter((line) =>
      !lines.some((other) => other.trim() === line.trim())
    );
    assert.deepEqual(missing, []);

    const moved = await render(
      "--post-renderer=mca-inject",
      "--post-renderer-args=--proxy-port=7443",
    );
    assert.match(moved.stdout, /value: "7443"$/m);

    const refused = await render(
      "--post-renderer=mca-inject",
      "--post-renderer-args=--proxy-port=80",
    );
    assert.notEqual(refused.code, 0);
    assert.equal(refused.stdout, "");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

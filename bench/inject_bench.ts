/**
 * `deno bench --import-map flavors/release.json bench/inject_bench.ts`: injection
 * of one pod, and of a manifest beside what the `yaml` package takes to parse
 * and print the same text.
 *
 * @module
 */

import { parseAllDocuments } from "yaml";
import { injectPod } from "../lib/inject/inject_pod.ts";
import { parseDocument } from "../lib/inject/manifest/manifest_document.ts";
import { DEFAULT_SETTINGS } from "../lib/inject/settings.ts";
import { injectText, uninjectText } from "../lib/inject/transform_text.ts";
import { isJsonObject, type JsonObject } from "../lib/kube/json.ts";
import { diff } from "../lib/kube/json_patch.ts";

const FOLDER = new URL("../tests/testdata/inject/", import.meta.url);

function source(file: string) {
  const text = Deno.readTextFileSync(new URL(file, FOLDER));
  return { text, index: 1, startLine: 1 };
}

const pod = parseDocument(source("mount-automatic.yaml")).value;
if (!isJsonObject(pod)) throw new TypeError("The pod is no object");
const given: JsonObject = pod;
const injected = injectPod(given, DEFAULT_SETTINGS).pod;

Deno.bench("injectPod(): a pod as a webhook gets it", () => {
  injectPod(given, DEFAULT_SETTINGS);
});

Deno.bench("injectPod(): a pod that is injected already", () => {
  injectPod(injected, DEFAULT_SETTINGS);
});

Deno.bench("diff(): the patch of an injected pod", () => {
  diff(given, injected);
});

const deployment = source("deployment.yaml");
const made = {
  ...deployment,
  text: injectText(deployment, DEFAULT_SETTINGS).text,
};

Deno.bench("yaml: parse and print a Deployment", { group: "text" }, () => {
  for (const document of parseAllDocuments(deployment.text)) {
    String(document);
  }
});

Deno.bench("injectText(): a Deployment with comments", {
  group: "text",
  baseline: true,
}, () => {
  injectText(deployment, DEFAULT_SETTINGS);
});

Deno.bench("injectText(): a Deployment that is injected already", {
  group: "text",
}, () => {
  injectText(made, DEFAULT_SETTINGS);
});

Deno.bench("uninjectText(): a Deployment", { group: "text" }, () => {
  uninjectText(made);
});

/**
 * Injection from a program of your own: a pod as an object, and a manifest as
 * text. Here from the repository; from a registry it is `@mca/mca`.
 *
 *     deno run --allow-env=LOG_STREAM,LOG_TOKENS examples/library/inject.ts
 *
 * @module
 */

import {
  DEFAULT_SETTINGS,
  injectPod,
  injectText,
  McaError,
  REASONS,
} from "../../mod.ts";

const settings = {
  ...DEFAULT_SETTINGS,
  proxyImage: "registry.example/mca-proxy:0.1.0",
};

const pod = { spec: { containers: [{ name: "app", image: "app" }] } };
const result = injectPod(pod, settings);
console.log(result.outcome);

const hostPod = { spec: { hostNetwork: true, containers: [{ name: "a" }] } };
const other = injectPod(hostPod, settings);
if (other.outcome === "skipped") {
  console.log(REASONS[other.reason.code].sentence);
}

const manifest = `apiVersion: v1
kind: Pod # stays, as all comments do
spec:
  containers:
    - name: app
`;
const source = { text: manifest, index: 0, startLine: 1 };
console.log(injectText(source, settings).text.split("\n")[1]);

try {
  injectText({ ...source, text: "kind: Pod\nspec: [\n" }, settings);
} catch (error) {
  if (!(error instanceof McaError)) throw error;
  console.log(error.code, error.place.line);
}

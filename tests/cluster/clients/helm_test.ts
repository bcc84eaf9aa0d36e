/** helm through the proxy and directly: the life of a release. */

import assert from "node:assert/strict";
import { findProgram } from "../find_program.ts";
import { newNamespace } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { session, words } from "./session.ts";
import { TwoWays } from "./two_ways.ts";

const resources = new AsyncDisposableStack();
let cluster: TestCluster;
let ways: TwoWays;
Deno.test.beforeAll(async () => {
  cluster = resources.use(await testCluster());
  ways = resources.use(await TwoWays.open(cluster));
});
Deno.test.afterAll(() => resources.disposeAsync());

const CHART: Readonly<Record<string, string>> = {
  "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
  "values.yaml": "color: red\nimage: web:1\n",
  "crds/item.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: items.shop.example}
spec:
  group: shop.example
  names: {kind: Item, plural: items, singular: item}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`,
  "templates/objects.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  color: {{ .Values.color }}
  version: {{ .Capabilities.KubeVersion.Version }}
  text: {{ repeat 50000 "x" }}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: web, image: {{ .Values.image }}}]
`,
  "templates/item.yaml":
    `apiVersion: shop.example/v1\nkind: Item\nmetadata: {name: item}\nspec: {color: {{ .Values.color }}}\n`,
  "templates/hook.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: prepare-{{ .Release.Revision }}
  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: hook-succeeded}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: prepare, image: prepare}]
`,
};

/** Hooks are Jobs, which nobody carries out here. */
const COMMANDS = [
  "install shop chart --namespace=NAMESPACE --no-hooks --wait --timeout=60s",
  "status shop --namespace=NAMESPACE -o json",
  "get all shop --namespace=NAMESPACE",
  "upgrade shop chart --namespace=NAMESPACE --no-hooks --wait --timeout=60s --set=color=green,image=web:2",
  "install shop chart --namespace=NAMESPACE",
  "upgrade nothing chart --namespace=NAMESPACE",
  "history shop --namespace=NAMESPACE",
  "rollback shop 1 --namespace=NAMESPACE --no-hooks --wait --timeout=60s",
  "get values shop --all --namespace=NAMESPACE",
  "get manifest shop --namespace=NAMESPACE",
  "upgrade shop chart --namespace=NAMESPACE --no-hooks --set=image=",
  "list --namespace=NAMESPACE",
  "uninstall shop --namespace=NAMESPACE --no-hooks --wait --timeout=60s",
  "status shop --namespace=NAMESPACE -o json",
];

Deno.test("helm installs, upgrades and rolls back through the proxy as it does directly", async () => {
  const helm = await findProgram("helm");
  const { direct, proxied } = await ways.both(async (way) => {
    const namespace = await newNamespace(cluster);
    const folder = await Deno.makeTempDir();
    for (const name of ["crds", "templates"]) {
      await Deno.mkdir(`${folder}/chart/${name}`, { recursive: true });
    }
    for (const [name, text] of Object.entries(CHART)) {
      await Deno.writeTextFile(`${folder}/chart/${name}`, text);
    }
    const seen = await session(way, helm, COMMANDS.map((text) => words(text)), {
      namespace,
      cwd: folder,
      env: {
        HELM_CACHE_HOME: `${folder}/cache`,
        HELM_CONFIG_HOME: `${folder}/config`,
        HELM_DATA_HOME: `${folder}/data`,
      },
    });
    await Deno.remove(folder, { recursive: true });
    return seen;
  });
  for (const [index, entry] of proxied.entries()) {
    assert.deepEqual(entry, direct[index], entry.command);
  }
  const refused = proxied.map(({ code }, index) => code === 0 ? -1 : index)
    .filter((index) => index >= 0);
  assert.deepEqual(refused, [4, 5, 10, 13], Deno.inspect(proxied));
  const manifest = proxied[9]?.stdout ?? "";
  assert.match(manifest, /color: red/);
});

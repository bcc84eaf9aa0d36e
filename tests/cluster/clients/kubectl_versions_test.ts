/** kubectl, the current one and one of an older minor version, through the proxy and directly. */

import assert from "node:assert/strict";
import { findProgram } from "../find_program.ts";
import type { ProgramName } from "../program_table.ts";
import { newNamespace } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { session, type SessionCommand, words } from "./session.ts";
import { TwoWays } from "./two_ways.ts";

const resources = new AsyncDisposableStack();
let cluster: TestCluster;
let ways: TwoWays;
Deno.test.beforeAll(async () => {
  cluster = resources.use(await testCluster());
  ways = resources.use(await TwoWays.open(cluster));
});
Deno.test.afterAll(() => resources.disposeAsync());

function manifest(image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NAMESPACE, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: ${image}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: NAMESPACE}
data: {color: red}
---
apiVersion: v1
kind: Pod
metadata: {name: pod, namespace: NAMESPACE}
spec:
  containers: [{name: app, image: app}]
`;
}

/** An ordinary day, mistakes included. */
function commands(namespace: string): readonly SessionCommand[] {
  const stdin = (image: string) =>
    manifest(image).replaceAll("NAMESPACE", namespace);
  return [
    words("version -o json"),
    words("api-versions"),
    words("api-resources --sort-by=name"),
    words("explain deployment.spec.strategy"),
    words("cluster-info"),
    words("get --raw /healthz"),
    words("get --raw /nothing/there"),
    words("auth whoami"),
    words("auth can-i --list -n NAMESPACE"),
    words("apply -f -", stdin("web:1")),
    words("wait --for=condition=Ready pod/pod -n NAMESPACE --timeout=30s"),
    words("diff -f -", stdin("web:2")),
    words("apply --server-side --force-conflicts -f -", stdin("web:2")),
    words("get all,configmaps -n NAMESPACE"),
    words("get deployment web -n NAMESPACE -o yaml --show-managed-fields"),
    words("describe pod pod -n NAMESPACE"),
    words("scale deployment web --replicas=3 -n NAMESPACE"),
    words("rollout history deployment web -n NAMESPACE"),
    words("set image deployment web web=web:3 -n NAMESPACE"),
    words("label configmap settings tier=one -n NAMESPACE"),
    words("annotate configmap settings note=one -n NAMESPACE"),
    words("patch configmap settings --type=json -p [] -n NAMESPACE"),
    words(
      "get configmaps -l tier=one --field-selector=metadata.name=settings -o name -n NAMESPACE",
    ),
    words("get events -n NAMESPACE"),
    words("create configmap settings -n NAMESPACE"),
    words("create token default -n NAMESPACE --duration=1s"),
    { args: [..."exec pod -n NAMESPACE -- sh -c".split(" "), "exit 3"] },
    words("exec nothing -n NAMESPACE -- true"),
    words("cp file pod:copied -n NAMESPACE"),
    words("exec pod -n NAMESPACE -- cat copied"),
    words("exec -i pod -n NAMESPACE -- wc -c", "x".repeat(100_000)),
    words("logs pod -n NAMESPACE --timestamps"),
    words("attach -i pod -n NAMESPACE", "typed\n"),
    words("logs pod -n NAMESPACE --tail=1"),
    // There is no metrics API.
    words("top nodes"),
    words("top pods -n NAMESPACE"),
    words(
      "debug pod --image=debugger --container=debugger --attach=false -n NAMESPACE",
    ),
    words(
      "debug -i pod --image=debugger --container=again --target=app -n NAMESPACE -- cat",
      "to the debugger\n",
    ),
    words(
      "debug pod --copy-to=copy --set-image=*=other --attach=false -n NAMESPACE",
    ),
    words("debug node/node-0 --image=debugger --attach=false -n NAMESPACE"),
    words(
      "get pod pod -n NAMESPACE -o jsonpath={.spec.ephemeralContainers[*].name}",
    ),
    words("get pod copy -n NAMESPACE -o jsonpath={.spec.containers[*].image}"),
    words("get podmetrics -n NAMESPACE"),
    words("drain nothing"),
    words("delete pod pod --now -n NAMESPACE"),
    words("delete configmap settings web nothing -n NAMESPACE"),
    words("replace -f -", stdin("web:4")),
  ];
}

/** Those that end with another exit code than 0. */
const REFUSED: readonly string[] = [
  "get --raw /nothing/there",
  "diff -f -",
  "create configmap settings -n NAMESPACE",
  "create token default -n NAMESPACE --duration=1s",
  "exec pod -n NAMESPACE -- sh -c exit 3",
  "exec nothing -n NAMESPACE -- true",
  "top nodes",
  "top pods -n NAMESPACE",
  "get podmetrics -n NAMESPACE",
  "drain nothing",
  "delete configmap settings web nothing -n NAMESPACE",
  "replace -f -",
];

for (const name of ["kubectl", "older-kubectl"] satisfies ProgramName[]) {
  Deno.test(`\`mca proxy\` shows a user of ${name} what it shows without`, async () => {
    const program = await findProgram(name);
    const { direct, proxied } = await ways.both(async (way) => {
      const namespace = await newNamespace(cluster);
      const cwd = await Deno.makeTempDir();
      await Deno.writeTextFile(`${cwd}/file`, "content\n");
      const seen = await session(way, program, commands(namespace), {
        namespace,
        cwd,
        env: { KUBERC: "off", KUBECACHEDIR: `${cwd}/cache` },
      });
      await Deno.remove(cwd, { recursive: true });
      return seen;
    });
    for (const [index, entry] of proxied.entries()) {
      assert.deepEqual(entry, direct[index], entry.command);
    }
    const refused = proxied.filter(({ code }) => code !== 0);
    assert.deepEqual(refused.map(({ command }) => command), REFUSED);
    const saidBy = (begin: string) =>
      proxied.filter(({ command }) => command.startsWith(begin))
        .map(({ stdout, stderr }) => stdout + stderr).join("");
    assert.match(saidBy("top"), /^(error: Metrics API not available\n){2}$/);
    assert.match(saidBy("debug -i"), /^to the debugger$/m);
    assert.match(saidBy("get pod pod"), /^debugger again$/);
  });
}

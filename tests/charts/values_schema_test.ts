/** What the chart takes for values, and what it refuses. */

import assert from "node:assert/strict";
import { parse } from "yaml";
import { isJsonObject, type JsonObject } from "../../lib/kube/json.ts";
import { VERSION } from "../../lib/version.ts";
import { testWithHelm } from "./each_rendering.ts";
import { CHART, runHelm, template, type Values } from "./helm.ts";
import { at, objectAt } from "./object_path.ts";
import { combinations } from "./value_combinations.ts";

async function readYaml(name: string): Promise<JsonObject> {
  const value: unknown = parse(await Deno.readTextFile(`${CHART}${name}`));
  assert.ok(isJsonObject(value));
  return value;
}

const schema = await readYaml("values.schema.json");
const values = await readYaml("values.yaml");
const chart = await readYaml("Chart.yaml");

Deno.test("Chart.yaml has the version of MCA", () => {
  assert.equal(chart["version"], VERSION);
  assert.equal(chart["appVersion"], VERSION);
});

/** The paths of all values that are set one by one. */
function* leaves(
  value: JsonObject,
  properties: JsonObject,
  path: readonly string[] = [],
): Generator<string> {
  for (const [key, child] of Object.entries(value)) {
    const nested = objectAt(properties, key, "properties");
    const here = [...path, key];
    if (isJsonObject(child) && Object.keys(child).length > 0) {
      yield* leaves(child, nested, here);
    } else yield here.join(".");
  }
}

Deno.test("values.yaml shows every value that the schema knows, and no other", () => {
  const properties = objectAt(schema, "properties");
  const known = (from: JsonObject, shown: JsonObject, path: string): void => {
    const names = Object.keys(from).filter((name) => name !== "global");
    // Open values and lists of settings are shown empty.
    if (Object.keys(shown).length === 0) return;
    assert.deepEqual(names.toSorted(), Object.keys(shown).toSorted(), path);
    for (const name of names) {
      const nested = objectAt(from, name, "properties");
      if (Object.keys(nested).length > 0 && path !== "resources") {
        known(nested, objectAt(shown, name), `${path}${name}.`);
      }
    }
  };
  // `claims` is a matter of clusters that have them.
  const { resources: _, ...others } = properties;
  const { resources: __, ...shown } = values;
  known(others, shown, "");
});

Deno.test("values.yaml shows no value that the templates do not use", async () => {
  let templates = "";
  for await (const { name, isFile } of Deno.readDir(`${CHART}templates`)) {
    if (isFile) {
      templates += await Deno.readTextFile(`${CHART}templates/${name}`);
    }
  }
  templates += await Deno.readTextFile(`${CHART}templates/tests/call.yaml`);
  const all = [...leaves(values, objectAt(schema, "properties"))];
  assert.ok(all.length > 40);
  for (const path of all) {
    // Some are read by their last name, within `with`.
    const last = path.split(".").at(-1);
    const parent = path.split(".").slice(0, -1).join(".");
    assert.ok(
      templates.includes(`.Values.${path}`) ||
        templates.includes(`.Values.${parent}`) &&
          new RegExp(`[ (]\\.${last}\\b`).test(templates) ||
        templates.includes("toYaml .Values.resources") &&
          path.startsWith("resources."),
      path,
    );
  }
});

Deno.test("values.schema.json takes the settings of the config file", async () => {
  const settings: unknown = JSON.parse(
    await Deno.readTextFile(
      new URL("../../docs/generated/settings.schema.json", import.meta.url),
    ),
  );
  assert.ok(isJsonObject(settings));
  assert.deepEqual(
    at(schema, "properties", "settings", "properties"),
    settings["properties"],
    "Copy `properties` of docs/generated/settings.schema.json to charts/mca/values.schema.json",
  );
});

/** Bad values, and what the message has to name. */
const BAD: readonly (readonly [Values, RegExp])[] = [
  [{ imagee: {} }, /imagee/],
  [{ image: { repository: "" } }, /image/],
  [{ image: { repository: "two words" } }, /repository/],
  [{ image: { tag: "a:b" } }, /tag/],
  [{ image: { digest: "sha256:1" } }, /digest/],
  [{ image: { pullPolicy: "Sometimes" } }, /pullPolicy/],
  [{ imagePullSecrets: ["pull"] }, /imagePullSecrets/],
  [{ settings: { proxyPrt: 1 } }, /proxyPrt/],
  [{ settings: { proxyPort: 80 } }, /proxyPort/],
  [{ settings: { proxyPort: "7443" } }, /proxyPort/],
  [{ settings: { proxyEnv: { A: 1 } } }, /proxyEnv/],
  [{ uninjectable: "ignore" }, /uninjectable/],
  [{ webhook: { name: "Mca" } }, /name/],
  // Services have to begin with a letter.
  [{ webhook: { name: "1" } }, /name/],
  [{ webhook: { labelledPods: false } }, /webhook/],
  [{ webhook: { failurePolicy: "fail" } }, /failurePolicy/],
  [{ webhook: { timeoutSeconds: 31 } }, /timeoutSeconds/],
  [{ webhook: { timeoutSeconds: 0 } }, /timeoutSeconds/],
  [{ webhook: { reinvocationPolicy: "Always" } }, /reinvocationPolicy/],
  [{ webhook: { matchConditions: [{ name: "a" }] } }, /matchConditions/],
  [{ webhook: { excludedNamespaces: [1] } }, /excludedNamespaces/],
  [
    { webhook: { namespaceExpressions: [{ key: "a", operator: "Is" }] } },
    /operator/,
  ],
  [{ certificates: { source: "self" } }, /source/],
  [{ certificates: { source: "secret" } }, /secretName/],
  [{ certificates: { caBundle: "LS0tLS1CRUdJTg==" } }, /caBundle/],
  [{ certificates: { settleSeconds: -1 } }, /settleSeconds/],
  [
    { certificates: { certManager: { issuerRef: { kind: "Issuer" } } } },
    /issuerRef/,
  ],
  [{ certificates: { certManager: { duration: "90d" } } }, /duration/],
  [{ replicas: 0 }, /replicas/],
  [{ replicas: "2" }, /replicas/],
  [{ autoscaling: { enabled: "yes" } }, /enabled/],
  [{ podDisruptionBudget: { maxUnavailable: 0 } }, /maxUnavailable/],
  [{ resources: { request: {} } }, /request/],
  [{ topologySpread: { whenUnsatisfiable: "Never" } }, /whenUnsatisfiable/],
  [{ podLabels: { "mca.k8s.io/inject": "true" } }, /podLabels/],
  [{ podLabels: { "app.kubernetes.io/name": "a" } }, /podLabels/],
  // What the chart itself sets would stand there twice.
  [{ podLabels: { "helm.sh/chart": "a" } }, /podLabels/],
  [{ podAnnotations: { "checksum/settings": "a" } }, /podAnnotations/],
  [{ extraEnv: [{ name: "NAMESPACE", value: "a" }] }, /extraEnv/],
  [{ extraEnv: [{ name: "MCA_LOG_LEVEL", value: "a" }] }, /extraEnv/],
  [{ podAnnotations: { a: true } }, /podAnnotations/],
  [{ runAsUser: 0 }, /runAsUser/],
  [{ port: 443 }, /port/],
  [{ service: { port: 70000 } }, /port/],
  [{ drainSeconds: 1.5 }, /drainSeconds/],
  [{ log: { level: "trace" } }, /level/],
  [{ extraEnv: [{ value: "a" }] }, /extraEnv/],
  [{ networkPolicy: { apiServer: { ports: [] } } }, /ports/],
];

testWithHelm(
  "values.schema.json refuses bad values and names them",
  async (helm) => {
    for (const [bad, named] of BAD) {
      const { code, stdout, stderr } = await template(helm, bad);
      const what = JSON.stringify(bad);
      assert.notEqual(code, 0, `${what} was taken`);
      assert.equal(stdout, "", what);
      assert.match(stderr, /values don't meet the specifications/, what);
      assert.match(stderr, named, what);
    }
  },
);

testWithHelm(
  "values.schema.json takes what a parent chart shares",
  async (helm) => {
    const { code, stderr } = await template(helm, { global: { a: "b" } });
    assert.equal(code, 0, stderr);
  },
);

/** Values with one in them, at the path. */
function valuesAt(path: readonly string[], value: unknown): Values {
  const [first = "", ...rest] = path;
  return { [first]: rest.length === 0 ? value : valuesAt(rest, value) };
}

/** The paths of all values, those that hold others too. */
function* paths(
  value: JsonObject,
  path: readonly string[] = [],
): Generator<readonly string[]> {
  for (const [key, child] of Object.entries(value)) {
    yield [...path, key];
    if (isJsonObject(child)) yield* paths(child, [...path, key]);
  }
}

testWithHelm(
  "values.schema.json refuses null by name where the templates need a value",
  async (helm) => {
    let taken = 0;
    for (const path of paths(values)) {
      const { code, stdout, stderr } = await template(
        helm,
        valuesAt(path, null),
      );
      const name = path.join(".");
      if (code !== 0) {
        assert.match(stderr, /missing property/, name);
        assert.ok(stderr.includes(`'${path.at(-1)}'`), `${name}: ${stderr}`);
        continue;
      }
      taken++;
      // Nothing is left of it where it would have stood.
      assert.doesNotMatch(stdout, /<nil>|%!|^ *[\w./-]+: $/m, name);
    }
    assert.ok(taken > 15, `${taken} may be null`);
  },
);

Deno.test("values.schema.json keeps every variable of the chart from being set again", async () => {
  const text = await Deno.readTextFile(`${CHART}templates/deployment.yaml`);
  const [, env = ""] = /\n {10}env:\n([\s\S]*?)\n {10}ports:/.exec(text) ?? [];
  const names = [...env.matchAll(/- name: (\w+)/g)].map(([, name]) => name);
  assert.ok(names.length > 10);
  assert.deepEqual(
    at(
      schema,
      ...["properties", "extraEnv", "items", "properties", "name"],
      ...["not", "enum"],
    ),
    names,
  );
});

testWithHelm("helm lint --strict finds nothing wrong", async (helm) => {
  const all = [
    ...combinations(["certificates", "options"]),
    ...combinations(["webhooks", "settings", "details"]),
  ];
  for (const { name, values } of all) {
    const { code, stdout } = await runHelm(
      helm,
      ["lint", "--strict", CHART],
      { values },
    );
    assert.equal(code, 0, `${name}: ${stdout}`);
    assert.doesNotMatch(stdout, /WARNING|ERROR/, name);
  }
});

testWithHelm(
  "Chart.yaml refuses clusters before 1.29, vendors' versions too",
  async (helm) => {
    const versions = {
      "v1.28.15": false,
      "v1.28.9-gke.100": false,
      "v1.29.0": true,
      "v1.29.1-eks-abc": true,
      "v1.37.2": true,
    };
    for (const [version, isTaken] of Object.entries(versions)) {
      const { code, stderr } = await template(helm, {}, [
        `--kube-version=${version}`,
      ]);
      assert.equal(code === 0, isTaken, `${version} ${stderr}`);
      if (!isTaken) assert.match(stderr, />=1\.29/);
    }
  },
);

testWithHelm(
  "NOTES.txt says what to do next, and warns of what will not work",
  async (helm) => {
    const notes = async (given: Values, namespace = "mca-system") => {
      const { code, stdout, stderr } = await runHelm(helm, [
        "install",
        "shop",
        CHART,
        `--namespace=${namespace}`,
        "--dry-run=client",
      ], { values: given });
      assert.equal(code, 0, stderr);
      return stdout.slice(stdout.indexOf("NOTES:"));
    };
    const image = { repository: "registry.example/mca" };
    const good = await notes({ image });
    assert.doesNotMatch(good, /WARNING/);
    assert.match(good, /rollout status deployment\/mca-webhook/);
    assert.match(good, /helm test shop -n mca-system/);
    assert.match(good, /"mca.k8s.io\/inject":"true"/);
    assert.doesNotMatch(good, /kubectl label namespace/);
    const named = await notes({ image, webhook: { labelledNamespaces: true } });
    assert.match(
      named,
      /kubectl label namespace NAMESPACE mca.k8s.io\/inject=true/,
    );
    assert.match(await notes({}), /WARNING: image\.repository is "mca"/);
    assert.match(
      await notes({ image }, "default"),
      /WARNING: The release is in the namespace default/,
    );
    assert.match(
      await notes({ image, replicas: 1 }),
      /WARNING: With one replica/,
    );
    assert.match(
      await notes({
        image,
        certificates: { source: "secret", secretName: "a" },
      }),
      /WARNING: certificates\.caBundle is empty/,
    );
  },
);

import assert from "node:assert/strict";
import fc from "fast-check";
import { McaError } from "../../../lib/errors.ts";
import {
  overlaySettings,
  settingsFromAnnotations,
  settingsFromConfig,
  settingsFromEnvironment,
  settingsFromFlags,
  settingVariable,
} from "../../../lib/inject/setting_sources.ts";
import {
  DEFAULT_SETTINGS,
  SETTING_KEYS,
  type SettingDefinition,
  type SettingKey,
  settingName,
  SETTINGS,
} from "../../../lib/inject/settings.ts";
import type { JsonValue } from "../../../lib/kube/json.ts";

interface Sample {
  readonly key: SettingKey;
  /** As text: in a flag, a variable or an annotation. */
  readonly text: string;
  /** In a config file. */
  readonly json: JsonValue;
  /** Texts that are no value of it. */
  readonly bad: readonly string[];
}

const SAMPLES: readonly Sample[] = [
  { key: "proxyImage", text: "r/mca:2", json: "r/mca:2", bad: ["a b", " a"] },
  {
    key: "proxyImagePullPolicy",
    text: "Always",
    json: "Always",
    bad: ["always"],
  },
  {
    key: "proxyPort",
    text: "7443",
    json: 7443,
    bad: ["0", "1023", "65536", "7443.5", "1e4", "-1", "x"],
  },
  { key: "proxyUid", text: "none", json: "none", bad: ["0", "-1", "None"] },
  { key: "proxyCpuRequest", text: "50m", json: "50m", bad: ["0", "-1", "x"] },
  { key: "proxyCpuLimit", text: "2", json: 2, bad: ["2 cores"] },
  { key: "proxyMemoryRequest", text: "1Gi", json: "1Gi", bad: ["1GB"] },
  { key: "proxyMemoryLimit", text: "none", json: "none", bad: ["unlimited"] },
  { key: "proxyLogLevel", text: "debug", json: "debug", bad: ["trace"] },
  { key: "proxyLogFormat", text: "text", json: "text", bad: ["xml"] },
  {
    key: "proxyEnv",
    text: "A=1,B=x=y",
    json: { A: "1", B: "x=y" },
    bad: ["A", "=1", "A=1,,B=2", "1A=b", '{"A":1}', "{", '{"a b":"c"}'],
  },
  { key: "proxyStartupPeriodSeconds", text: "2", json: 2, bad: ["0", "301"] },
  { key: "proxyStartupTimeoutSeconds", text: "9", json: 9, bad: ["0", "1s"] },
  {
    key: "proxyStartupFailureThreshold",
    text: "30",
    json: 30,
    bad: ["0", "10001"],
  },
  {
    key: "proxyKeyAlgorithm",
    text: "rsa-2048",
    json: "rsa-2048",
    bad: ["rsa", "RSA-2048"],
  },
];

Deno.test("SETTINGS has a sample here for each of its rows", () => {
  assert.deepEqual(SAMPLES.map(({ key }) => key), SETTING_KEYS);
});

const throwsSetting = (code: string, name: string) => (error: unknown) => {
  assert.ok(error instanceof McaError, String(error));
  assert.equal(error.code, code);
  assert.ok(error.message.includes(name), error.message);
  assert.match(error.hint ?? "", /^(Did you mean \S+? )?Expected /);
  return true;
};

for (const { key, text, json, bad } of SAMPLES) {
  const name = settingName(key);
  const variable = settingVariable(key);
  const annotation = `mca.k8s.io/${name}`;

  Deno.test(`settingsFromConfig() reads ${key} as the other sources do`, () => {
    const expected = settingsFromConfig({ [key]: json });
    assert.deepEqual(Object.keys(expected), [key]);
    assert.notDeepEqual(expected[key], DEFAULT_SETTINGS[key]);
    assert.deepEqual(settingsFromFlags({ [name]: text }), expected);
    const environment = {
      get: (asked: string) => asked === variable ? text : undefined,
    };
    assert.deepEqual(settingsFromEnvironment(environment), expected);
    const annotations = { [annotation]: text, other: "x" };
    assert.deepEqual(settingsFromAnnotations(annotations), expected);
  });

  for (const value of bad) {
    Deno.test(`settingsFromAnnotations() refuses ${value} for ${name}, as all sources do`, () => {
      assert.throws(
        () => settingsFromAnnotations({ [annotation]: value }),
        throwsSetting("setting", annotation),
      );
      assert.throws(
        () => settingsFromFlags({ [name]: value }),
        throwsSetting("usage", `--${name}`),
      );
      assert.throws(
        () => settingsFromEnvironment({ get: () => value }),
        throwsSetting("setting", "MCA_PROXY_"),
      );
      assert.throws(
        () => settingsFromConfig({ [key]: value }),
        throwsSetting("setting", key),
      );
    });
  }
}

Deno.test("settingsFromConfig() takes null as an empty file", () => {
  assert.deepEqual(settingsFromConfig(null), {});
});

Deno.test("settingsFromConfig() refuses an unknown name", () => {
  assert.throws(
    () => settingsFromConfig({ "proxy-port": 1 }),
    (error) =>
      error instanceof McaError && error.place.field === "proxy-port" &&
      error.hint === "Did you mean proxyPort?",
  );
});

Deno.test("settingsFromEnvironment() takes an empty variable as not set", () => {
  assert.deepEqual(settingsFromEnvironment({ get: () => "" }), {});
});

Deno.test("settingsFromAnnotations() lets other annotations be", () => {
  const annotations = { "mca.k8s.io.evil/x": "y", "mca.k8s.io/status": "z" };
  assert.deepEqual(settingsFromAnnotations(annotations), {});
  assert.deepEqual(settingsFromAnnotations(undefined), {});
});

Deno.test("settingsFromAnnotations() reads variables with commas from JSON", () => {
  const annotations = { "mca.k8s.io/proxy-env": '{"A":"1,2"}' };
  assert.deepEqual(settingsFromAnnotations(annotations), {
    proxyEnv: { A: "1,2" },
  });
});

Deno.test("overlaySettings() lets the later layer win, and adds variables up", () => {
  const settings = overlaySettings(
    DEFAULT_SETTINGS,
    { proxyPort: 7443, proxyEnv: { A: "1", B: "1" } },
    { proxyEnv: { B: "2" } },
    {},
  );
  assert.deepEqual(settings, {
    ...DEFAULT_SETTINGS,
    proxyPort: 7443,
    proxyEnv: { A: "1", B: "2" },
  });
});

Deno.test("settingsFromFlags() and the others tell the word that may have been meant", () => {
  const hint = "Did you mean IfNotPresent? Expected ";
  const mistyped = "ifNotPresent";
  const attempts = [
    () => settingsFromFlags({ "proxy-image-pull-policy": mistyped }),
    () =>
      settingsFromEnvironment({
        get: (name) => name.endsWith("_PULL_POLICY") ? mistyped : undefined,
      }),
    () => settingsFromConfig({ proxyImagePullPolicy: mistyped }),
    () =>
      settingsFromAnnotations({
        "mca.k8s.io/proxy-image-pull-policy": mistyped,
      }),
  ];
  for (const attempt of attempts) {
    assert.throws(attempt, (error) => {
      assert.ok(error instanceof McaError);
      assert.match(error.hint ?? "", new RegExp(`^${RegExp.escape(hint)}`));
      return true;
    });
  }
});

Deno.test("settingsFromFlags() takes a variable of any name", () => {
  const texts = ["__proto__=x,A=1", '{"__proto__":"x","A":"1"}'];
  for (const text of texts) {
    const { proxyEnv } = settingsFromFlags({ "proxy-env": text });
    const both = overlaySettings(DEFAULT_SETTINGS, { proxyEnv: { B: "2" } }, {
      ...(proxyEnv === undefined ? {} : { proxyEnv }),
    });
    assert.deepEqual(Object.entries(both.proxyEnv), [
      ["B", "2"],
      ["__proto__", "x"],
      ["A", "1"],
    ]);
  }
});

/** JSON Schema as far as the table uses it. */
function isValid(schema: JsonValue, value: JsonValue): boolean {
  assert.ok(typeof schema === "object" && schema !== null);
  assert.ok(!Array.isArray(schema));
  const { type, enum: words, pattern, minimum, maximum, anyOf } = schema;
  const { const: constant, exclusiveMinimum, additionalProperties } = schema;
  if (Array.isArray(anyOf)) return anyOf.some((each) => isValid(each, value));
  if (constant !== undefined) return constant === value;
  const types = [type].flat();
  const found = typeof value === "number" && types.includes("integer")
    ? Number.isInteger(value) ? "integer" : "number"
    : typeof value;
  if (!types.includes(found)) return false;
  if (Array.isArray(words) && !words.includes(value)) return false;
  if (typeof value === "string" && typeof pattern === "string") {
    return new RegExp(pattern, "u").test(value);
  }
  if (typeof value === "number") {
    return (typeof minimum !== "number" || value >= minimum) &&
      (typeof maximum !== "number" || value <= maximum) &&
      (typeof exclusiveMinimum !== "number" || value > exclusiveMinimum);
  }
  if (typeof value === "object" && additionalProperties !== undefined) {
    return value !== null &&
      Object.values(value).every((item) => isValid(additionalProperties, item));
  }
  return true;
}

for (const key of SETTING_KEYS) {
  const { type }: SettingDefinition = SETTINGS[key];
  Deno.test(`read() takes nothing for ${key} that its schema refuses`, () => {
    const sample = SAMPLES.find((each) => each.key === key)?.json ?? null;
    assert.ok(isValid(type.schema, sample));
    assert.ok(isValid(type.schema, DEFAULT_SETTINGS[key]));
    const values = fc.oneof(
      fc.integer(),
      fc.integer({ min: 0, max: 70000 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(sample),
      fc.stringMatching(/^[0-9.]{0,3}[A-Za-z]{0,2}$/),
    );
    fc.assert(
      fc.property(values, (value) => {
        if (type.read(value) !== undefined) {
          assert.ok(isValid(type.schema, value), String(value));
        }
      }),
    );
  });
}

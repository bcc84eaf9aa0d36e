/**
 * Where settings come from, and which source wins: the defaults, the config
 * file, the environment, the flags, and last the pod's own annotations.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { describeValue, wrongType } from "../kube/pod_field.ts";
import type { JsonObject, JsonValue } from "../kube/json.ts";
import type { Environment } from "../platform.ts";
import { didYouMean, nearestWord } from "../suggestion.ts";
import { INJECT_LABEL, MCA_PREFIX, STATUS_ANNOTATION } from "./contract.ts";
import {
  type InjectSettings,
  SETTING_KEYS,
  type SettingKey,
  settingName,
  SETTINGS,
} from "./settings.ts";

/** Some of the settings: what one source says. */
export type PartialSettings = Partial<InjectSettings>;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function isSettingKey(name: string): name is SettingKey {
  return Object.hasOwn(SETTINGS, name);
}

function assign<Key extends SettingKey>(
  target: Mutable<PartialSettings>,
  key: Key,
  value: PartialSettings[Key],
): void {
  target[key] = value;
}

function parseSetting(
  target: Mutable<PartialSettings>,
  key: SettingKey,
  text: string,
  fault: Pick<McaError, "code" | "place"> & { readonly where: string },
): void {
  const { type } = SETTINGS[key];
  const value = type.parse(text);
  if (value !== undefined) return assign(target, key, value);
  throw new McaError(
    fault.code,
    `Bad value ${JSON.stringify(text)} ${fault.where}`,
    { place: fault.place, hint: expectation(type, text) },
  );
}

function expectation(
  { expected, words = [] }: { expected: string; words?: readonly string[] },
  given: string,
): string {
  return didYouMean(nearestWord(given, words), `Expected ${expected}.`);
}

/**
 * What the flags say: `flags` holds each flag's text by the setting's name
 * (`proxy-port`).
 *
 * @throws {McaError} `usage`, with the flag's name.
 */
export function settingsFromFlags(
  flags: Readonly<Record<string, string | undefined>>,
): PartialSettings {
  const settings: Mutable<PartialSettings> = {};
  for (const key of SETTING_KEYS) {
    const name = settingName(key);
    const text = flags[name];
    if (text === undefined) continue;
    const where = `for --${name}`;
    parseSetting(settings, key, text, { code: "usage", where, place: {} });
  }
  return settings;
}

/** The environment variable of a setting: `MCA_PROXY_PORT`. */
export function settingVariable(key: SettingKey): string {
  return `MCA_${settingName(key).toUpperCase().replaceAll("-", "_")}`;
}

/**
 * What the environment says. An empty variable counts as not set.
 *
 * @throws {McaError} `setting`, with the variable's name.
 */
export function settingsFromEnvironment(
  environment: Environment,
): PartialSettings {
  const settings: Mutable<PartialSettings> = {};
  for (const key of SETTING_KEYS) {
    const name = settingVariable(key);
    const text = environment.get(name);
    if (text === undefined || text === "") continue;
    const where = `in ${name}`;
    parseSetting(settings, key, text, { code: "setting", where, place: {} });
  }
  return settings;
}

/**
 * What a config file says, already parsed. An empty file says nothing.
 *
 * @throws {McaError} `setting`, with the field's name.
 */
export function settingsFromConfig(config: JsonValue): PartialSettings {
  const settings: Mutable<PartialSettings> = {};
  if (config === null) return settings;
  if (typeof config !== "object" || Array.isArray(config)) {
    throw new McaError(
      "setting",
      `Expected an object of settings, found ${describeValue(config)}`,
      { hint: "Write one setting a line, such as: proxyPort: 6443" },
    );
  }
  for (const [name, value] of Object.entries(config)) {
    if (!isSettingKey(name)) {
      throw unknownName(name, SETTING_KEYS, (known) => known);
    }
    readSetting(settings, name, value);
  }
  return settings;
}

function readSetting<Key extends SettingKey>(
  target: Mutable<PartialSettings>,
  key: Key,
  value: JsonValue,
): void {
  const { type } = SETTINGS[key];
  const read = type.read(value);
  if (read === undefined) {
    throw new McaError("setting", `Bad value for ${key}`, {
      place: { field: key },
      hint: expectation(type, typeof value === "string" ? value : ""),
    });
  }
  assign(target, key, read);
}

function unknownName(
  name: string,
  names: readonly string[],
  show: (name: string) => string,
  field = name,
): McaError {
  const nearest = nearestWord(name, names);
  return new McaError("setting", `Unknown setting ${show(name)}`, {
    place: { field },
    hint: nearest === undefined
      ? `Known are ${names.map(show).join(", ")}.`
      : `Did you mean ${show(nearest)}?`,
  });
}

const KEY_BY_ANNOTATION: ReadonlyMap<string, SettingKey> = new Map(
  SETTING_KEYS.map((key) => [`${MCA_PREFIX}${settingName(key)}`, key]),
);

/**
 * What a pod's annotations under `mca.k8s.io/` say; the status annotation is
 * no setting.
 *
 * @throws {McaError} `setting` for an unknown annotation or a bad value,
 *   `manifest` for a value that is not a string; with the annotation's name.
 */
export function settingsFromAnnotations(
  annotations: JsonObject | undefined,
): PartialSettings {
  const settings: Mutable<PartialSettings> = {};
  if (annotations === undefined) return settings;
  for (const name in annotations) {
    if (!name.startsWith(MCA_PREFIX) || name === STATUS_ANNOTATION) continue;
    const field = `metadata.annotations[${JSON.stringify(name)}]`;
    const key = KEY_BY_ANNOTATION.get(name);
    if (key === undefined) throw unknownAnnotation(name, field);
    const value = annotations[name];
    if (typeof value !== "string") throw wrongType(field, "a string", value);
    const where = `in annotation ${name}`;
    parseSetting(settings, key, value, {
      code: "setting",
      where,
      place: { field },
    });
  }
  return settings;
}

function unknownAnnotation(name: string, field: string): McaError {
  if (name === INJECT_LABEL) {
    return new McaError("setting", `${name} is a label, not an annotation`, {
      place: { field },
      hint: "Move it to metadata.labels.",
    });
  }
  return unknownName(
    name.slice(MCA_PREFIX.length),
    SETTING_KEYS.map(settingName),
    (known) => `${MCA_PREFIX}${known}`,
    field,
  );
}

/**
 * The settings with what other sources say laid over them; a later source wins,
 * but for the sidecar's extra variables, which are added up.
 *
 * @example
 * ```ts
 * import { DEFAULT_SETTINGS } from "./settings.ts";
 * import { overlaySettings } from "./setting_sources.ts";
 *
 * const settings = overlaySettings(DEFAULT_SETTINGS, { proxyPort: 7443 });
 * console.log(settings.proxyPort); // 7443
 * ```
 */
export function overlaySettings(
  settings: InjectSettings,
  ...layers: readonly PartialSettings[]
): InjectSettings {
  let result = settings;
  for (const layer of layers) {
    const proxyEnv = layer.proxyEnv === undefined
      ? result.proxyEnv
      : { ...result.proxyEnv, ...layer.proxyEnv };
    result = { ...result, ...layer, proxyEnv };
  }
  return result;
}

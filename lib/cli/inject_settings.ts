/**
 * The settings of `mca inject`: from the config file, the environment and the
 * flags, in this order.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { parseDocument } from "../inject/manifest/manifest_document.ts";
import { splitDocuments } from "../inject/manifest/split_documents.ts";
import {
  overlaySettings,
  type PartialSettings,
  settingsFromConfig,
  settingsFromEnvironment,
  settingsFromFlags,
} from "../inject/setting_sources.ts";
import {
  DEFAULT_SETTINGS,
  type InjectSettings,
  SETTING_KEYS,
  settingName,
} from "../inject/settings.ts";
import type { Platform } from "../platform.ts";
import { fileError } from "./inject_inputs.ts";

/** The names of the flags that set something: `proxy-port`. */
export const SETTING_FLAGS: readonly string[] = SETTING_KEYS.map(settingName);

/** The flag that may be given several times; each time one variable, whose value may hold commas. */
const VARIABLES_FLAG = settingName("proxyEnv");

/** The flags' texts; of a flag that was given twice the later one counts. */
function flagTexts(
  given: Readonly<Record<string, readonly string[]>>,
): Record<string, string | undefined> {
  const texts: Record<string, string | undefined> = {};
  for (const name of SETTING_FLAGS) {
    const values = given[name] ?? [];
    texts[name] = name === VARIABLES_FLAG && values.length > 0
      ? joinVariables(values)
      : values.at(-1);
  }
  return texts;
}

function joinVariables(pairs: readonly string[]): string {
  const variables: [string, string][] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 1) {
      throw new McaError(
        "usage",
        `Bad value ${JSON.stringify(pair)} for --${VARIABLES_FLAG}`,
        { hint: "Write it as NAME=VALUE, once for each variable." },
      );
    }
    variables.push([pair.slice(0, equals), pair.slice(equals + 1)]);
  }
  return JSON.stringify(Object.fromEntries(variables));
}

async function readConfig(
  file: string,
  platform: Platform,
): Promise<PartialSettings> {
  let bytes: Uint8Array;
  try {
    bytes = await platform.files.read(file);
  } catch (cause) {
    throw fileError(file, cause);
  }
  let settings: PartialSettings = {};
  for await (const source of splitDocuments([bytes], { file })) {
    const document = parseDocument(source);
    if (document.value === undefined) continue;
    if (source.index > 1) {
      throw new McaError("setting", "Expected one document of settings", {
        place: { file, document: source.index, line: source.startLine },
        hint: "Keep all settings in one document.",
      });
    }
    try {
      settings = settingsFromConfig(document.value);
    } catch (error) {
      if (!(error instanceof McaError)) throw error;
      const { field = "" } = error.place;
      throw error.at({ file, ...document.locate(field && `/${field}`) });
    }
  }
  return settings;
}

/**
 * The settings that hold for a run, before the pods' own annotations.
 *
 * @throws {McaError} `usage`, `setting` or `file`.
 */
export async function readSettings(
  flags: Readonly<Record<string, readonly string[]>>,
  config: string | undefined,
  platform: Platform,
): Promise<InjectSettings> {
  // Flags first: a slip on the command line is told before any file is read.
  const fromFlags = settingsFromFlags(flagTexts(flags));
  const fromEnvironment = settingsFromEnvironment(platform.environment);
  const fromConfig = config === undefined
    ? {}
    : await readConfig(config, platform);
  return overlaySettings(
    DEFAULT_SETTINGS,
    fromConfig,
    fromEnvironment,
    fromFlags,
  );
}

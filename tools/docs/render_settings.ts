import { settingVariable } from "../../lib/inject/setting_sources.ts";
import {
  type SettingDefinition,
  type SettingKey,
  settingName,
} from "../../lib/inject/settings.ts";
import { MCA_PREFIX } from "../../lib/inject/contract.ts";
import { code, markdownTable } from "./table.ts";

type Settings = Readonly<Record<SettingKey, SettingDefinition>>;

function formatDefault(value: unknown): string {
  const text = typeof value === "object" ? "" : String(value);
  return text === "" ? "empty" : code(text);
}

/** The table of settings as the document docs/generated/settings.md. */
export function renderSettings(settings: Settings): string {
  const rows = Object.values(settings).map((setting) => [
    code(settingName(setting.key)),
    `${setting.summary}.`,
    setting.type.expected,
    formatDefault(setting.default),
  ]);
  const [first] = Object.values(settings);
  const key = first?.key ?? "proxyImage";
  return `# Settings of injection

Generated from lib/inject/settings.ts by \`deno task generate\`.

Each setting has four names. For ${code(settingName(key))} they are:

${
    markdownTable(["Where", "Name"], [
      ["annotation on a pod, which wins", code(MCA_PREFIX + settingName(key))],
      ["flag", code(`--${settingName(key)}`)],
      ["environment variable", code(settingVariable(key))],
      ["config file", code(key)],
    ])
  }

An upper row wins over a lower one. An unknown name or a bad value is an error.
[settings.schema.json](settings.schema.json) is the JSON Schema of the config
file.

${markdownTable(["Setting", "What it is", "Value", "Default"], rows)}
`;
}

/** The JSON Schema of the config file, docs/generated/settings.schema.json. */
export function renderSettingsSchema(settings: Settings): string {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "The config file of mca inject",
    type: ["object", "null"],
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.values(settings).map((setting) => [setting.key, {
        description: setting.summary,
        ...setting.type.schema,
        default: setting.default,
      }]),
    ),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

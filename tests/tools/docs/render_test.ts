import assert from "node:assert/strict";
import { REASONS } from "../../../lib/inject/reasons.ts";
import { settingsFromConfig } from "../../../lib/inject/setting_sources.ts";
import { DEFAULT_SETTINGS, SETTINGS } from "../../../lib/inject/settings.ts";
import { isJsonObject } from "../../../lib/kube/json.ts";
import { commandNames, renderCli } from "../../../tools/docs/render_cli.ts";
import { renderReasons } from "../../../tools/docs/render_reasons.ts";
import {
  renderSettings,
  renderSettingsSchema,
} from "../../../tools/docs/render_settings.ts";
import { markdownTable } from "../../../tools/docs/table.ts";

Deno.test("markdownTable() keeps a pipe inside of a cell", () => {
  assert.equal(
    markdownTable(["a", "b"], [["1|2", "3"]]),
    "| a | b |\n| --- | --- |\n| 1\\|2 | 3 |",
  );
});

Deno.test("renderReasons() has each reason once", () => {
  const text = renderReasons(REASONS);
  for (const [code, { sentence, remedy }] of Object.entries(REASONS)) {
    assert.equal(text.split(`| \`${code}\` |`).length, 2, code);
    assert.ok(text.includes(`${sentence}.`), code);
    assert.ok(text.includes(remedy), code);
  }
});

Deno.test("renderSettings() has each setting once", () => {
  const text = renderSettings(SETTINGS);
  for (const { summary } of Object.values(SETTINGS)) {
    assert.equal(text.split(`${summary}.`).length, 2, summary);
  }
  assert.match(text, /`mca\.k8s\.io\/proxy-image`/);
  assert.match(text, /`--proxy-image`/);
  assert.match(text, /`MCA_PROXY_IMAGE`/);
});

Deno.test("renderSettingsSchema() has defaults that the config file may hold", () => {
  const { properties } = JSON.parse(renderSettingsSchema(SETTINGS));
  assert.ok(isJsonObject(properties));
  assert.deepEqual(Object.keys(properties), Object.keys(SETTINGS));
  const config = Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => [
      key,
      isJsonObject(schema) ? schema["default"] ?? null : null,
    ]),
  );
  assert.deepEqual(
    { ...DEFAULT_SETTINGS, ...settingsFromConfig(config) },
    DEFAULT_SETTINGS,
  );
});

Deno.test("commandNames() reads the list of commands and nothing after it", () => {
  assert.deepEqual(
    commandNames(
      "Usage: x\n\nCommands:\n  one  First\n  two  Second\n\n  no\n",
    ),
    ["one", "two"],
  );
  assert.deepEqual(commandNames("Usage: x\n"), []);
});

Deno.test("renderCli() shows each command of each executable", async () => {
  const text = await renderCli([{
    name: "x",
    help: (args) =>
      Promise.resolve(
        args.length === 0
          ? "Usage: x\n\nCommands:\n  one  First\n"
          : `Help of ${args.join()}\n`,
      ),
  }]);
  assert.match(text, /^## x\n\n```text\nUsage: x$/m);
  assert.match(text, /^### x one\n\n```text\nHelp of one\n```$/m);
});

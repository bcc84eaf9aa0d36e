/**
 * The golden files under tests/testdata/inject, found by themselves.
 *
 * A case is `NAME.yaml` or `NAME.json`, with `NAME.flags` where it is injected
 * with flags, and what is expected of it: `NAME.injected.yaml` (or `.json`) and
 * `NAME.report.txt`, or for a failing one `NAME.error.txt` alone. An input that is
 * injected already has `NAME.uninjected.yaml` too.
 */

import { formatError, McaError } from "../../../lib/errors.ts";
import type { Command } from "../../../lib/cli/command.ts";
import { injectCommand } from "../../../lib/cli/inject_command.ts";
import { uninjectCommand } from "../../../lib/cli/uninject_command.ts";
import { parseRunOptions } from "../../../lib/cli/inject_options.ts";
import {
  readSettings,
  SETTING_FLAGS,
} from "../../../lib/cli/inject_settings.ts";
import { STATUS_ANNOTATION } from "../../../lib/inject/contract.ts";
import { parseDocument } from "../../../lib/inject/manifest/manifest_document.ts";
import { splitDocuments } from "../../../lib/inject/manifest/split_documents.ts";
import type { InjectSettings } from "../../../lib/inject/settings.ts";
import { isJsonObject, type JsonValue } from "../../../lib/kube/json.ts";
import { fakePlatform, noSignals } from "../cli/fake_platform.ts";

const FOLDER = new URL("../../testdata/inject/", import.meta.url);

/** One case. */
export interface GoldenCase {
  readonly name: string;
  /** `yaml` or `json`. */
  readonly ending: string;
  readonly input: Uint8Array<ArrayBuffer>;
  readonly flags: readonly string[];
}

/** What came of a case, by the file it is kept in. */
export type GoldenResult = ReadonlyMap<string, string>;

/** Text as its bytes are: a byte order mark is a character too. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function fileNames(): string[] {
  return [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();
}

const INPUT = /^(?<name>[a-z0-9-]+)\.(?<ending>yaml|json)$/;

/** All cases, by name. */
export function goldenCases(): GoldenCase[] {
  const names = fileNames();
  return names.flatMap((file) => {
    const { name, ending } = INPUT.exec(file)?.groups ?? {};
    if (name === undefined || ending === undefined) return [];
    const flags = `${name}.flags`;
    return [{
      name,
      ending,
      input: Deno.readFileSync(new URL(file, FOLDER)),
      flags: names.includes(flags)
        ? Deno.readTextFileSync(new URL(flags, FOLDER)).trim().split("\n")
        : [],
    }];
  });
}

/** The files that are neither an input nor what a case is expected to give. */
export function strayFiles(expected: ReadonlySet<string>): string[] {
  return fileNames().filter((file) =>
    !INPUT.test(file) && !file.endsWith(".flags") && !expected.has(file)
  );
}

/** The content of a golden file; undefined where there is none. */
export function readGolden(file: string): string | undefined {
  try {
    return decode(Deno.readFileSync(new URL(file, FOLDER)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Makes the golden files of a case what it gives now. */
export function updateGolden(name: string, result: GoldenResult): void {
  for (const file of fileNames()) {
    const isGolden = file.startsWith(`${name}.`) && !INPUT.test(file) &&
      !file.endsWith(".flags");
    if (isGolden && !result.has(file)) Deno.removeSync(new URL(file, FOLDER));
  }
  for (const [file, text] of result) {
    Deno.writeTextFileSync(new URL(file, FOLDER), text);
  }
}

/** What a command makes of a manifest. */
export async function run(
  command: Command,
  stdin: string | Uint8Array,
  flags: readonly string[] = [],
): Promise<string> {
  const fake = fakePlatform({ stdin });
  await command.run(flags, fake.platform, noSignals);
  return fake.out();
}

/** Runs a case through the command. */
export async function runCase(golden: GoldenCase): Promise<GoldenResult> {
  const { name, ending, input, flags } = golden;
  const fake = fakePlatform({ stdin: input });
  try {
    await injectCommand.run(flags, fake.platform, noSignals);
    const undone = await run(uninjectCommand, input);
    return new Map([
      [`${name}.injected.${ending}`, fake.out()],
      [`${name}.report.txt`, fake.error()],
      ...(undone === decode(input)
        ? []
        : [[`${name}.uninjected.${ending}`, undone] as const]),
    ]);
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    return new Map([
      [`${name}.error.txt`, `${fake.out()}${formatError("mca", error)}\n`],
    ]);
  }
}

/** The settings that the case's flags ask for. */
export async function settingsOf(
  { flags }: GoldenCase,
): Promise<InjectSettings> {
  const { own } = parseRunOptions("inject", flags, SETTING_FLAGS);
  return await readSettings(own, undefined, fakePlatform().platform);
}

/** The values of a stream's documents. */
export async function valuesOf(
  text: string | Uint8Array,
): Promise<JsonValue[]> {
  const bytes = typeof text === "string"
    ? new TextEncoder().encode(text)
    : text;
  const values: JsonValue[] = [];
  for await (const source of splitDocuments([bytes])) {
    const { value } = parseDocument(source);
    if (value !== undefined) values.push(value);
  }
  return values;
}

/** The value without the bytes that status annotations remember: the library knows no text. */
export function withoutText(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutText);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key !== STATUS_ANNOTATION || typeof item !== "string") {
        return [key, withoutText(item)];
      }
      const { text: _, ...status } = JSON.parse(item);
      return [key, status];
    }),
  );
}

/**
 * `deno run -A tools/generate_docs.ts [--check]`: writes docs/generated from the
 * tables in lib, or, with --check, fails where a file there is not what it would
 * write.
 *
 * @module
 */

import { REASONS } from "../lib/inject/reasons.ts";
import { SETTINGS } from "../lib/inject/settings.ts";
import { executables } from "./docs/executables.ts";
import { renderCli } from "./docs/render_cli.ts";
import { renderMan } from "./docs/render_man.ts";
import { renderReasons } from "./docs/render_reasons.ts";
import { renderRooms } from "./docs/render_rooms.ts";
import {
  renderSettings,
  renderSettingsSchema,
} from "./docs/render_settings.ts";
import { rooms } from "./imports/rooms.ts";

/** One generated document: its name under docs/generated, and its text. */
export interface GeneratedDocument {
  readonly name: string;
  render(): string | Promise<string>;
}

/** Every generated document. */
export const documents: readonly GeneratedDocument[] = [
  { name: "cli.md", render: () => renderCli(executables) },
  ...executables.filter(({ name }) => name === "mca").map((executable) => ({
    name: `${executable.name}.1`,
    render: () => renderMan(executable),
  })),
  { name: "reasons.md", render: () => renderReasons(REASONS) },
  { name: "settings.md", render: () => renderSettings(SETTINGS) },
  {
    name: "settings.schema.json",
    render: () => renderSettingsSchema(SETTINGS),
  },
  { name: "rooms.md", render: () => renderRooms(rooms) },
];

/** The documents that are missing, stale, or left over from an earlier table. */
export async function staleDocuments(
  folder: URL,
  generated: readonly GeneratedDocument[],
): Promise<string[]> {
  const stale: string[] = [];
  for (const document of generated) {
    const text = await readIfThere(new URL(document.name, folder));
    if (text !== await document.render()) stale.push(document.name);
  }
  const names = new Set(generated.map(({ name }) => name));
  for (const name of await listIfThere(folder)) {
    if (!names.has(name)) stale.push(name);
  }
  return stale;
}

/** Makes the folder hold the documents and nothing else. */
export async function writeDocuments(
  folder: URL,
  generated: readonly GeneratedDocument[],
): Promise<void> {
  for (const name of await staleDocuments(folder, generated)) {
    const document = generated.find((candidate) => candidate.name === name);
    if (document === undefined) await Deno.remove(new URL(name, folder));
    else {
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeTextFile(new URL(name, folder), await document.render());
    }
  }
}

async function readIfThere(url: URL): Promise<string | null> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function listIfThere(folder: URL): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder)))
      .map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

if (import.meta.main) {
  const folder = new URL("../docs/generated/", import.meta.url);
  const unknown = Deno.args.find((argument) => argument !== "--check");
  if (unknown !== undefined) {
    console.error(`Unknown argument ${unknown}`);
    console.error("hint: --check only looks; without it they are written");
    Deno.exit(2);
  }
  if (Deno.args.includes("--check")) {
    const stale = await staleDocuments(folder, documents);
    for (const name of stale) {
      console.error(`docs/generated/${name} is not fresh`);
    }
    if (stale.length > 0) {
      console.error("hint: run deno task generate");
    }
    Deno.exit(stale.length === 0 ? 0 : 1);
  }
  await writeDocuments(folder, documents);
}

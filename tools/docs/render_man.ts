import { manPage } from "../../lib/cli/man_page.ts";
import { VERSION } from "../../lib/version.ts";
import { commandNames, type Executable } from "./render_cli.ts";

/** The manual page of an executable, docs/generated/NAME.1. */
export async function renderMan(executable: Executable): Promise<string> {
  const help = await executable.help([]);
  const commands: string[] = [];
  for (const name of commandNames(help)) {
    commands.push(await executable.help([name]));
  }
  return manPage({ name: executable.name, version: VERSION, help, commands });
}

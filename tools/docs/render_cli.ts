/** An executable as the documents show it. */
export interface Executable {
  /** As it is typed: `mca`. */
  readonly name: string;
  /** Its help for the arguments that go before `--help`. */
  help(args: readonly string[]): Promise<string>;
}

/** The names of the commands that a help text lists. */
export function commandNames(help: string): string[] {
  const list = /^Commands:\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? "";
  return [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name = ""]) => name);
}

/** The help of each executable and each of its commands, docs/generated/cli.md. */
export async function renderCli(
  executables: readonly Executable[],
): Promise<string> {
  const sections: string[] = [];
  for (const { name, help } of executables) {
    const own = await help([]);
    sections.push(section(`## ${name}`, own));
    for (const command of commandNames(own)) {
      sections.push(section(`### ${name} ${command}`, await help([command])));
    }
  }
  return `# Command line

Generated from the executables' own help by \`deno task generate\`.

${sections.join("\n")}`;
}

function section(heading: string, text: string): string {
  return `${heading}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}

import type { Executable } from "./render_cli.ts";

const root = new URL("../../", import.meta.url);

/** The released executable that the entry point makes. */
function executable(name: string, entryPoint: string): Executable {
  return {
    name,
    async help(args) {
      const { success, stdout, stderr } = await new Deno.Command(
        Deno.execPath(),
        {
          args: [
            "run",
            "--quiet",
            "--no-check",
            "--import-map=flavors/release.json",
            "-A",
            entryPoint,
            ...args,
            "--help",
          ],
          cwd: root,
        },
      ).output();
      const text = new TextDecoder();
      if (!success) {
        throw new Error(
          `${name} ${args.join(" ")} --help failed:\n${text.decode(stderr)}`,
        );
      }
      return text.decode(stdout);
    },
  };
}

/** The executables of MCA. */
export const executables: readonly Executable[] = [
  executable("mca", "cli.ts"),
  executable("mca-proxy", "proxy.ts"),
  executable("mca-webhook", "webhook.ts"),
];

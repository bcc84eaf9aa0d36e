import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

/** A mention of a Deno release: in a command, a workflow, an image or a text. */
const mention =
  /\b(?:deno@|deno-version:\s*["']?v?|denoland\/deno:(?:bin-)?|DENO_VERSION[=:]\s*["']?v?|Deno )(\d+\.\d+\.\d+)\b/g;

Deno.test(".dvmrc pins the one Deno version that every file mentions", async () => {
  const pinned = (await Deno.readTextFile(new URL(".dvmrc", root))).trim();
  assert.match(pinned, /^\d+\.\d+\.\d+$/);
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  }).output();
  const files = new TextDecoder().decode(stdout).split("\0")
    .filter((file) => file !== "" && !/\.(sum|lock)$/.test(file));
  const mentions: string[] = [];
  for (const file of files) {
    const text = await readIfThere(new URL(file, root));
    for (const [, version] of text.matchAll(mention)) {
      assert.equal(version, pinned, `${file} mentions Deno ${version}`);
      mentions.push(file);
    }
  }
  assert.ok(mentions.includes("README.md"));
});

/** The file's text; none where it was deleted but is still in the index. */
async function readIfThere(url: URL): Promise<string> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

Deno.test(".ci/run takes the Deno version from .dvmrc", async () => {
  const script = await Deno.readTextFile(new URL(".ci/run", root));
  assert.match(script, /npx -y "deno@\$\(cat \.dvmrc\)" task test$/m);
});

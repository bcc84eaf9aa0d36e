/**
 * `deno run --allow-read tools/compile/release_notes.ts VERSION`: what the
 * changelog says of a version; of a development build, what is not released yet.
 *
 * @module
 */

/**
 * The section of a version in a changelog (Keep a Changelog 1.1.0), without its
 * heading.
 *
 * @throws {RangeError} Where there is none, or nothing in it.
 */
export function releaseNotes(changelog: string, version: string): string {
  const section = changelog.split(/^## /m).slice(1)
    .find((text) => text.startsWith(`[${version}]`));
  const notes = section?.replace(/^.*\n/, "").trim() ?? "";
  if (notes !== "") return `${notes}\n`;
  throw new RangeError(`The changelog says nothing of ${version}`);
}

if (import.meta.main) {
  const [version = ""] = Deno.args;
  const changelog = await Deno.readTextFile(
    new URL("../../CHANGELOG.md", import.meta.url),
  );
  const section = version.endsWith("-develop") ? "Unreleased" : version;
  try {
    console.log(releaseNotes(changelog, section).trimEnd());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    console.error("hint: write its section into CHANGELOG.md");
    Deno.exit(1);
  }
}

/**
 * Which commit the sources are.
 *
 * @module
 */

/**
 * The commit that is checked out, with `-dirty` where files differ from it. Null
 * where that is not known: no repository, or no git.
 */
export async function currentCommit(root: URL): Promise<string | null> {
  const commit = await git(["rev-parse", "HEAD"], root);
  if (commit === null || commit === "") return null;
  const changes = await git(
    ["status", "--porcelain", "--untracked-files=no"],
    root,
  );
  return changes === "" ? commit : `${commit}-dirty`;
}

async function git(
  args: readonly string[],
  root: URL,
): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: [...args],
      cwd: root,
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

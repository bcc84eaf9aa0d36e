/** The kubectl that tests run: the pinned one where it is built, else the PATH's. */

import { locateProgram } from "../../cluster/find_program.ts";

/** Its path or name; undefined where there is none. */
export async function findKubectl(): Promise<string | undefined> {
  const pinned = await locateProgram("kubectl");
  if (pinned !== undefined) return pinned;
  try {
    const { success } = await new Deno.Command("kubectl", {
      args: ["version", "--client"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success ? "kubectl" : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

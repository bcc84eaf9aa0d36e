/** The command line of `mca --proxy` in the release flavor, as a container runs it. */

import { join } from "node:path";

const REPOSITORY = join(import.meta.dirname ?? "", "../..");

/** For {@link PodProcess}. */
export const PROXY_COMMAND: readonly [string, ...string[]] = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--no-prompt",
  "--allow-all",
  "--import-map",
  join(REPOSITORY, "flavors/release.json"),
  join(REPOSITORY, "cli.ts"),
  "--proxy",
];

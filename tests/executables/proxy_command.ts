/** The command line of `mca --proxy` as a container runs it: what ships, with its permissions. */

import { shippedCommand } from "../ship/shipped.ts";

/** For {@link PodProcess}. */
export const PROXY_COMMAND: readonly [string, ...string[]] = [
  ...await shippedCommand("mca"),
  "--proxy",
];

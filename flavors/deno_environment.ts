/**
 * Environment variables, from the runtime.
 *
 * @module
 */

import type { Environment } from "../lib/platform.ts";

/** The process's environment. */
export const denoEnvironment: Environment = {
  get: (name) => Deno.env.get(name),
};

/**
 * Go's own reverse proxy, built from the program beside this file.
 *
 * @module
 */

import { join } from "node:path";
import type { PeerKind } from "./peer.ts";
import { preparedProgram, runProgram, versionOf } from "./program.ts";

const MODULE = join(import.meta.dirname ?? "", "reverse_proxy");

/** `httputil.ReverseProxy` with client-go's transport settings. */
export const reverseProxy: PeerKind = {
  name: "ReverseProxy",
  description:
    "Go's httputil.ReverseProxy with client-go's transport settings and a log line per request",
  obstacle: async () =>
    await versionOf("go", ["version"]) === undefined
      ? "there is no Go to build it with: install Go 1.24 or later"
      : undefined,
  build: ({ buildDirectory }) =>
    runProgram("go", [
      "build",
      "-trimpath",
      "-ldflags=-s -w",
      "-o",
      join(buildDirectory, "reverse_proxy"),
      ".",
    ], { cwd: MODULE, env: { CGO_ENABLED: "0", GOTOOLCHAIN: "local" } }),
  prepare: ({ material, originPort, buildDirectory }) =>
    preparedProgram(
      material,
      (port) =>
        Promise.resolve([
          join(buildDirectory, "reverse_proxy"),
          material.directory,
          `https://127.0.0.1:${originPort}`,
          `127.0.0.1:${port}`,
        ]),
    ),
};

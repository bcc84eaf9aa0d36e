/**
 * No proxy at all: what the others are measured against.
 *
 * @module
 */

import type { PeerKind } from "./peer.ts";

/** Clients go to the origin itself, with the real token. */
export const direct: PeerKind = {
  name: "direct",
  description: "no proxy: the client connects to the origin itself",
  obstacle: () => Promise.resolve(undefined),
  build: () => Promise.resolve(),
  prepare: ({ material, originPort }) =>
    Promise.resolve({
      start: () => Promise.resolve(),
      target: () =>
        Promise.resolve({
          port: originPort,
          caCertificate: material.caCertificate,
          token: material.token,
        }),
      pid: undefined,
      log: () => Promise.resolve(""),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};

/** The API server's store. */

import { join } from "node:path";
import { Component } from "./component.ts";

/**
 * Where clients find it: a socket in the control plane's private folder, which
 * is the working directory of both sides. No port to clash, nobody else to read.
 */
export const etcdUrl = "unix://etcd.sock";

const peerUrl = "unix://etcd-peer.sock";

/** Starts etcd. Whoever connects before it is ready tries again. */
export function startEtcd(program: string, directory: string): Component {
  return Component.start({
    name: "etcd",
    program,
    directory,
    args: [
      "--data-dir",
      join(directory, "etcd"),
      "--listen-client-urls",
      etcdUrl,
      "--advertise-client-urls",
      etcdUrl,
      "--listen-peer-urls",
      peerUrl,
      "--initial-advertise-peer-urls",
      peerUrl,
      "--initial-cluster",
      `default=${peerUrl}`,
      // the data need not survive a power failure
      "--unsafe-no-fsync",
    ],
  });
}

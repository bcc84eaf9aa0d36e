/** A network whose writes to the API server a test can hold up. */

import { denoNetwork } from "../../../flavors/deno_network.ts";
import type { Connection, Network } from "../../../lib/platform.ts";
import { octetsToText } from "../../../lib/wire/octets.ts";

/** Holds a write as a server does that has stopped reading. */
export interface HeldWrite {
  readonly network: Network;
  /** Fulfilled when the write is under way. */
  readonly begun: Promise<void>;
  /** Fulfilled when it is over, which is when its connection is closed. */
  readonly ended: Promise<void>;
}

/** Holds up the first write that has `marker` in it, until its connection is closed. */
export function holdWrite(marker: string): HeldWrite {
  let isHeld = false;
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const held = (connection: Connection): Connection => {
    const closed = Promise.withResolvers<void>();
    return {
      read: (buffer) => connection.read(buffer),
      write: async (data) => {
        if (!isHeld && octetsToText(data).includes(marker)) {
          isHeld = true;
          begun.resolve();
          await closed.promise;
          // As with the runtime's own: it fails some time after the close.
          await new Promise((resolve) => setTimeout(resolve));
          ended.resolve();
        }
        return await connection.write(data);
      },
      closeWrite: () => connection.closeWrite(),
      close: () => {
        connection.close();
        closed.resolve();
      },
    };
  };
  return {
    network: {
      listenTls: denoNetwork.listenTls,
      connect: async (options) => held(await denoNetwork.connect(options)),
    },
    begun: begun.promise,
    ended: ended.promise,
  };
}

/** A network whose writes to the API server a test can hold up. */

import { denoNetwork } from "../../../flavors/deno_network.ts";
import type { Connection, Network } from "../../../lib/platform.ts";
import { octetsToText } from "../../../lib/wire/octets.ts";

/** Holds a write as a server does that has stopped reading. */
export interface HeldWrite {
  readonly network: Network;
  /** Fulfilled when the write is under way. */
  readonly begun: Promise<void>;
  /** Lets it go on. */
  release(): void;
}

/** Holds up the first write that has `marker` in it, until it is released or its connection is closed. */
export function holdWrite(marker: string): HeldWrite {
  let isHeld = false;
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const held = (connection: Connection): Connection => {
    const closed = Promise.withResolvers<void>();
    return {
      read: (buffer) => connection.read(buffer),
      write: async (data) => {
        if (!isHeld && octetsToText(data).includes(marker)) {
          isHeld = true;
          begun.resolve();
          await Promise.race([released.promise, closed.promise]);
        }
        return await connection.write(data);
      },
      closeWrite: () => connection.closeWrite(),
      close: () => {
        connection.close();
        // As with the runtime's own: the write fails later than the close returns.
        setTimeout(closed.resolve);
      },
    };
  };
  return {
    network: {
      listenTls: denoNetwork.listenTls,
      connect: async (options) => held(await denoNetwork.connect(options)),
    },
    begun: begun.promise,
    release: () => released.resolve(),
  };
}

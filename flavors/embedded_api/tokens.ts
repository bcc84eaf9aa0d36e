/**
 * Bearer tokens and whose they are.
 *
 * @module
 */

import type { Clock } from "../../lib/platform.ts";
import type { Account } from "./accounts.ts";

/** What tokens are made with. */
export interface TokenEngine {
  readonly crypto: Pick<Crypto, "getRandomValues">;
  readonly clock: Pick<Clock, "now">;
}

interface IssuedToken {
  readonly account: Account;
  /** Milliseconds since the Unix epoch. */
  readonly expires: number;
}

/**
 * The tokens of one embedded API.
 *
 * @example
 * ```ts
 * import { ADMINISTRATOR } from "./accounts.ts";
 * import { TokenRegistry } from "./tokens.ts";
 *
 * const tokens = new TokenRegistry({ crypto, clock: Date });
 * const token = tokens.issue(ADMINISTRATOR);
 * console.log(tokens.find(token)?.username); // kubernetes-admin
 * ```
 */
export class TokenRegistry {
  readonly #issued = new Map<string, IssuedToken>();
  readonly #engine: TokenEngine;

  constructor(engine: TokenEngine) {
    this.#engine = engine;
  }

  /** A new token of 256 random bits; `expires` in milliseconds since the Unix epoch. */
  issue(account: Account, expires = Infinity): string {
    const { crypto } = this.#engine;
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const token = `embedded-${bytes.toHex()}`;
    this.#issued.set(token, { account, expires });
    return token;
  }

  /** Makes a token unknown. */
  revoke(token: string): void {
    this.#issued.delete(token);
  }

  /** Whose token it is; undefined where it is nobody's, or expired. */
  find(token: string): Account | undefined {
    const issued = this.#issued.get(token);
    return issued !== undefined && issued.expires > this.#engine.clock.now()
      ? issued.account
      : undefined;
  }

  /** The account of that name, where it has a token. */
  findByName(username: string): Account | undefined {
    return [...this.#issued.values()]
      .find(({ account }) => account.username === username)?.account;
  }
}

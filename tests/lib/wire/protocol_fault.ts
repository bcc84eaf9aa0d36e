import { ok, strictEqual } from "node:assert/strict";
import {
  ProtocolError,
  type ProtocolStatus,
} from "../../../lib/wire/protocol_error.ts";

/** Holds that `action` throws a {@link ProtocolError} with that status and message. */
export function throwsProtocolError(
  action: () => unknown,
  status: ProtocolStatus,
  says: string,
): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    ok(
      error.message.includes(says),
      `"${error.message}" does not say "${says}"`,
    );
    strictEqual(error.status, status);
    strictEqual(error.code, "protocol");
    return;
  }
  throw new Error(`Nothing was thrown that says "${says}"`);
}

/**
 * The answers that a review can get.
 *
 * @module
 */

import type { McaError } from "../errors.ts";
import type { JsonPatch } from "../kube/json_patch.ts";
import type { AdmissionResponse } from "./admission_review.ts";

/**
 * How many characters of a message are told: it may quote a value of the pod,
 * which can be as long as the pod.
 */
const LONGEST_MESSAGE = 1024;

function short(message: string): string {
  return message.length > LONGEST_MESSAGE
    ? `${message.slice(0, LONGEST_MESSAGE)}…`
    : message;
}

/** Admits the object as it is, and tells the user why where there is a reason to. */
export function admit(...warnings: readonly string[]): AdmissionResponse {
  return warnings.length === 0
    ? { allowed: true }
    : { allowed: true, warnings: warnings.map(short) };
}

/** Admits the object with changes. */
export function admitPatched(patch: JsonPatch): AdmissionResponse {
  return { allowed: true, patch };
}

/** Refuses the object: it could be admitted, but is not to be. */
export function refuse(message: string): AdmissionResponse {
  return {
    allowed: false,
    status: { code: 403, reason: "Forbidden", message: short(message) },
  };
}

/** Refuses the object for a fault in it. */
export function refuseInvalid(error: McaError): AdmissionResponse {
  const { field } = error.place;
  const place = field === undefined ? "" : `${short(field)}: `;
  const hint = error.hint === undefined ? "" : `. ${error.hint}`;
  return {
    allowed: false,
    status: {
      code: 422,
      reason: "Invalid",
      message: `${place}${short(error.message)}${hint}`,
    },
  };
}

/** Refuses a review that cannot be answered: it is not what it has to be. */
export function refuseMalformed(error: McaError): AdmissionResponse {
  const { status } = refuseInvalid(error);
  return {
    allowed: false,
    status: {
      code: 400,
      reason: "BadRequest",
      message: status?.message ?? error.message,
    },
  };
}

/** Refuses the object because of a defect of MCA. What it was stays in the log. */
export function fail(): AdmissionResponse {
  return {
    allowed: false,
    status: {
      code: 500,
      reason: "InternalError",
      message:
        "MCA failed to review the pod; the webhook's log has the details",
    },
  };
}

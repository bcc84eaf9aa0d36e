/**
 * The version of MCA.
 *
 * @module
 */

/** The version of MCA (Semantic Versioning 2.0.0); the same as deno.json's. */
export const VERSION = "0.1.0";

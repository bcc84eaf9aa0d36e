/**
 * The commit of a build. The build step puts a module with the real one in the
 * place of this one.
 *
 * @module
 */

/** The commit that the executable was made from; null where it runs from source. */
export const COMMIT: string | null = null;

/**
 * What is in a bundle, from its source map: the modules that gave it code. One
 * that was left out as unused is not in the map.
 *
 * @module
 */

/** A source map (ECMA-426), as far as it is read here. */
export interface SourceMap {
  readonly sources: readonly string[];
  readonly [field: string]: unknown;
}

/** Reads a source map. */
export function parseSourceMap(json: string): SourceMap {
  return JSON.parse(json);
}

/**
 * The name of a module that does not tell where the bundle was made: its path
 * from the root, or `npm:NAME@VERSION/PATH`.
 *
 * @param source The source as the map names it, relative to the map.
 * @param map The map's own URL.
 * @param root The repository's root, a URL with a final slash.
 */
export function sourceName(source: string, map: URL, root: URL): string {
  const { href } = new URL(source, map);
  if (href.startsWith(root.href)) return href.slice(root.href.length);
  const npm = /\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\/([^/]+)\/(.*)$/.exec(href);
  if (npm !== null) return `npm:${npm[1]}@${npm[2]}/${npm[3]}`;
  return href.slice(href.lastIndexOf("/") + 1);
}

/** The name of a package without version and path; a module's own name otherwise. */
export function ownerName(name: string): string {
  return /^npm:(?:@[^/@]+\/)?[^/@]+/.exec(name)?.[0] ?? name;
}

/** The modules of the bundle that are another executable's business. */
export function foreignModules(
  sources: readonly string[],
  foreign: RegExp | null,
): string[] {
  if (foreign === null) return [];
  const owners = new Set(sources.map(ownerName));
  return [...owners].filter((name) => foreign.test(name));
}

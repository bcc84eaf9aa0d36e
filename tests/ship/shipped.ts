/**
 * The executables as they ship: the bundle with exactly the permissions of the
 * compile step, and no configuration, remote module or package within reach.
 * Only the runtime around them is the plain one.
 */

import { type Bundle, makeBundle } from "../../tools/compile/bundle.ts";
import { BUNDLE_OPTIONS } from "../../tools/compile/compile.ts";
import {
  executableOf,
  permissionsOf,
  v8Option,
} from "../../tools/compile/executables.ts";
import {
  type Permission,
  permissionOptions,
} from "../../tools/compile/permissions.ts";
import { type ExecutableName, targetOf } from "../../tools/compile/targets.ts";

const ROOT = new URL("../../", import.meta.url);

/** The commit that these bundles tell. */
export const SHIPPED_COMMIT = "0123456789abcdef0123456789abcdef01234567";

const bundles = new Map<ExecutableName, Promise<Bundle>>();
let folder: Promise<string> | undefined;

/** The executable's bundle in the release flavor, made once for each test file. */
export function shippedBundle(name: ExecutableName): Promise<Bundle> {
  const known = bundles.get(name);
  if (known !== undefined) return known;
  const bundle = make(name);
  bundles.set(name, bundle);
  return bundle;
}

async function make(name: ExecutableName): Promise<Bundle> {
  folder ??= temporaryFolder();
  return await makeBundle({
    executable: executableOf(name),
    flavor: "release",
    root: ROOT,
    output: new URL(`file://${await folder}/`),
    commit: SHIPPED_COMMIT,
  });
}

/** A directory that goes when the test file has ended. */
async function temporaryFolder(): Promise<string> {
  const path = await Deno.makeTempDir({ prefix: "mca-shipped-" });
  // Others than the owner run what is in it.
  await Deno.chmod(path, 0o755);
  addEventListener("unload", () => Deno.removeSync(path, { recursive: true }));
  return path;
}

/**
 * What the executable may do on this machine.
 *
 * @throws {Error} Where it is not held short.
 */
export function shippedPermissions(
  name: ExecutableName,
): readonly Permission[] {
  const target = targetOf(Deno.build.target);
  const permissions = permissionsOf(executableOf(name), "release", target);
  if (permissions === "all") throw new Error(`${name} may do everything`);
  return permissions;
}

/**
 * The command that runs the executable, to be followed by its arguments.
 *
 * @param permissions Others than its own, for the tests that take some away.
 */
export async function shippedCommand(
  name: ExecutableName,
  permissions: readonly Permission[] = shippedPermissions(name),
): Promise<[string, ...string[]]> {
  const { file } = await shippedBundle(name);
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    ...BUNDLE_OPTIONS,
    v8Option(executableOf(name)),
    ...permissionOptions(permissions),
    file.pathname,
  ];
}

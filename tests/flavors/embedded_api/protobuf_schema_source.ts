/**
 * The protobuf schema of Kubernetes' objects, read out of the Go sources of
 * k8s.io/api: their struct tags say each field's number, wire type and JSON
 * name. Run this file to write it anew:
 *
 *     deno run -A tests/flavors/embedded_api/protobuf_schema_source.ts
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  RESOURCE_TYPES,
  REVIEW_TYPES,
} from "../../../flavors/embedded_api/resource_types.ts";

/** The version of k8s.io/api and k8s.io/apimachinery. */
const VERSION = "v0.37.2";

/** Where the schema is. */
export const SCHEMA_FILE = fileURLToPath(
  new URL(
    "../../../flavors/embedded_api/protobuf_schema.json",
    import.meta.url,
  ),
);

/** By message, then by field number: name and type, as decode_message.ts has them. */
export type ProtobufSchema = Record<string, Record<string, string>>;

/** Types that decode_message.ts knows by itself. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  "metav1.Time": "time",
  "metav1.MicroTime": "microtime",
  "metav1.FieldsV1": "json",
  "runtime.RawExtension": "json",
  "resource.Quantity": "quantity",
  "intstr.IntOrString": "intorstring",
};

const SCALARS: Readonly<Record<string, string>> = {
  string: "string",
  bool: "bool",
  int32: "int",
  int64: "int",
  float64: "double",
  "types.UID": "string",
};

/** The package that a qualifier in Go code names; the schema's own name for it. */
const QUALIFIERS: Readonly<Record<string, string>> = {
  metav1: "meta/v1",
  corev1: "core/v1",
  v1: "core/v1",
  schedulingv1alpha3: "scheduling/v1alpha3",
};

/** What a package declares. */
interface GoPackage {
  readonly structs: ReadonlyMap<string, string>;
  /** What other types are made of. */
  readonly aliases: ReadonlyMap<string, string>;
}

async function moduleCache(): Promise<string> {
  const { stdout } = await new Deno.Command("go", {
    args: ["env", "GOMODCACHE"],
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** The folder of a package; undefined where there is no Go, or not that module. */
async function packageFolder(name: string): Promise<string | undefined> {
  const module = name === "meta/v1"
    ? `k8s.io/apimachinery@${VERSION}/pkg/apis`
    : `k8s.io/api@${VERSION}`;
  try {
    return await Deno.realPath(join(await moduleCache(), module, name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether the sources are on this machine. */
export async function hasSources(): Promise<boolean> {
  return await packageFolder("core/v1") !== undefined &&
    await packageFolder("meta/v1") !== undefined;
}

async function readPackage(name: string): Promise<GoPackage> {
  const folder = await packageFolder(name);
  if (folder === undefined) throw new Error(`No sources of ${name}`);
  const structs = new Map<string, string>();
  const aliases = new Map<string, string>();
  for await (const { name: file } of Deno.readDir(folder)) {
    if (!file.endsWith(".go") || file.endsWith("_test.go")) continue;
    const text = await Deno.readTextFile(join(folder, file));
    for (
      const [, type, body] of text.matchAll(
        /^type (\w+) struct \{\n([\s\S]*?)^\}/gm,
      )
    ) {
      structs.set(type ?? "", body ?? "");
    }
    for (
      const [, type, of] of text.matchAll(
        /^type (\w+) (?!struct\b|interface\b)(\S+)/gm,
      )
    ) {
      aliases.set(type ?? "", of ?? "");
    }
  }
  return { structs, aliases };
}

/** Reads messages as they are needed. */
class SchemaReader {
  readonly schema: ProtobufSchema = {};
  readonly #packages = new Map<string, GoPackage>();

  async read(packageName: string, type: string): Promise<void> {
    const id = `${packageName}.${type}`;
    if (id in this.schema) return;
    const fields: Record<string, string> = {};
    this.schema[id] = fields;
    const source = (await this.#package(packageName)).structs.get(type);
    if (source === undefined) throw new Error(`No struct ${id}`);
    const lines = source.matchAll(
      /^\t(?:(?<name>\w+)\s+)?(?<type>\S+)\s+`(?<tags>[^`]*protobuf:[^`]*)`/gm,
    );
    for (const { groups = {} } of lines) {
      const { type: goType = "", tags = "" } = groups;
      const number = /protobuf:"\w+,(\d+)/.exec(tags)?.[1];
      const json = /json:"([^"]*)"/.exec(tags)?.[1];
      if (number === undefined || json === undefined) continue;
      const [name = "", ...options] = json.split(",");
      if (name === "-") continue;
      const resolved = await this.#resolve(packageName, goType);
      const keepsZero = !resolved.endsWith("?") &&
        !options.includes("omitempty") && name !== "";
      fields[number] = `${name} ${resolved}${keepsZero ? "!" : ""}`;
    }
  }

  async #package(name: string): Promise<GoPackage> {
    const known = this.#packages.get(name) ?? await readPackage(name);
    this.#packages.set(name, known);
    return known;
  }

  async #resolve(packageName: string, goType: string): Promise<string> {
    if (goType.startsWith("*")) {
      return `${await this.#resolve(packageName, goType.slice(1))}?`;
    }
    if (goType === "[]byte") return "bytes";
    if (goType.startsWith("[]")) {
      return `[]${await this.#resolve(packageName, goType.slice(2))}`;
    }
    const map = /^map\[[\w.]+\](.+)$/.exec(goType)?.[1];
    if (map !== undefined) return `{}${await this.#resolve(packageName, map)}`;
    return SCALARS[goType] ?? await this.#named(packageName, goType);
  }

  async #named(packageName: string, goType: string): Promise<string> {
    const [qualifier, name] = goType.includes(".")
      ? goType.split(".", 2)
      : [undefined, goType];
    const home = qualifier === undefined ? packageName : QUALIFIERS[qualifier];
    const wellKnown = home === "meta/v1"
      ? WELL_KNOWN[`metav1.${name}`]
      : WELL_KNOWN[goType];
    if (wellKnown !== undefined) return wellKnown;
    if (home === undefined || name === undefined) {
      throw new Error(`Unknown type ${goType} in ${packageName}`);
    }
    const alias = (await this.#package(home)).aliases.get(name);
    // A named list is a message of its own; a named map is not.
    if (alias === "[]string") return "strings";
    if (alias !== undefined) return await this.#resolve(home, alias);
    await this.read(home, name);
    return `${home}.${name}`;
  }
}

/** The folder of an API group's package in k8s.io/api. */
function packageOf(group: string, version: string): string {
  return `${group.split(".")[0] || "core"}/${version}`;
}

/** The schema of all kinds that are served, and of what accompanies requests. */
export async function readSchema(): Promise<ProtobufSchema> {
  const reader = new SchemaReader();
  for (const type of [...RESOURCE_TYPES, ...REVIEW_TYPES]) {
    await reader.read(
      packageOf(type.group, type.version).replace("rbac.", ""),
      type.kind,
    );
  }
  await reader.read("authentication/v1", "TokenRequest");
  await reader.read("meta/v1", "DeleteOptions");
  return reader.schema;
}

if (import.meta.main) {
  const schema = await readSchema();
  await Deno.writeTextFile(SCHEMA_FILE, `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`${Object.keys(schema).length} messages`);
}

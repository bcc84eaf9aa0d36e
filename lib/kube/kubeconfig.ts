/**
 * kubeconfig files, merged as kubectl merges them (Kubernetes documentation,
 * "Organizing Cluster Access Using kubeconfig Files").
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { fault, type KubeconfigEntry, text } from "./kubeconfig_entry.ts";

/** A parsed kubeconfig file. */
export interface KubeconfigFile {
  /** The path as the user would write it. */
  readonly path: string;
  readonly content: unknown;
}

/** What a context is made of. */
export interface KubeconfigContext {
  readonly name: string;
  readonly cluster: KubeconfigEntry;
  /** Undefined where the context names none: requests go out without credentials. */
  readonly user: KubeconfigEntry | undefined;
  /** `default` unless the context says. */
  readonly namespace: string;
}

/** The lists of a kubeconfig, and the field in their entries. */
const LISTS = [
  { list: "clusters", entry: "cluster" },
  { list: "contexts", entry: "context" },
  { list: "users", entry: "user" },
] as const;

type ListName = (typeof LISTS)[number]["list"];

const CONTEXT_HINT =
  "Name one in MCA_K8S_CTX, or choose the current one: kubectl config use-context NAME";

/**
 * The context of that name, or the current one, out of one or more files. As
 * in kubectl the first file that has an entry or a current context wins.
 *
 * @throws {McaError} `kubeconfig`, with a hint: a file is no kubeconfig, the
 * context is not there (the message lists those that are), or names a cluster
 * or user that is not there.
 *
 * @example
 * ```ts
 * import { selectContext } from "./kubeconfig.ts";
 *
 * const context = selectContext([{
 *   path: "config",
 *   content: {
 *     "current-context": "a",
 *     contexts: [{ name: "a", context: { cluster: "b" } }],
 *     clusters: [{ name: "b", cluster: { server: "https://10.0.0.1" } }],
 *   },
 * }]);
 * console.log(context.cluster.name, context.namespace); // b default
 * ```
 */
export function selectContext(
  files: readonly KubeconfigFile[],
  contextName?: string,
): KubeconfigContext {
  const entries = readEntries(files);
  const name = contextName ?? currentContext(files);
  const context = name === undefined ? undefined : entries.contexts.get(name);
  if (name === undefined || context === undefined) {
    throw noContext(name, [...entries.contexts.keys()]);
  }
  const cluster = text(context, "cluster");
  const user = text(context, "user");
  return {
    name,
    cluster: referenced(entries.clusters, context, "cluster", cluster ?? ""),
    user: user === undefined
      ? undefined
      : referenced(entries.users, context, "user", user),
    namespace: text(context, "namespace") ?? "default",
  };
}

type Entries = Readonly<Record<ListName, ReadonlyMap<string, KubeconfigEntry>>>;

function readEntries(files: readonly KubeconfigFile[]): Entries {
  const entries = {
    clusters: new Map<string, KubeconfigEntry>(),
    contexts: new Map<string, KubeconfigEntry>(),
    users: new Map<string, KubeconfigEntry>(),
  };
  for (const { path, content } of files) {
    const document = readDocument(path, content);
    for (const { list, entry } of LISTS) {
      for (const found of readList(path, document, list, entry)) {
        if (!entries[list].has(found.name)) {
          entries[list].set(found.name, found);
        }
      }
    }
  }
  return entries;
}

/** An empty file is an empty kubeconfig, as for kubectl. */
function readDocument(file: string, content: unknown): JsonObject {
  if (content === null || content === undefined) return {};
  if (!isJsonObject(content)) {
    throw malformed(file, "", "Expected a kubeconfig: a mapping of fields");
  }
  return content;
}

function* readList(
  file: string,
  document: JsonObject,
  list: ListName,
  entry: string,
): Generator<KubeconfigEntry> {
  const items = document[list] ?? [];
  if (!Array.isArray(items)) throw malformed(file, list, "Expected a list");
  for (const [index, item] of items.entries()) {
    const place = `${list}[${index}]`;
    const name = isJsonObject(item) ? item["name"] : undefined;
    if (!isJsonObject(item) || typeof name !== "string") {
      throw malformed(file, place, "Expected an entry with a name");
    }
    const value = item[entry] ?? {};
    if (!isJsonObject(value)) {
      throw malformed(
        file,
        `${place}.${entry}`,
        "Expected a mapping of fields",
      );
    }
    yield { name, file, field: `${place}.${entry}`, value };
  }
}

function currentContext(files: readonly KubeconfigFile[]): string | undefined {
  for (const { path, content } of files) {
    const name = readDocument(path, content)["current-context"];
    if (typeof name === "string" && name !== "") return name;
  }
  return undefined;
}

function referenced(
  entries: ReadonlyMap<string, KubeconfigEntry>,
  context: KubeconfigEntry,
  kind: "cluster" | "user",
  name: string,
): KubeconfigEntry {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  throw fault(
    context,
    name === ""
      ? `The context ${context.name} names no ${kind}`
      : `There is no ${kind} named ${name}`,
    {
      field: kind,
      hint: `There ${listing(`${kind}s`, [...entries.keys()])}.`,
    },
  );
}

function noContext(
  name: string | undefined,
  names: readonly string[],
): McaError {
  const there = listing("contexts", names);
  return new McaError(
    "kubeconfig",
    name === undefined
      ? `No context is chosen; there ${there}`
      : `There is no context named ${name}; there ${there}`,
    { hint: CONTEXT_HINT },
  );
}

function listing(kinds: string, names: readonly string[]): string {
  return names.length === 0
    ? `are no ${kinds}`
    : `are these ${kinds}: ${names.join(", ")}`;
}

function malformed(file: string, field: string, message: string): McaError {
  return new McaError("kubeconfig", message, {
    place: { file, ...(field === "" ? {} : { field }) },
    hint: "Look at it with: kubectl config view",
  });
}

/**
 * Putting objects and lists into the form that the client negotiated.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 * @module
 */

import type { JsonObject, JsonValue } from "../../lib/kube/json.ts";
import type { ObjectTarget } from "./api_context.ts";
import { objectAt } from "../../lib/kube/object_fields.ts";
import { listBody, type ObjectList } from "./list_objects.ts";
import type { AnswerForm } from "./media_types.ts";
import type { ResourceType } from "./resource_types.ts";
import { columnsOf } from "./table_columns.ts";

/** What a form depends on besides the objects. */
export interface FormOptions {
  readonly form: AnswerForm;
  /** What a table's rows hold: `None`, `Metadata` or `Object`. */
  readonly includeObject: string;
  /** Milliseconds since the Unix epoch, for ages. */
  readonly now: number;
}

const META_VERSION = "meta.k8s.io/v1";

function metadataOf(object: JsonObject): JsonObject {
  return {
    kind: "PartialObjectMetadata",
    apiVersion: META_VERSION,
    metadata: objectAt(object, "metadata"),
  };
}

/** What a row of a table carries besides its cells. */
const ROW_OBJECTS: Readonly<
  Record<string, (object: JsonObject) => JsonObject>
> = {
  None: () => ({}),
  Object: (object) => ({ object }),
};

function tableOf(
  type: ResourceType,
  metadata: JsonObject,
  objects: readonly JsonObject[],
  options: FormOptions,
  hasHeaders = true,
): JsonObject {
  const columns = columnsOf(type.plural);
  const rowObject = ROW_OBJECTS[options.includeObject] ??
    ((object: JsonObject) => ({ object: metadataOf(object) }));
  const definitions: JsonValue[] = columns.map((column) => ({
    name: column.name,
    type: column.type,
    format: column.format,
    description: "",
    priority: column.priority,
  }));
  return {
    kind: "Table",
    apiVersion: META_VERSION,
    metadata,
    columnDefinitions: hasHeaders ? definitions : [],
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      ...rowObject(object),
    })),
  };
}

/** One object in the form asked for. `hasHeaders`: a table names its columns. */
export function formObject(
  { type }: ObjectTarget,
  object: JsonObject,
  options: FormOptions,
  hasHeaders = true,
): JsonObject {
  if (options.form === "metadata") return metadataOf(object);
  if (options.form !== "table") return object;
  const { resourceVersion = "" } = objectAt(object, "metadata");
  return tableOf(type, { resourceVersion }, [object], options, hasHeaders);
}

/** A list in the form asked for. */
export function formList(
  target: ObjectTarget,
  list: ObjectList,
  options: FormOptions,
): JsonObject {
  if (options.form === "table") {
    return tableOf(target.type, list.metadata, list.items, options);
  }
  if (options.form === "metadata") {
    return {
      kind: "PartialObjectMetadataList",
      apiVersion: META_VERSION,
      metadata: list.metadata,
      items: list.items.map(metadataOf),
    };
  }
  return listBody(target, list);
}

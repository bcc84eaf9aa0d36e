/**
 * What each verb does for a request, and how its result is answered.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../../lib/kube/json.ts";
import { formList, formObject, type FormOptions } from "./answer_forms.ts";
import {
  type ApiContext,
  type ObjectTarget,
  storedObject,
  type WriteOptions,
} from "./api_context.ts";
import { badRequest, methodNotAllowed } from "./api_error.ts";
import {
  type ApiAnswer,
  type ApiRequest,
  contentType,
  decodeBody,
  isSet,
  jsonAnswer,
  readBody,
} from "./api_request.ts";
import { replaceObject } from "./change_object.ts";
import { createObject } from "./create_object.ts";
import { deleteObject, type DeleteOptions } from "./delete_object.ts";
import { objectAt, textAt } from "../../lib/kube/object_fields.ts";
import { listBody, listObjects, type ListOptions } from "./list_objects.ts";
import { checkPatchType, patchObject } from "./patch_object.ts";
import { prepareWatch } from "./watch_objects.ts";

/** A request for a resource, understood. */
export interface ResourceCall {
  readonly context: ApiContext;
  readonly request: ApiRequest;
  readonly target: ObjectTarget;
  readonly query: URLSearchParams;
  readonly form: FormOptions;
}

/** Does a verb. */
export type Operation = (call: ResourceCall) => ApiAnswer | Promise<ApiAnswer>;

function writeOptions({ request, query }: ResourceCall): WriteOptions {
  const agent = request.headers.first("user-agent") ?? "unknown";
  return {
    dryRun: query.getAll("dryRun").includes("All"),
    // As kube-apiserver: the program's name out of the User-Agent.
    manager: query.get("fieldManager") ?? agent.split("/")[0] ?? agent,
  };
}

function listOptions({ query, target }: ResourceCall): ListOptions {
  const limit = query.get("limit") ?? "";
  if (!/^[0-9]{0,15}$/.test(limit)) {
    throw badRequest(`invalid limit: ${JSON.stringify(limit)}`);
  }
  // Only the old form of a watch, /watch/pods/NAME, has a name here.
  const byName = target.name === "" ? [] : [`metadata.name=${target.name}`];
  const bySelector = query.get("fieldSelector") ?? "";
  return {
    labelSelector: query.get("labelSelector") ?? "",
    fieldSelector: [...byName, bySelector].filter((part) => part !== "")
      .join(","),
    limit: Number(limit),
    continueToken: query.get("continue") ?? "",
    resourceVersion: query.get("resourceVersion") ?? "",
    resourceVersionMatch: query.get("resourceVersionMatch") ?? "",
  };
}

async function sentObject(call: ResourceCall): Promise<JsonObject> {
  const sent = await readBody(call.request);
  if (isJsonObject(sent)) return sent;
  throw badRequest("Expected the body to be an object");
}

function objectAnswer(
  { target, form }: ResourceCall,
  object: JsonObject,
  code = 200,
): ApiAnswer {
  return jsonAnswer(formObject(target, object, form), code);
}

async function deleteOptions(call: ResourceCall): Promise<DeleteOptions> {
  const sent = call.request.body.length === 0 ? {} : await sentObject(call);
  const dryRun = sent["dryRun"];
  const options = writeOptions(call);
  return {
    ...options,
    dryRun: options.dryRun || Array.isArray(dryRun) && dryRun.includes("All"),
    preconditions: objectAt(sent, "preconditions"),
  };
}

function watch(call: ResourceCall): ApiAnswer {
  const { context, target, query, form } = call;
  const initial = query.get("sendInitialEvents");
  const options = {
    ...listOptions(call),
    sendInitialEvents: initial === null
      ? undefined
      : isSet(query, "sendInitialEvents"),
    allowBookmarks: isSet(query, "allowWatchBookmarks"),
    timeoutSeconds: Number(query.get("timeoutSeconds") ?? "0") || 0,
  };
  const start = prepareWatch(context, target, options);
  return {
    kind: "watch",
    start: (sink) => {
      let isFirst = true;
      return start({
        end: () => sink.end(),
        send: ({ type, object }) => {
          const formed = type === "ERROR" ? object : formObject(
            target,
            object,
            { ...form, now: context.clock.now() },
            isFirst,
          );
          isFirst = false;
          sink.send({ type, object: formed });
        },
      });
    },
  };
}

/** By API verb. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  get: (call) => objectAnswer(call, storedObject(call.context, call.target)),
  list: (call) => {
    const { context, target, form } = call;
    const list = listObjects(context, target, listOptions(call));
    return jsonAnswer(formList(target, list, form));
  },
  watch,
  create: async (call) => {
    if (call.target.name !== "") throw methodNotAllowed();
    const sent = await sentObject(call);
    const { context, target } = call;
    const object = createObject(context, target, sent, writeOptions(call));
    return objectAnswer(call, object, 201);
  },
  update: async (call) => {
    const sent = await sentObject(call);
    const { context, target } = call;
    return objectAnswer(
      call,
      replaceObject(context, target, sent, writeOptions(call)),
    );
  },
  patch: async (call) => {
    const { context, target, request, query } = call;
    checkPatchType(contentType(request));
    const patch = await decodeBody(request);
    const { object, isNew } = patchObject(
      context,
      target,
      contentType(request),
      patch,
      {
        ...writeOptions(call),
        force: isSet(query, "force"),
        hasManager: query.has("fieldManager"),
      },
    );
    return objectAnswer(call, object, isNew ? 201 : 200);
  },
  delete: async (call) => {
    const { context, target } = call;
    const options = await deleteOptions(call);
    const { object, isGone } = deleteObject(context, target, options);
    return isGone
      ? jsonAnswer(deletedStatus(target, object))
      : objectAnswer(call, object);
  },
  deletecollection: async (call) => {
    const { context, target } = call;
    const options = await deleteOptions(call);
    const list = listObjects(context, target, listOptions(call));
    for (const object of list.items) {
      const name = textAt(object, "metadata", "name");
      deleteObject(context, { ...target, name }, options);
    }
    return jsonAnswer(listBody(target, list));
  },
};

function deletedStatus({ type }: ObjectTarget, object: JsonObject): JsonObject {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: textAt(object, "metadata", "name"),
      ...(type.group === "" ? {} : { group: type.group }),
      kind: type.plural,
      uid: textAt(object, "metadata", "uid"),
    },
  };
}

/**
 * Watches: from a revision on, or with the present state first.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
 * @module
 */

import type { JsonObject } from "../../lib/kube/json.ts";
import type { ApiContext, ObjectTarget } from "./api_context.ts";
import { expired, invalidKind } from "./api_error.ts";
import { objectAt } from "../../lib/kube/object_fields.ts";
import { type ListOptions, parseRevision, selectorOf } from "./list_objects.ts";
import { type Change, HistoryGoneError } from "./object_store.ts";
import { apiVersionOf } from "./resource_types.ts";
import type { Selector } from "./selectors.ts";

/** What a client asked for. */
export interface WatchOptions extends
  Pick<
    ListOptions,
    | "labelSelector"
    | "fieldSelector"
    | "resourceVersion"
    | "resourceVersionMatch"
  > {
  /** Undefined where the parameter is absent. */
  readonly sendInitialEvents: boolean | undefined;
  readonly allowBookmarks: boolean;
  /** 0: no end. */
  readonly timeoutSeconds: number;
}

/** One event of a watch. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: JsonObject;
}

/** Where events go. */
export interface WatchSink {
  send(event: WatchEvent): void;
  /** Nothing more will come. */
  end(): void;
}

/** How long a watch stays without an event before a bookmark, in milliseconds. */
const BOOKMARK_INTERVAL = 60_000;

/** 422 where options do not go together. */
function checkOptions(options: WatchOptions): void {
  const { sendInitialEvents, resourceVersionMatch } = options;
  const isAlone = sendInitialEvents === undefined &&
    resourceVersionMatch !== "";
  const isWrong = sendInitialEvents !== undefined &&
    resourceVersionMatch !== "NotOlderThan";
  if (!isAlone && !isWrong) return;
  const why = isAlone
    ? "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
    : "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
  throw invalidKind("meta.k8s.io", "ListOptions", "", [{
    field: "resourceVersionMatch",
    reason: "FieldValueForbidden",
    message: `Forbidden: ${why}`,
  }]);
}

/**
 * Prepares a watch. The returned function starts it: what is due at once is
 * sent before that returns, the rest as it happens; and it gives back what
 * ends the watch. It does not throw: the answer has begun by then.
 *
 * @throws {ApiError} 400 or 422.
 */
export function prepareWatch(
  context: ApiContext,
  target: ObjectTarget,
  options: WatchOptions,
): (sink: WatchSink) => () => void {
  checkOptions(options);
  const revision = parseRevision(options.resourceVersion);
  const selects = selectorOf(target, options);
  return (sink) => {
    const watch = new Watch(context, target, options, selects, sink);
    watch.start(revision);
    return () => watch.stop();
  };
}

class Watch {
  readonly #context: ApiContext;
  readonly #target: ObjectTarget;
  readonly #options: WatchOptions;
  readonly #sink: WatchSink;
  readonly #selects: Selector;
  #cancelBookmark = (): void => {};
  #cancelTimeout = (): void => {};
  #unsubscribe = (): void => {};
  #stopped = false;

  constructor(
    context: ApiContext,
    target: ObjectTarget,
    options: WatchOptions,
    selects: Selector,
    sink: WatchSink,
  ) {
    this.#context = context;
    this.#target = target;
    this.#options = options;
    this.#sink = sink;
    this.#selects = selects;
  }

  start(revision: number): void {
    const { sendInitialEvents, resourceVersion, timeoutSeconds } =
      this.#options;
    const wantsState = sendInitialEvents ??
      (resourceVersion === "" || resourceVersion === "0");
    if (wantsState) this.#sendState();
    else if (revision > 0 && !this.#replay(revision)) return;
    this.#unsubscribe = this.#context.store.subscribe((change) => {
      if (change.revision > revision) this.#report(change);
    });
    if (timeoutSeconds > 0) {
      this.#cancelTimeout = this.#context.clock.after(
        timeoutSeconds * 1000,
        () => this.#finish(),
      );
    }
    this.#scheduleBookmark();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
    this.#cancelTimeout();
    this.#cancelBookmark();
  }

  #finish(): void {
    if (this.#options.allowBookmarks) this.#sendBookmark({});
    this.stop();
    this.#sink.end();
  }

  #sendState(): void {
    const { type, namespace } = this.#target;
    const { store } = this.#context;
    for (
      const { object } of store.list(
        type,
        namespace === "" ? undefined : namespace,
      )
    ) {
      if (this.#selects(object)) this.#sink.send({ type: "ADDED", object });
    }
    if (
      this.#options.sendInitialEvents === true && this.#options.allowBookmarks
    ) {
      this.#sendBookmark({ "k8s.io/initial-events-end": "true" });
    }
  }

  /** Sends what happened after a revision; false where that is forgotten. */
  #replay(revision: number): boolean {
    try {
      for (const change of this.#context.store.changesAfter(revision)) {
        this.#report(change);
      }
      return true;
    } catch (error) {
      if (!(error instanceof HistoryGoneError)) throw error;
      this.#sink.send({
        type: "ERROR",
        object: expired(
          `too old resource version: ${revision} (${error.oldest})`,
        ).status,
      });
      this.stop();
      this.#sink.end();
      return false;
    }
  }

  #report(change: Change): void {
    const { type, namespace } = this.#target;
    if (this.#stopped || change.resource !== type) return;
    if (namespace !== "" && change.namespace !== namespace) return;
    const event = selectedEvent(change, this.#selects);
    if (event === undefined) return;
    this.#sink.send(event);
    this.#scheduleBookmark();
  }

  #scheduleBookmark(): void {
    if (!this.#options.allowBookmarks || this.#stopped) return;
    this.#cancelBookmark();
    this.#cancelBookmark = this.#context.clock.after(BOOKMARK_INTERVAL, () => {
      this.#sendBookmark({});
      this.#scheduleBookmark();
    });
  }

  #sendBookmark(annotations: JsonObject): void {
    const { type } = this.#target;
    this.#sink.send({
      type: "BOOKMARK",
      object: {
        kind: type.kind,
        apiVersion: apiVersionOf(type),
        metadata: {
          resourceVersion: String(this.#context.store.revision),
          creationTimestamp: null,
          ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
        },
      },
    });
  }
}

/** A change as somebody sees it who sees only the selected objects. */
function selectedEvent(
  change: Change,
  selects: Selector,
): WatchEvent | undefined {
  const { object, previous } = change;
  const was = previous !== undefined && selects(previous);
  const is = change.type !== "DELETED" && selects(object);
  if (is) return { type: was ? "MODIFIED" : "ADDED", object };
  if (!was) return undefined;
  // The last state that was selected, with the revision at which it left.
  return {
    type: "DELETED",
    object: {
      ...previous,
      metadata: {
        ...objectAt(previous, "metadata"),
        resourceVersion: String(change.revision),
      },
    },
  };
}

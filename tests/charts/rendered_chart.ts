/** The objects of one rendering, by what they are. */

import type { JsonObject } from "../../lib/kube/json.ts";
import { objectAt, objectsAt, textAt, textsAt } from "./object_path.ts";

/** One rendering of the chart. */
export class RenderedChart {
  readonly objects: readonly JsonObject[];

  constructor(objects: readonly JsonObject[]) {
    this.objects = objects;
  }

  /** All of a kind. */
  all(kind: string): JsonObject[] {
    return this.objects.filter((object) => object["kind"] === kind);
  }

  /** The one of a kind; empty where there is none, or more. */
  one(kind: string): JsonObject {
    const [object = {}, ...others] = this.all(kind);
    return others.length === 0 ? object : {};
  }

  /** The webhooks of the configuration. */
  get webhooks(): JsonObject[] {
    return objectsAt(this.one("MutatingWebhookConfiguration"), "webhooks");
  }

  /** What the Deployment makes pods of. */
  get template(): JsonObject {
    return objectAt(this.one("Deployment"), "spec", "template");
  }

  /** The webhook's container. */
  get container(): JsonObject {
    return objectAt(this.template, "spec", "containers", 0);
  }

  /** Its variables; what is taken from elsewhere is empty. */
  get environment(): Record<string, string> {
    return Object.fromEntries(
      objectsAt(this.container, "env").map((entry) => [
        textAt(entry, "name"),
        textAt(entry, "value"),
      ]),
    );
  }

  /** The labels of the webhook's pods. */
  get podLabels(): Record<string, string> {
    return textsAt(this.template, "metadata", "labels");
  }
}

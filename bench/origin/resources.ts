/**
 * What the origin serves: the paths of a Kubernetes API, with bodies of known
 * length.
 *
 * @module
 */

const namespacePath = "/api/v1/namespaces/default";

/** What a GET answers with, by name. Octets. */
export const RESOURCES = {
  /** A single object. */
  small: { path: `${namespacePath}/configmaps/small`, length: 1_228 },
  /** A list of some hundred objects. */
  medium: { path: `${namespacePath}/configmaps`, length: 122_880 },
  /** A list of a large cluster's pods. */
  large: { path: "/api/v1/pods", length: 10_485_760 },
} as const;

/** A name in {@link RESOURCES}. */
export type ResourceName = keyof typeof RESOURCES;

/** Takes a body of any length and answers 201 with the small one's. */
export const UPLOAD_PATH = `${namespacePath}/configmaps`;

/** Switches to a tunnel that gives back what it gets. */
export const EXEC_PATH = `${namespacePath}/pods/app/exec?command=cat`;

/** A watch that gets the events of that number. */
export function watchPath(id: number): string {
  return `${namespacePath}/configmaps?watch=true&resourceVersion=${id}`;
}

/** A request to send one event to one watch, or to `all`. Goes to the origin itself. */
export function emitPath(id: number | "all"): string {
  return `/emit/${id}`;
}

/** A body of exactly that length: JSON that looks like what an API server sends. */
export function bodyText(length: number): string {
  const head = '{"kind":"ConfigMapList","apiVersion":"v1","items":[{"data":"';
  const tail = '"}]}\n';
  const room = length - head.length - tail.length;
  const filler = "apiVersion: v1, kind: ConfigMap, metadata.name: settings-";
  return head +
    filler.repeat(Math.ceil(room / filler.length)).slice(0, room) + tail;
}

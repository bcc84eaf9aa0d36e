/** Changes that all clients watch. */

import type { Cluster } from "../cluster.ts";

/** How the changes look to a watch, the namespace's own ConfigMap first. */
export const CHANGES: readonly string[] = [
  "add kube-root-ca.crt",
  "add one",
  "add two",
  "add last",
  "update two",
  "update two",
  "delete one",
  "delete last",
];

/** Makes, changes and deletes ConfigMaps, the one of the name "last" in the end. */
export async function changeMaps(
  cluster: Cluster,
  namespace: string,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  for (const name of ["one", "two", "last"]) {
    const body = {
      metadata: { name },
      // An event takes more than one TLS record.
      data: { size: "x".repeat(40_000), id: crypto.randomUUID() },
    };
    await cluster.request("POST", path, { body });
  }
  for (const value of ["a", "b"]) {
    await cluster.request("PATCH", `${path}/two`, {
      contentType: "application/merge-patch+json",
      body: { data: { value } },
    });
  }
  for (const name of ["one", "last"]) {
    await cluster.request("DELETE", `${path}/${name}`);
  }
}

/** Makes ConfigMaps for some pages. */
export async function makeMaps(
  cluster: Cluster,
  namespace: string,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  for (let index = 0; index < 20; index++) {
    const name = `map-${index}`;
    const data = { text: "x".repeat(index * 1000) };
    await cluster.request("POST", path, { body: { metadata: { name }, data } });
  }
}

/** Opens for as many as have to arrive before. */
export class Gate {
  readonly #opened = Promise.withResolvers<void>();
  #missing: number;

  constructor(count: number) {
    this.#missing = count;
  }

  /** Resolves when all have arrived. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** One more has arrived. */
  arrive(): void {
    if (--this.#missing === 0) this.#opened.resolve();
  }
}

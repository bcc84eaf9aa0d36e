import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { formatError, McaError } from "../../../lib/errors.ts";
import {
  type KubeconfigFile,
  selectContext,
} from "../../../lib/kube/kubeconfig.ts";

const ONE: KubeconfigFile = {
  path: "/one/config",
  content: {
    "current-context": "first",
    contexts: [
      { name: "first", context: { cluster: "c", user: "u" } },
      { name: "anonymous", context: { cluster: "c", namespace: "shop" } },
      { name: "lost", context: { cluster: "gone", user: "u" } },
      { name: "nobody", context: { cluster: "c", user: "gone" } },
      { name: "empty", context: {} },
    ],
    clusters: [{ name: "c", cluster: { server: "https://one" } }],
    users: [{ name: "u", user: { token: "secret-one" } }],
  },
};

const TWO: KubeconfigFile = {
  path: "/two/config",
  content: {
    "current-context": "second",
    contexts: [
      { name: "first", context: { cluster: "c2", user: "u2" } },
      { name: "second", context: { cluster: "c2", user: "u" } },
    ],
    clusters: [
      { name: "c", cluster: { server: "https://two" } },
      { name: "c2", cluster: { server: "https://two-only" } },
    ],
    users: [{ name: "u", user: { token: "secret-two", as: "someone" } }],
  },
};

function fault(files: readonly KubeconfigFile[], name?: string): McaError {
  try {
    selectContext(files, name);
  } catch (error) {
    if (error instanceof McaError) return error;
    throw error;
  }
  throw new Error("Expected selectContext() to fail");
}

Deno.test("selectContext() takes the current context, or the one it is asked for", () => {
  strictEqual(selectContext([ONE]).name, "first");
  const anonymous = selectContext([ONE], "anonymous");
  strictEqual(anonymous.namespace, "shop");
  strictEqual(anonymous.user, undefined);
  strictEqual(selectContext([ONE]).namespace, "default");
});

Deno.test("selectContext() merges files as kubectl does: the first that has an entry wins whole", () => {
  const first = selectContext([ONE, TWO]);
  strictEqual(first.name, "first");
  strictEqual(first.cluster.value["server"], "https://one");
  deepStrictEqual(first.user?.value, { token: "secret-one" });
  const second = selectContext([ONE, TWO], "second");
  strictEqual(second.cluster.value["server"], "https://two-only");
  strictEqual(second.cluster.file, "/two/config");
  strictEqual(second.cluster.field, "clusters[1].cluster");
  deepStrictEqual(second.user?.value, { token: "secret-one" });
  strictEqual(selectContext([TWO, ONE]).name, "second");
});

Deno.test("selectContext() passes over empty files", () => {
  strictEqual(
    selectContext([{ path: "a", content: null }, ONE]).name,
    "first",
  );
});

Deno.test("selectContext() lists the contexts there are", () => {
  const unknown = fault([ONE, TWO], "prod");
  strictEqual(unknown.code, "kubeconfig");
  strictEqual(
    unknown.message,
    "There is no context named prod; there are these contexts: first, anonymous, lost, nobody, empty, second",
  );
  match(unknown.hint ?? "", /MCA_K8S_CTX/);
  const none = fault([{ path: "a", content: { contexts: [] } }]);
  strictEqual(none.message, "No context is chosen; there are no contexts");
});

Deno.test("selectContext() tells where a cluster or user is missing", () => {
  const cases: [context: string, message: string, field: string][] = [
    ["lost", "There is no cluster named gone", "contexts[2].context.cluster"],
    ["nobody", "There is no user named gone", "contexts[3].context.user"],
    [
      "empty",
      "The context empty names no cluster",
      "contexts[4].context.cluster",
    ],
  ];
  for (const [context, message, field] of cases) {
    const error = fault([ONE], context);
    strictEqual(error.message, message);
    deepStrictEqual(error.place, { file: "/one/config", field });
    ok(error.hint !== undefined);
  }
});

Deno.test("selectContext() refuses what is no kubeconfig, and quotes nothing of it", () => {
  const cases: [content: unknown, message: RegExp][] = [
    ["secret", /Expected a kubeconfig/],
    [["secret"], /Expected a kubeconfig/],
    [{ clusters: { secret: 1 } }, /clusters: Expected a list/],
    [{ users: ["secret"] }, /users\[0\]: Expected an entry with a name/],
    [{ users: [{ name: 1, user: "secret" }] }, /users\[0\]: Expected an entry/],
    [
      { users: [{ name: "a", user: "secret" }] },
      /users\[0\]\.user: Expected a mapping/,
    ],
    [
      {
        contexts: [{ name: "a", context: { cluster: ["secret"] } }],
        "current-context": "a",
      },
      /contexts\[0\]\.context\.cluster: Expected a text/,
    ],
  ];
  for (const [content, message] of cases) {
    const text = formatError("mca", fault([{ path: "config", content }]));
    match(text, message);
    ok(text.startsWith("mca: config"), text);
    ok(!text.includes("secret"), text);
  }
});

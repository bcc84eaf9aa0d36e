import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { readKubeconfigFiles } from "../../flavors/kubeconfig_files.ts";
import { memoryFiles } from "../../flavors/memory_files.ts";
import { McaError } from "../../lib/errors.ts";
import { FaultyFiles } from "../fakes/faulty_files.ts";

async function home(): Promise<FaultyFiles> {
  const files = new FaultyFiles(memoryFiles({ now: () => 0 }));
  await files.makeDirectory("/home/jane/.kube", 0o700);
  await files.writeAtomic("/home/jane/.kube/config", "kind: Config\n", 0o600);
  await files.writeAtomic("/home/jane/a", '{"kind": "Config"}', 0o600);
  await files.writeAtomic("/home/jane/b", "", 0o600);
  return files;
}

function environment(variables: Readonly<Record<string, string>>) {
  return { get: (name: string) => variables[name] };
}

async function fault(
  files: FaultyFiles,
  variables: Readonly<Record<string, string>>,
): Promise<McaError> {
  try {
    await readKubeconfigFiles(files, environment(variables));
  } catch (error) {
    if (error instanceof McaError) return error;
    throw error;
  }
  throw new Error("Expected readKubeconfigFiles() to fail");
}

Deno.test("readKubeconfigFiles() reads what KUBECONFIG lists, in order, but for what is not there", async () => {
  const variables = {
    HOME: "/home/jane",
    KUBECONFIG: "/home/jane/a::/home/jane/none:/home/jane/b:/home/jane/a",
  };
  deepStrictEqual(
    await readKubeconfigFiles(await home(), environment(variables)),
    [
      { path: "/home/jane/a", content: { kind: "Config" } },
      { path: "/home/jane/b", content: null },
    ],
  );
});

Deno.test("readKubeconfigFiles() reads the home directory's where KUBECONFIG is empty", async () => {
  for (const variables of [{}, { KUBECONFIG: "" }, { KUBECONFIG: "::" }]) {
    deepStrictEqual(
      await readKubeconfigFiles(
        await home(),
        environment({ HOME: "/home/jane", ...variables }),
      ),
      [{ path: "/home/jane/.kube/config", content: { kind: "Config" } }],
    );
  }
});

Deno.test("readKubeconfigFiles() tells where it looked in vain", async () => {
  const files = await home();
  const listed = await fault(files, { KUBECONFIG: "/x:/y" });
  strictEqual(listed.code, "kubeconfig");
  strictEqual(listed.message, "There is no kubeconfig at /x or /y");
  const homeless = await fault(files, {});
  match(homeless.message, /neither KUBECONFIG nor HOME is set$/);
  const empty = await fault(files, { HOME: "/home/joe" });
  strictEqual(
    empty.message,
    "There is no kubeconfig at /home/joe/.kube/config",
  );
});

Deno.test("readKubeconfigFiles() tells a file that may not be read", async () => {
  const files = await home();
  files.fail("readText", "/home/jane/a", "EACCES");
  const error = await fault(files, { KUBECONFIG: "/home/jane/a" });
  strictEqual(error.message, "The file cannot be read (EACCES)");
  strictEqual(error.place.file, "/home/jane/a");
});

Deno.test("readKubeconfigFiles() tells where a file stops being YAML, and quotes nothing", async () => {
  const files = await home();
  const text = "users:\n- name: a\n  user: { token: secret-token ]\n";
  await files.writeAtomic("/home/jane/a", text, 0o600);
  const error = await fault(files, { KUBECONFIG: "/home/jane/a" });
  strictEqual(error.message, "The file is not YAML");
  strictEqual(error.place.line, 3);
  ok(error.place.column !== undefined && error.place.column > 1);
  ok(!error.message.includes("secret"));
  strictEqual(error.cause, undefined);
});

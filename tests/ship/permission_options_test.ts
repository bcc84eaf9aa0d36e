import { deepStrictEqual, ok, throws } from "node:assert/strict";
import {
  type Permission,
  permissionOptions,
} from "../../tools/compile/permissions.ts";
import {
  executableOf,
  EXECUTABLES,
  permissionsOf,
} from "../../tools/compile/executables.ts";
import { TARGETS } from "../../tools/compile/targets.ts";

const because = "it is tested";

const LISTS: readonly {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly options: readonly string[];
}[] = [
  { name: "nothing", permissions: [], options: ["--no-prompt"] },
  {
    name: "values of a kind as one option",
    permissions: [
      { kind: "read", value: "/a", because },
      { kind: "env", value: "MCA_*", because },
      { kind: "read", value: "/b", because },
    ],
    options: ["--no-prompt", "--allow-read=/a,/b", "--allow-env=MCA_*"],
  },
  {
    name: "a whole kind without its values",
    permissions: [
      { kind: "net", value: "127.0.0.1", because },
      { kind: "net", because },
    ],
    options: ["--no-prompt", "--allow-net"],
  },
];
for (const { name, permissions, options } of LISTS) {
  Deno.test(`permissionOptions() writes ${name}`, () => {
    deepStrictEqual(permissionOptions(permissions), options);
  });
}

Deno.test("permissionOptions() refuses a value that would be two", () => {
  throws(
    () => permissionOptions([{ kind: "read", value: "/a,/b", because }]),
    RangeError,
  );
});

Deno.test("permissionOptions() writes everything", () => {
  deepStrictEqual(permissionOptions("all"), ["--allow-all"]);
});

for (const executable of EXECUTABLES) {
  Deno.test(`permissionsOf() lets no release of \`${executable.name}\` start programs, ask the system or load another library`, () => {
    for (const target of TARGETS) {
      const permissions = permissionsOf(executable, "release", target);
      const options = permissionOptions(permissions);
      const allowed = options.map((option) => option.split("=")[0]);
      const expected = [
        "--no-prompt",
        "--allow-read",
        "--allow-write",
        "--allow-net",
        "--allow-env",
        ...target.libc !== null && executable.usesLibc ? ["--allow-ffi"] : [],
      ].filter((option) => allowed.includes(option));
      deepStrictEqual(allowed.toSorted(), expected.toSorted());
      deepStrictEqual(
        options.filter((option) => option.startsWith("--allow-ffi")),
        target.libc !== null && executable.usesLibc
          ? [`--allow-ffi=${target.libc}`]
          : [],
      );
    }
  });
}

Deno.test("permissionsOf() gives the proxy three directories and no others", () => {
  const [target] = TARGETS;
  if (target === undefined) throw new Error("There is no target");
  const permissions = permissionsOf(
    executableOf("mca-proxy"),
    "release",
    target,
  );
  if (permissions === "all") throw new Error("The proxy may do everything");
  const paths = (kind: string) =>
    permissions.filter((permission) => permission.kind === kind)
      .map(({ value }) => value);
  deepStrictEqual(paths("read"), [
    "/var/run/secrets/kubernetes.io/serviceaccount",
    "/var/run/secrets/kubernetes.io/mca-serviceaccount",
    "/var/run/mca",
  ]);
  deepStrictEqual(paths("write"), [
    "/var/run/secrets/kubernetes.io/mca-serviceaccount",
    "/var/run/mca",
  ]);
});

Deno.test("`docs/security.md` names each permission of a release", async () => {
  const text = await Deno.readTextFile(
    new URL("../../docs/security.md", import.meta.url),
  );
  for (const { permissions } of EXECUTABLES) {
    for (const { kind, value } of permissions) {
      if (value === undefined) continue;
      const name = value.startsWith("/var/run/secrets/")
        ? "ServiceAccount"
        : `\`${value}\``;
      ok(text.includes(name), `${kind}=${value}`);
    }
  }
});

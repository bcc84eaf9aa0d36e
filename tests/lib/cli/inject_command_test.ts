import assert from "node:assert/strict";
import { injectCommand } from "../../../lib/cli/inject_command.ts";
import { uninjectCommand } from "../../../lib/cli/uninject_command.ts";
import { formatError, McaError } from "../../../lib/errors.ts";
import { SETTING_KEYS, settingName } from "../../../lib/inject/settings.ts";
import { apply } from "../../../lib/kube/json_patch.ts";
import { type FakePlatform, fakePlatform, noSignals } from "./fake_platform.ts";

const pod = (name: string, more = "") =>
  `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  containers:
    - name: app # mine
${more}`;

const SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n";
const BROKEN = "apiVersion: v1\nkind: Pod\nspec: {containers: {}}\n";

async function withFiles(
  fake: FakePlatform,
  files: Readonly<Record<string, string>>,
): Promise<FakePlatform> {
  for (const [path, text] of Object.entries(files)) {
    const directory = path.slice(0, path.lastIndexOf("/")) || "/";
    await fake.files.makeDirectory(directory, 0o755);
    await fake.files.writeAtomic(path, text, 0o640);
  }
  return fake;
}

async function inject(args: readonly string[], fake: FakePlatform) {
  return await injectCommand.run(args, fake.platform, noSignals);
}

async function fails(
  args: readonly string[],
  fake: FakePlatform,
): Promise<McaError> {
  try {
    await inject(args, fake);
  } catch (error) {
    assert.ok(error instanceof McaError, String(error));
    assert.equal(fake.out(), "");
    return error;
  }
  return assert.fail("It did not fail");
}

Deno.test("injectCommand.run() writes the result to stdout and the report to stderr", async () => {
  const fake = fakePlatform({ stdin: `${pod("a")}---\n${SERVICE}` });
  assert.equal(await inject([], fake), 0);
  assert.match(fake.out(), /name: mca-proxy/);
  assert.ok(fake.out().endsWith(`---\n${SERVICE}`));
  assert.equal(
    fake.error(),
    "Pod a: injected\nService s: skipped: The object makes no pods (not-a-workload)\n",
  );
});

Deno.test("injectCommand.run() reports nothing with --quiet", async () => {
  const fake = fakePlatform({ stdin: pod("a") });
  assert.equal(await inject(["-q"], fake), 0);
  assert.equal(fake.error(), "");
});

Deno.test("injectCommand.run() reports as JSON, one object a line", async () => {
  const stdin = pod("a", "  hostNetwork: true\n");
  const fake = fakePlatform({ stdin });
  await inject(["--report", "json"], fake);
  assert.deepEqual(JSON.parse(fake.error()), {
    file: "-",
    document: 1,
    kind: "Pod",
    name: "a",
    outcome: "skipped",
    reason: "host-network",
    field: "spec.hostNetwork",
    message:
      "The pod shares the node's network, where the proxy's port would be open to every process of the node and clash with other pods",
    remedy: "Set hostNetwork to false, or leave the pod without a proxy.",
  });
  assert.equal(fake.out(), stdin);
});

Deno.test("injectCommand.run() reads files in the order they are named", async () => {
  const fake = await withFiles(fakePlatform({ stdin: SERVICE }), {
    "/m/a.yaml": pod("a"),
    "/m/b.yaml": pod("b").trimEnd(),
  });
  await inject(["-f", "/m/b.yaml", "-", "-f", "/m/a.yaml"], fake);
  assert.deepEqual(
    [...fake.error().matchAll(/(?:Pod|Service) \w/g)].map(String),
    ["Pod b", "Pod a", "Service s"],
  );
});

Deno.test("injectCommand.run() puts --- between files, and a line end where one lacks it", async () => {
  const fake = await withFiles(fakePlatform(), {
    "/m/a.yaml": SERVICE.trimEnd(),
    "/m/b.yaml": `# b\n---\n${SERVICE}`,
    "/m/c.yml": SERVICE,
    "/m/ignored.txt": "no manifest",
    "/m/sub/d.yaml": SERVICE,
  });
  await inject(["-f", "/m"], fake);
  assert.equal(
    fake.out(),
    `${SERVICE}# b\n---\n${SERVICE}---\n${SERVICE}`,
  );
});

Deno.test("injectCommand.run() looks into subdirectories with -R", async () => {
  const fake = await withFiles(fakePlatform(), {
    "/m/a.yaml": pod("a"),
    "/m/sub/deep/d.json": '{"apiVersion":"v1","kind":"Service"}',
  });
  await inject(["-R", "-f", "/m"], fake);
  assert.match(fake.error(), /^\/m\/a\.yaml: Pod a: injected$/m);
  assert.match(fake.error(), /^\/m\/sub\/deep\/d\.json: Service: skipped/m);
});

const PATTERNS: readonly (readonly [string, readonly string[]])[] = [
  ["/m/*.yaml", ["/m/a.yaml", "/m/b1.yaml"]],
  ["/m/?1.yaml", ["/m/b1.yaml"]],
  ["/m/[!a]*.yaml", ["/m/b1.yaml"]],
  ["/m/[a-b]*", ["/m/a.yaml", "/m/b1.yaml"]],
  ["/m/**/*.yaml", [
    "/m/a.yaml",
    "/m/b1.yaml",
    "/m/sub/c.yaml",
    "/m/sub/x/d.yaml",
  ]],
  ["/m/*/c.yaml", ["/m/sub/c.yaml"]],
];

for (const [pattern, expected] of PATTERNS) {
  Deno.test(`injectCommand.run() expands ${pattern}`, async () => {
    const fake = await withFiles(fakePlatform(), {
      "/m/a.yaml": SERVICE,
      "/m/b1.yaml": SERVICE,
      "/m/.hidden.yaml": SERVICE,
      "/m/sub/c.yaml": SERVICE,
      "/m/sub/x/d.yaml": SERVICE,
    });
    await inject(["-f", pattern], fake);
    const files = [...fake.error().matchAll(/^(?<file>[^:]+):/gm)];
    assert.deepEqual(files.map(({ groups }) => groups?.["file"]), expected);
  });
}

Deno.test("injectCommand.run() changes files in place, and touches no other", async () => {
  const fake = await withFiles(fakePlatform(), {
    "/m/a.yaml": pod("a"),
    "/m/s.yaml": SERVICE,
  });
  const before = await fake.files.info("/m/s.yaml");
  assert.equal(await inject(["-i", "-f", "/m"], fake), 0);
  assert.match(await fake.files.readText("/m/a.yaml"), /mca-proxy/);
  assert.equal((await fake.files.info("/m/a.yaml"))?.mode, 0o640);
  assert.deepEqual(await fake.files.info("/m/s.yaml"), before);
  assert.equal(fake.out(), "");
});

Deno.test("injectCommand.run() changes no file in place where one has an error", async () => {
  const fake = await withFiles(fakePlatform(), {
    "/m/a.yaml": pod("a"),
    "/m/b.yaml": BROKEN,
  });
  const error = await fails(["-i", "-f", "/m"], fake);
  assert.equal(
    formatError("mca", error),
    "mca: /m/b.yaml, document 1, line 3:8, spec.containers: Expected a list, found an object\nhint: Write it as a list.",
  );
  assert.equal(await fake.files.readText("/m/a.yaml"), pod("a"));
});

Deno.test("injectCommand.run() goes past errors with --keep-going, in place", async () => {
  const mixed = `${BROKEN}---\n${pod("c")}`;
  const fake = await withFiles(fakePlatform(), {
    "/m/a.yaml": pod("a"),
    "/m/b.yaml": "\tbroken: [",
    "/m/c.yaml": mixed,
  });
  assert.equal(await inject(["-k", "-i", "-f", "/m"], fake), 1);
  assert.match(await fake.files.readText("/m/a.yaml"), /mca-proxy/);
  assert.equal(await fake.files.readText("/m/b.yaml"), "\tbroken: [");
  const made = await fake.files.readText("/m/c.yaml");
  assert.ok(made.startsWith(BROKEN));
  assert.match(made, /mca-proxy/);
});

Deno.test("injectCommand.run() writes nothing of a stream with an error at its end", async () => {
  const fake = fakePlatform({ stdin: `${pod("a")}---\n${BROKEN}` });
  const error = await fails([], fake);
  assert.deepEqual([error.code, error.place.document], ["manifest", 2]);
  assert.equal(fake.error(), "", "nothing was injected, and nothing told so");
});

Deno.test("injectCommand.run() tells on a terminal how far a long run is, and takes that away", async () => {
  const stdin = Array.from({ length: 4 }, (_, at) => pod(`p${at}`)).join(
    "---\n",
  );
  let time = 0;
  const monotonic = () => (time += 300);
  const fake = fakePlatform({ stdin, isTerminal: true, monotonic });
  assert.equal(await inject(["-o", "json"], fake), 0);
  const clear = "\r\x1b[K";
  const [progress, report] = fake.error().split(`${clear}Pod p0`);
  assert.match(progress?.split(clear).at(-1) ?? "", /^\d documents so far$/);
  assert.equal(
    report,
    ": injected\nPod p1: injected\nPod p2: injected\nPod p3: injected\n",
  );
  const quiet = fakePlatform({ stdin, isTerminal: true, monotonic });
  await inject(["-q", "-o", "json"], quiet);
  assert.doesNotMatch(quiet.error(), /so far/);
  const failing = fakePlatform({
    stdin: `${stdin}---\n${BROKEN}`,
    isTerminal: true,
    monotonic,
  });
  await fails(["-o", "json"], failing);
  assert.ok(failing.error().endsWith(`documents so far${clear}`));
});

Deno.test("injectCommand.run() goes past errors with --keep-going, on stdout", async () => {
  const fake = fakePlatform({ stdin: `${BROKEN}---\n${pod("a")}` });
  assert.equal(await inject(["--keep-going"], fake), 1);
  assert.ok(fake.out().startsWith(`${BROKEN}---\n`));
  assert.match(fake.out(), /mca-proxy/);
  assert.match(fake.error(), /^mca: standard input, document 1, line 3:8/);
});

Deno.test("injectCommand.run() reports no name as it would talk to a terminal", async () => {
  const stdin = pod('"\\e[31ma\\nPod b"');
  const fake = fakePlatform({ stdin });
  assert.equal(await inject(["--dry-run"], fake), 0);
  assert.equal(fake.error(), "Pod \\u001b[31ma\\u000aPod b: injected\n");
});

Deno.test("injectCommand.run() says that a file's name is empty", async () => {
  for (const args of [[""], ["-f", ""], ["--config", ""]]) {
    const { code, message } = await fails(args, fakePlatform());
    assert.deepEqual([code, message], ["file", "The name of a file is empty"]);
  }
});

Deno.test("injectCommand.run() puts failures into the JSON report", async () => {
  const fake = fakePlatform({ stdin: BROKEN });
  assert.equal(await inject(["-k", "--report=json"], fake), 1);
  assert.deepEqual(JSON.parse(fake.error()), {
    file: "-",
    document: 1,
    line: 3,
    column: 8,
    field: "spec.containers",
    outcome: "failed",
    reason: "manifest",
    message: "Expected a list, found an object",
    remedy: "Write it as a list.",
  });
});

Deno.test("injectCommand.run() checks without writing", async () => {
  const files = { "/m/a.yaml": pod("a"), "/m/s.yaml": SERVICE };
  const fake = await withFiles(fakePlatform(), files);
  assert.equal(await inject(["--check", "-f", "/m"], fake), 1);
  await inject(["-q", "-i", "-f", "/m"], fake);
  assert.equal(await inject(["--check", "-f", "/m"], fake), 0);
  const other = ["--check", "--proxy-port=7443", "-f", "/m"];
  assert.equal(await inject(other, fake), 1);
  assert.match(fake.error(), /Pod a: updated\n/);
  assert.equal(fake.out(), "");
});

Deno.test("injectCommand.run() fails a check where a pod asks for what it cannot have", async () => {
  const stdin = pod("a", "  hostNetwork: true\n");
  const check = ["--check", "-q"];
  assert.equal(await inject(check, fakePlatform({ stdin })), 0);
  const labels = "metadata:\n  labels: {mca.k8s.io/inject: 'true'}";
  const asking = fakePlatform({ stdin: stdin.replace("metadata:", labels) });
  assert.equal(await inject(check, asking), 1);
});

Deno.test("injectCommand.run() writes nothing with --dry-run", async () => {
  const fake = await withFiles(fakePlatform(), { "/m/a.yaml": pod("a") });
  assert.equal(await inject(["-i", "--dry-run", "-f", "/m"], fake), 0);
  assert.equal(await fake.files.readText("/m/a.yaml"), pod("a"));
  assert.equal(fake.out(), "");
  assert.equal(fake.error(), "/m/a.yaml: Pod a: injected\n");
});

Deno.test("injectCommand.run() shows a difference that patch would take", async () => {
  const stdin = `${SERVICE}---\n${pod("a")}`;
  const fake = fakePlatform({ stdin });
  await inject(["--diff", "-q"], fake);
  const lines = fake.out().split("\n");
  assert.deepEqual(lines.slice(0, 4), [
    "--- stdin",
    "+++ stdin",
    "@@ -6,6 +6,87 @@",
    " kind: Pod",
  ]);
  assert.ok(lines.slice(3).every((line) => /^(?: |\+|$)/.test(line)));
});

Deno.test("injectCommand.run() colours the difference on a terminal", async () => {
  const fake = await withFiles(fakePlatform({ isTerminal: true }), {
    "/a.yaml": pod("a"),
  });
  await inject(["--diff", "-f", "/a.yaml"], fake);
  assert.ok(fake.out().startsWith("\x1b[1m--- /a.yaml\x1b[0m\n"));
  assert.ok(fake.out().includes("\x1b[32m+  initContainers:\x1b[0m\n"));
});

for (
  const [value, isColored] of [["1", false], ["", true]] as const
) {
  Deno.test(`injectCommand.run() ${isColored ? "colours" : "does not colour"} the difference on a terminal with NO_COLOR=${value}`, async () => {
    const fake = await withFiles(
      fakePlatform({ isTerminal: true, environment: { NO_COLOR: value } }),
      { "/a.yaml": pod("a") },
    );
    await inject(["--diff", "-f", "/a.yaml"], fake);
    assert.equal(fake.out().includes("\x1b["), isColored);
  });
}

Deno.test("injectCommand.run() writes a patch for each object, one a line", async () => {
  const list = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
  - apiVersion: apps/v1
    kind: Deployment
    spec: {template: {spec: {containers: [{name: app}]}}}
`;
  const fake = fakePlatform({ stdin: list });
  await inject(["-o", "patch", "-q"], fake);
  const [service = "", deployment = "", ...rest] = fake.out().split("\n");
  assert.equal(service, "[]");
  assert.deepEqual(rest, [""]);
  const patch = JSON.parse(deployment);
  assert.deepEqual(patch[0], {
    op: "test",
    path: "/spec/template/spec/containers/0/name",
    value: "app",
  });
  const template = (name: string) => ({
    spec: { template: { spec: { containers: [{ name }] } } },
  });
  assert.match(
    JSON.stringify(apply(patch, template("app"))),
    /"name":"mca-proxy"/,
  );
  assert.throws(() => apply(patch, template("other")), /found another value/);
});

Deno.test("injectCommand.run() converts to JSON", async () => {
  const fake = fakePlatform({ stdin: `${pod("a")}---\n# nothing\n` });
  await inject(["-o", "json", "-q"], fake);
  assert.ok(fake.out().startsWith('{\n    "apiVersion": "v1",\n'));
  assert.equal(JSON.parse(fake.out()).spec.initContainers[0].name, "mca-proxy");
});

Deno.test("injectCommand.run() converts to YAML that kubectl reads the same way", async () => {
  const json = JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    data: {
      a: "on",
      b: "0777",
      c: "x: y",
      d: "1e3",
      e: "y",
      f: "one\ntwo\n",
      g: "\u0085 next\u2028line\n\u2029",
      "\u2028": "\u2028",
      ["__proto__"]: "own",
    },
  });
  const fake = fakePlatform({ stdin: `${json}\n${json}` });
  await inject(["-o", "yaml", "-q"], fake);
  const again = fakePlatform({ stdin: fake.out() });
  await inject(["-o", "json", "-q"], again);
  const values = again.out().split(/(?<=^\}\n)/m).map((text) =>
    JSON.parse(text)
  );
  assert.deepEqual(values, [JSON.parse(json), JSON.parse(json)]);
});

Deno.test("injectCommand.run() converts integers beyond 2^53 exactly", async () => {
  const large = "value: 9007199254740993, other: [12345678901234567890, -1]";
  const fake = fakePlatform({
    stdin: `apiVersion: example.com/v1\nkind: Big\nspec: {${large}}\n`,
  });
  await inject(["-o", "json", "-q"], fake);
  assert.match(fake.out(), /"value": 9007199254740993,\n/);
  assert.match(fake.out(), /\n {12}12345678901234567890,\n/);
  const again = fakePlatform({ stdin: fake.out() });
  await inject(["-o", "yaml", "-q"], again);
  assert.equal(
    again.out(),
    "apiVersion: example.com/v1\nkind: Big\nspec:\n  value: 9007199254740993\n" +
      "  other:\n    - 12345678901234567890\n    - -1\n",
  );
});

Deno.test("injectCommand.run() keeps YAML as it came with -o yaml", async () => {
  const fake = fakePlatform({ stdin: `${SERVICE}---\n${pod("a")}` });
  await inject(["-o", "yaml", "-q"], fake);
  assert.ok(fake.out().startsWith(`${SERVICE}---\n`));
  assert.match(fake.out(), /- name: app # mine\n/);
});

Deno.test("injectCommand.run() takes the image from MCA_PROXY_IMAGE", async () => {
  const environment = { MCA_PROXY_IMAGE: "registry.example/mca:7" };
  const fake = fakePlatform({ stdin: pod("a"), environment });
  await inject([], fake);
  assert.match(fake.out(), /image: registry\.example\/mca:7\n/);
});

Deno.test("injectCommand.run() lets flags win over the environment, that over the file", async () => {
  const environment = { MCA_PROXY_IMAGE: "env", MCA_PROXY_LOG_LEVEL: "warn" };
  const fake = await withFiles(
    fakePlatform({ stdin: pod("a"), environment }),
    {
      "/c.yaml":
        "proxyImage: file # ours\nproxyLogLevel: debug\nproxyPort: 7443\nproxyEnv: {A: b}\n",
    },
  );
  await inject(["--config=/c.yaml", "--proxy-image=flag"], fake);
  assert.match(fake.out(), /image: flag\n/);
  assert.match(fake.out(), /name: MCA_LOG_LEVEL\n +value: warn\n/);
  assert.match(fake.out(), /name: MCA_PROXY_PORT\n +value: "7443"\n/);
  assert.match(fake.out(), /name: A\n +value: b\n/);
});

interface FailureCase {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly error: string;
  readonly exitCode?: number;
}

const HELP_HINT = "hint: Run `mca inject --help` to see what goes together.";
const FAILURES: readonly FailureCase[] = [
  {
    args: [],
    stdin: "",
    error:
      "mca: standard input: There is no manifest in it\nhint: Pipe a manifest in, such as `kubectl create … --dry-run=client -o yaml | mca inject`, or name files with -f.",
  },
  {
    args: ["-f", "/nowhere.yaml"],
    error:
      "mca: /nowhere.yaml: No such file or directory\nhint: Check the path.",
  },
  {
    args: ["-f", "/none/*.yaml"],
    error:
      "mca: /none/*.yaml: No file matches the pattern\nhint: Manifests in a directory end in .yaml, .yml or .json.",
  },
  {
    args: ["-f", "/d"],
    files: { "/d/notes.txt": "x" },
    error:
      "mca: /d: The directory holds no manifest\nhint: Manifests end in .yaml, .yml or .json; -R looks into subdirectories too.",
  },
  {
    args: ["-i"],
    exitCode: 2,
    error: `mca: Standard input cannot be changed in place\n${HELP_HINT}`,
  },
  {
    args: ["-i", "-o", "json", "-f", "/a.yaml"],
    exitCode: 2,
    error:
      `mca: --in-place keeps each file's format; it takes no --output\n${HELP_HINT}`,
  },
  {
    args: ["--check", "--diff"],
    exitCode: 2,
    error: `mca: --diff and --check exclude each other\n${HELP_HINT}`,
  },
  {
    args: ["-o", "toml"],
    exitCode: 2,
    error:
      'mca: --output cannot be "toml"\nhint: Give one of: same, yaml, json, patch.',
  },
  {
    args: ["--proxy-prot=1"],
    exitCode: 2,
    error:
      "mca: Unknown option '--proxy-prot'\nhint: Run `mca inject --help` to see what it takes.",
  },
  {
    args: ["--proxy-port=80"],
    exitCode: 2,
    error:
      'mca: Bad value "80" for --proxy-port\nhint: Expected a whole number from 1024 to 65535.',
  },
  {
    args: ["--proxy-env=A"],
    exitCode: 2,
    error:
      'mca: Bad value "A" for --proxy-env\nhint: Write it as NAME=VALUE, once for each variable.',
  },
  {
    args: [],
    environment: { MCA_PROXY_UID: "root" },
    error:
      'mca: Bad value "root" in MCA_PROXY_UID\nhint: Expected a whole number from 1 to 2147483647, or none.',
  },
  {
    args: ["--config=/c.yaml"],
    error: "mca: /c.yaml: No such file or directory\nhint: Check the path.",
  },
  {
    args: ["--config=/c.yaml"],
    files: { "/c.yaml": "proxyPort: 6443\nproxyprot: 1\n" },
    error:
      "mca: /c.yaml, line 2:1, proxyprot: Unknown setting proxyprot\nhint: Did you mean proxyPort?",
  },
  {
    args: ["--config=/c.yaml"],
    files: { "/c.yaml": "proxyPort: '6443'\n" },
    error:
      "mca: /c.yaml, line 1:1, proxyPort: Bad value for proxyPort\nhint: Expected a whole number from 1024 to 65535.",
  },
  {
    args: ["--config=/c.yaml"],
    files: { "/c.yaml": "- a\n" },
    error:
      "mca: /c.yaml, line 1:1: Expected an object of settings, found a list\nhint: Write one setting a line, such as: proxyPort: 6443",
  },
  {
    args: ["--config=/c.yaml"],
    files: { "/c.yaml": "proxyPort: 6443\n---\nproxyPort: 1\n" },
    error:
      "mca: /c.yaml, document 2, line 2: Expected one document of settings\nhint: Keep all settings in one document.",
  },
];

for (
  const { args, stdin, environment, files, error, exitCode } of FAILURES
) {
  Deno.test(`injectCommand.run() refuses ${args.join(" ") || "its input"}: ${error.split("\n")[0]}`, async () => {
    const fake = await withFiles(
      fakePlatform({
        stdin: stdin ?? pod("a"),
        ...(environment === undefined ? {} : { environment }),
      }),
      files ?? {},
    );
    const found = await fails(args, fake);
    assert.equal(formatError("mca", found), error);
    assert.equal(found.exitCode, exitCode ?? 1);
  });
}

Deno.test("injectCommand.run() knows an empty config file", async () => {
  const fake = await withFiles(fakePlatform({ stdin: pod("a") }), {
    "/c.yaml": "# nothing yet\n",
  });
  assert.equal(await inject(["--config", "/c.yaml"], fake), 0);
});

Deno.test("injectCommand.help names every flag of the table", () => {
  for (const key of SETTING_KEYS) {
    assert.ok(injectCommand.help.includes(`--${settingName(key)}`), key);
  }
});

for (const command of [injectCommand, uninjectCommand]) {
  Deno.test(`${command.name}Command.run() prints its help`, async () => {
    const fake = fakePlatform();
    assert.equal(await command.run(["--help"], fake.platform, noSignals), 0);
    assert.equal(fake.out(), command.help);
    assert.ok(command.help.split("\n").every((line) => line.length <= 80));
  });
}

Deno.test("uninjectCommand.run() checks that nothing is injected", async () => {
  const fake = await withFiles(fakePlatform(), { "/a.yaml": pod("a") });
  const check = () =>
    uninjectCommand.run(["--check", "-f", "/a.yaml"], fake.platform, noSignals);
  assert.equal(await check(), 0);
  await inject(["-i", "-f", "/a.yaml"], fake);
  assert.equal(await check(), 1);
  await uninjectCommand.run(["-i", "/a.yaml"], fake.platform, noSignals);
  assert.equal(await fake.files.readText("/a.yaml"), pod("a"));
  assert.match(
    fake.error(),
    /\/a\.yaml: Pod a: skipped: The pod is not injected \(not-injected\)\n/,
  );
});

Deno.test("injectCommand.run() holds a long stream back in few bytes, and writes it whole", async () => {
  const document = `${pod("app", "# ".padEnd(10_000, "x") + "\n")}---\n`;
  const chunk = new TextEncoder().encode(document.repeat(10));
  const writes: number[] = [];
  const fake = fakePlatform({
    stdin: new Array<Uint8Array>(60).fill(chunk),
    onWrite: (text) => writes.push(text.length),
  });
  await inject(["-q"], fake);
  assert.equal(fake.out().match(/name: mca-proxy$/gm)?.length, 600);
  assert.ok(writes.length > 1);
});

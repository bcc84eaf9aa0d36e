import assert from "node:assert/strict";
import { join } from "node:path";
import { EmbeddedClient } from "../../flavors/embedded_api/embedded_client.ts";
import { findProgram } from "../find_program.ts";

const program = await findProgram("kubectl");

/** An embedded API with kubectl as its administrator. */
class KubectlSession implements AsyncDisposable {
  readonly folder: string;
  readonly #client: EmbeddedClient;

  constructor(folder: string, client: EmbeddedClient) {
    this.folder = folder;
    this.#client = client;
  }

  static async start(): Promise<KubectlSession> {
    const client = await EmbeddedClient.start();
    const folder = await Deno.makeTempDir({ prefix: "mca-kubectl-" });
    const { api } = client;
    const name = "embedded";
    const config = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": name,
      clusters: [{
        name,
        cluster: {
          server: api.url,
          "certificate-authority-data": btoa(api.caCertificate),
        },
      }],
      users: [{ name, user: { token: api.adminToken } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
    };
    await Deno.writeTextFile(
      join(folder, "config"),
      JSON.stringify(config),
    );
    return new KubectlSession(folder, client);
  }

  spawn(args: readonly string[], stdin = ""): Deno.ChildProcess {
    const child = new Deno.Command(program, {
      args: [...args],
      env: {
        KUBECONFIG: join(this.folder, "config"),
        KUBECACHEDIR: join(this.folder, "cache"),
        KUBERC: "off",
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    // A kubectl that fails early does not read it.
    writer.write(new TextEncoder().encode(stdin))
      .then(() => writer.close())
      .catch(() => {});
    return child;
  }

  async run(
    args: readonly string[],
    stdin = "",
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const { code, stdout, stderr } = await this.spawn(args, stdin).output();
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  }

  /** Runs kubectl, which has to succeed, with space-separated arguments. */
  async ok(args: string, stdin = ""): Promise<string> {
    const result = await this.run(args.split(" "), stdin);
    assert.equal(result.code, 0, `${args}: ${result.stderr}`);
    return result.stdout;
  }

  /** Runs kubectl, which has to fail, and gives its message. */
  async refused(args: string, stdin = ""): Promise<string> {
    const result = await this.run(args.split(" "), stdin);
    assert.notEqual(result.code, 0, result.stdout);
    return result.stderr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

function manifest(image: string, environment: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: ${image}
          env: ${environment}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { a: "1" }
`;
}

const BOTH = `[{ name: A, value: "1" }, { name: B, value: "2" }]`;
const ONE = `[{ name: A, value: "1" }]`;

Deno.test("kubectl apply changes what changed in the manifest", async () => {
  await using session = await KubectlSession.start();
  const apply = "apply -f -";
  assert.match(await session.ok(apply, manifest("a:1", BOTH)), /web created/);
  assert.match(
    await session.ok(apply, manifest("a:1", BOTH)),
    /web unchanged/,
  );
  assert.match(
    await session.ok(apply, manifest("a:2", ONE)),
    /web configured/,
  );
  const path = "{.spec.template.spec.containers[0]}";
  const container = await session.ok(`get deploy web -o jsonpath=${path}`);
  assert.deepEqual(JSON.parse(container), {
    name: "web",
    image: "a:2",
    env: [{ name: "A", value: "1" }],
  });
  const diff = await session.run(
    ["diff", "-f", "-"],
    manifest("a:3", ONE),
  );
  assert.equal(diff.code, 1);
  assert.match(diff.stdout, /^\+ +- image: a:3$|^\+ +image: a:3$/m);
});

Deno.test("kubectl apply --server-side tells managers apart", async () => {
  await using session = await KubectlSession.start();
  await session.ok("apply -f -", manifest("a:1", BOTH));
  const apply = "apply --server-side -f -";
  // kubectl moves the fields of its client-side manager to this one.
  await session.ok(apply, manifest("a:1", BOTH));
  await session.ok(apply, manifest("a:2", ONE));
  const environment = "{.spec.template.spec.containers[0].env}";
  assert.equal(
    await session.ok(`get deploy web -o jsonpath=${environment}`),
    '[{"name":"A","value":"1"}]',
  );
  const message = await session.refused(
    `${apply} --field-manager=other`,
    manifest("a:3", ONE),
  );
  assert.match(
    message,
    /conflict with "kubectl": \.spec\.template\.spec\.containers\[name="web"\]\.image/,
  );
  await session.ok(
    `${apply} --field-manager=other --force-conflicts`,
    manifest("a:3", ONE),
  );
  const image = "{.spec.template.spec.containers[0].image}";
  assert.equal(
    await session.ok(`get deploy web -o jsonpath=${image}`),
    "a:3",
  );
});

Deno.test("kubectl patch understands all three formats", async () => {
  await using session = await KubectlSession.start();
  await session.ok("apply -f -", manifest("a:1", BOTH));
  const patch = (type: string, value: unknown) =>
    session.ok(
      `patch deploy web --type=${type} -p ${JSON.stringify(value)}`,
    );
  await patch("json", [{ op: "replace", path: "/spec/replicas", value: 5 }]);
  await patch("merge", { metadata: { labels: { x: "y" } } });
  const spec = { containers: [{ name: "side", image: "b" }] };
  await patch("strategic", { spec: { template: { spec } } });
  const wide = await session.ok("get deploy -o wide");
  assert.match(wide, /web +0\/5 .* side,web +b,a:1 +app=web/);
  await session.ok("set image deploy/web web=c");
  assert.match(await session.ok("get deploy -o wide"), /b,c/);
});

Deno.test("kubectl get prints tables, selects and watches", async () => {
  await using session = await KubectlSession.start();
  await session.ok("run a --image=example --labels=app=x");
  await session.ok("run b --image=example --labels=app=y");
  assert.match(await session.ok("get pods -A"), /default +a +0\/1 +Pending/);
  assert.equal(await session.ok("get pods -l app=x -o name"), "pod/a\n");
  const watch = session.spawn(["get", "pods", "-w", "-o", "name"]);
  const reader = watch.stdout.pipeThrough(new TextDecoderStream())
    .getReader();
  let seen = "";
  const sees = async (text: string) => {
    while (!seen.includes(text)) {
      const { done, value } = await reader.read();
      assert.ok(!done, seen);
      seen += value;
    }
  };
  await sees("pod/b");
  await session.ok("run c --image=example");
  await sees("pod/c");
  watch.kill("SIGKILL");
  await Promise.all([
    watch.status,
    watch.stderr.cancel(),
    reader.cancel(),
  ]);
});

Deno.test("kubectl label, annotate and describe work on a pod", async () => {
  await using session = await KubectlSession.start();
  await session.ok("run a --image=example");
  await session.ok("label pod a tier=web");
  await session.ok("annotate pod a note=hello");
  const text = await session.ok("describe pod a");
  assert.match(text, /Labels: +run=a\n +tier=web\n/);
  assert.match(text, /Annotations: +note: hello\n/);
  assert.match(text, /Status: +Pending\n/);
  for (const what of ["ns default", "svc kubernetes", "sa default"]) {
    assert.match(await session.ok(`describe ${what}`), /^Name: /);
  }
});

Deno.test("kubectl wait --for=delete sees a namespace go", async () => {
  await using session = await KubectlSession.start();
  const namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: x}}";
  await session.ok("create -f -", namespace);
  await session.ok("run a -n x --image=example");
  const wait = session.spawn(
    ["wait", "--for=delete", "ns/x", "--timeout=60s"],
  );
  await session.ok("delete ns x");
  const { code } = await wait.output();
  assert.equal(code, 0);
  assert.equal(await session.ok("get pods -n x -o name"), "");
  assert.match(await session.refused("get ns x"), /NotFound/);
});

Deno.test("kubectl api-resources and explain read the discovery", async () => {
  await using session = await KubectlSession.start();
  const resources = await session.ok("api-resources");
  assert.match(resources, /^pods +po +v1 +true +Pod$/m);
  assert.match(resources, /^deployments +deploy +apps\/v1 +true/m);
  assert.match(await session.ok("api-versions"), /^batch\/v1$/m);
  assert.match(await session.ok("explain pod"), /^KIND: +Pod$/m);
  assert.match(await session.ok("version"), /Server Version: v1\.37/);
});

Deno.test("kubectl create sends protobuf, which is understood", async () => {
  await using session = await KubectlSession.start();
  const rows = [
    "namespace made",
    "configmap made --from-literal=key=value",
    "secret generic made --from-literal=key=value",
    "serviceaccount made",
    "service clusterip made --tcp=80:8080",
    "deployment made --image=example/app:1 --replicas=0 --port=80",
    "job made --image=example/app:1 -- run it",
    "cronjob made --image=example/app:1 --schedule=@daily",
    "role made --verb=get,list --resource=pods",
    "clusterrolebinding made --clusterrole=made --serviceaccount=default:made",
  ];
  for (const row of rows) {
    const [kind = ""] = row.split(" ");
    const made = JSON.parse(await session.ok(`create -o json ${row}`));
    // What kubectl itself would send as JSON, field for field.
    const wanted = JSON.parse(
      await session.ok(`create -o json --dry-run=client ${row}`),
    );
    assert.equal(made.metadata.name, "made", kind);
    for (const part of ["data", "rules", "subjects", "roleRef"]) {
      assert.deepEqual(made[part], wanted[part], kind);
    }
    for (const [field, value] of Object.entries(wanted.spec ?? {})) {
      if (kind !== "service") assert.deepEqual(made.spec[field], value);
    }
  }
  const token = await session.ok("create token made");
  assert.match(token, /^embedded-[0-9a-f]{64}\n?$/);
  assert.match(await session.ok("auth whoami"), /Username +kubernetes-admin/);
  assert.match(await session.ok("auth whoami --as=jane"), /Username +jane/);
  assert.equal(await session.ok("auth can-i delete pods"), "yes\n");
});

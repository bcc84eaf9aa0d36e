import assert from "node:assert/strict";
import {
  exists,
  fromRoot,
  isListening,
  runDemo,
  RunningDemo,
} from "./demo_process.ts";

/** The port of the proxy in what a demo showed. */
function shownPort(stdout: string): number {
  const port = /It listens at https:\/\/127\.0\.0\.1:(\d+)\./.exec(stdout)?.[1];
  assert.ok(port !== undefined, stdout);
  return Number(port);
}

/** That no credential is to be seen whole: neither the app's (a JWT) nor the API's own. */
function assertNoToken(text: string): void {
  assert.doesNotMatch(text, /[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}/);
  assert.doesNotMatch(text, /embedded-[0-9a-f]{20,}/);
  assert.doesNotMatch(text, /PRIVATE KEY/);
}

Deno.test("deno task demo --exit shows every step and leaves nothing", async () => {
  const { code, stdout, stderr } = await runDemo("--exit", "--port=0");
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const expected = [
    /1\. An API server\n.* listens at https:\/\/127\.0\.0\.1:\d+/,
    /\+ +initContainers:\n +\+ +- name: mca-proxy\n/,
    /# quoted as its author likes it/,
    /Deployment report: injected\./,
    /POST \/api\/v1\/namespaces\/demo\/configmaps\n +201 ConfigMap findings/,
    /creates it +→ the app sees ADDED/,
    /changes it +→ the app sees MODIFIED/,
    /deletes it +→ the app sees DELETED/,
    /Authorization +Bearer \S+…\S+ \(\d+ characters\) +Bearer embedd…\S+ \(\d+ characters\)/,
    /which is .* system:serviceaccount:demo:report\n/,
    /app's token at the API server itself: 401 Unauthorized/,
    /A wrong token at the proxy: 401 Unauthorized/,
    /Stopped\. Nothing is left behind\.\n$/,
  ];
  for (const pattern of expected) assert.match(stdout, pattern);
  assert.ok(!stdout.includes("\u001b"));
  assertNoToken(stdout);
  const port = shownPort(stdout);
  assert.equal(await isListening(port), false);
  assert.equal(await exists(fromRoot(`tmp/demo-${port}`)), false);
});

Deno.test("deno task demo serves clients until Ctrl-C, and leaves nothing", async () => {
  await using demo = new RunningDemo("--port=0");
  const [, kubeconfig = ""] = await demo.shows(/KUBECONFIG=(\S+) kubectl get/);
  await demo.shows(/Ctrl-C ends the demo/);
  const port = shownPort(demo.stdout);
  const folder = fromRoot(`tmp/demo-${port}`);
  assert.equal(fromRoot(kubeconfig), `${folder}/kubeconfig`);

  const read = (name: string) =>
    Deno.readTextFile(`${folder}/serviceaccount/${name}`);
  const token = await read("token");
  const client = Deno.createHttpClient({ caCerts: [await read("ca.crt")] });
  const response = await fetch(
    `https://127.0.0.1:${port}/api/v1/namespaces/demo/pods/report-1`,
    { client, headers: { authorization: `Bearer ${token}` } },
  );
  assert.equal(response.status, 200);
  const pod = await response.text();
  assert.match(pod, /"kube-api-access-mca-sa"/);
  const watch = await fetch(
    `https://127.0.0.1:${port}/api/v1/namespaces/demo/pods?watch=1`,
    { client, headers: { authorization: `Bearer ${token}` } },
  );
  await demo.shows(
    /method=GET path=\/api\/v1\/namespaces\/demo\/pods\/report-1/,
  );
  const { mode } = await Deno.stat(`${folder}/serviceaccount/token`);
  assert.equal((mode ?? 0) & 0o077, 0);

  const { code, stdout, stderr } = await demo.end("SIGINT");
  assert.equal(code, 0);
  assert.equal(stderr, "");
  // The proxy ended the watch in good order: the body is whole.
  assert.match(await watch.text(), /"type":"ADDED"/);
  client.close();
  assert.match(stdout, /Stopped\. Nothing is left behind\.\n$/);
  assertNoToken(stdout);
  assert.ok(!stdout.includes(token));
  assert.equal(await isListening(port), false);
  assert.equal(await exists(folder), false);
});

Deno.test("deno task demo takes another port where 6443 is taken", async () => {
  // Where somebody else has it, that does as well.
  let listener: Deno.Listener | undefined;
  try {
    listener = Deno.listen({ hostname: "127.0.0.1", port: 6443 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
  }
  try {
    const { code, stdout } = await runDemo("--exit");
    assert.equal(code, 0);
    const [, port = ""] =
      /Port 6443 is taken, so it gets (\d+)\./.exec(stdout) ??
        [];
    assert.equal(shownPort(stdout), Number(port));
  } finally {
    listener?.close();
  }
});

Deno.test("deno task demo refuses a port that is taken, and leaves nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const { code, stderr } = await runDemo("--exit", `--port=${port}`);
  assert.equal(code, 1);
  assert.match(stderr, /^demo: .*EADDRINUSE.*\nhint: /);
  assert.equal(await exists(fromRoot(`tmp/demo-${port}`)), false);
});

Deno.test("deno task demo ends early on a signal with code 0", async () => {
  await using demo = new RunningDemo("--port=0");
  await demo.shows(/1\. An API server/);
  const { code, stdout } = await demo.end("SIGINT");
  assert.equal(code, 0);
  assert.match(stdout, /Stopped\. Nothing is left behind\.\n$/);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`deno task demo leaves nothing behind when ${signal} comes time and again`, async () => {
    await using demo = new RunningDemo("--port=0");
    const [, folder = ""] = await demo.shows(/(tmp\/demo-\d+)\/serviceaccount/);
    await demo.shows(/KUBECONFIG=/);
    demo.signal(signal);
    demo.signal(signal);
    const { code, stdout } = await demo.end(signal);
    assert.equal(code, 0);
    assert.match(stdout, /Stopped\. Nothing is left behind\.\n$/);
    assert.equal(await exists(fromRoot(folder)), false);
  });
}

Deno.test("deno task demo ends when nobody reads what it shows", async () => {
  await using demo = new RunningDemo("--port=0");
  assert.equal(await demo.hangUp(), 0);
});

Deno.test("deno task demo refuses unknown options with code 2", async () => {
  for (const args of [["--what"], ["--port=x"], ["--port=70000"], ["extra"]]) {
    const { code, stdout, stderr } = await runDemo(...args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^demo: .+\nhint: .+\n$/);
  }
});

Deno.test("deno task demo --help tells the options", async () => {
  const { code, stdout } = await runDemo("--help");
  assert.equal(code, 0);
  for (const option of ["--cluster", "--port", "--exit", "--help"]) {
    assert.ok(stdout.includes(option));
  }
});

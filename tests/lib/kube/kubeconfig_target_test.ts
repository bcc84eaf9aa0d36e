import {
  deepStrictEqual,
  match,
  notStrictEqual,
  ok,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { memoryFiles } from "../../../flavors/memory_files.ts";
import { formatError, McaError } from "../../../lib/errors.ts";
import type { ClusterTarget } from "../../../lib/kube/cluster_target.ts";
import type { JsonObject } from "../../../lib/kube/json.ts";
import { selectContext } from "../../../lib/kube/kubeconfig.ts";
import {
  kubeconfigTarget,
  type Login,
} from "../../../lib/kube/kubeconfig_target.ts";
import { FaultyFiles } from "../../fakes/faulty_files.ts";
import { tlsMaterial } from "../../flavors/tls_material.ts";
import { ManualClock } from "./manual_clock.ts";

interface Case {
  readonly cluster?: JsonObject;
  readonly user?: JsonObject;
  readonly files?: Readonly<Record<string, string>>;
  readonly login?: (afresh: boolean) => Promise<Login>;
}

interface Opened {
  readonly target: ClusterTarget;
  readonly clock: ManualClock;
  readonly files: FaultyFiles;
  readonly log: string[];
}

const SERVER = { server: "https://10.0.0.1:6443" };

async function open(given: Case): Promise<Opened> {
  const clock = new ManualClock();
  const files = new FaultyFiles(memoryFiles(clock));
  await files.makeDirectory("/home/kube/pki", 0o755);
  for (const [path, text] of Object.entries(given.files ?? {})) {
    await files.writeAtomic(path, text, 0o600);
  }
  const log: string[] = [];
  const context = selectContext([{
    path: "/home/kube/config",
    content: {
      "current-context": "dev",
      contexts: [{
        name: "dev",
        context: {
          cluster: "c",
          namespace: "shop",
          ...(given.user === undefined ? {} : { user: "u" }),
        },
      }],
      clusters: [{ name: "c", cluster: given.cluster ?? SERVER }],
      users: [{ name: "u", user: given.user ?? {} }],
    },
  }]);
  const target = await kubeconfigTarget({
    context,
    files,
    clock,
    openLogin: () => given.login ?? (() => Promise.reject(new Error("None"))),
    log: (level, message) => log.push(`${level}: ${message}`),
  });
  return { target, clock, files, log };
}

async function fault(given: Case): Promise<McaError> {
  try {
    await open(given);
  } catch (error) {
    if (error instanceof McaError) {
      ok(!formatError("mca", error).includes("secret"), error.message);
      return error;
    }
    throw error;
  }
  throw new Error("Expected kubeconfigTarget() to fail");
}

Deno.test("kubeconfigTarget() understands servers", async () => {
  const cases: [
    cluster: JsonObject,
    hostname: string,
    port: number,
    host: string,
    basePath: string,
    tls: boolean,
  ][] = [
    [SERVER, "10.0.0.1", 6443, "10.0.0.1:6443", "", true],
    [
      { server: "https://rancher.example/k8s/clusters/c-1/" },
      "rancher.example",
      443,
      "rancher.example",
      "/k8s/clusters/c-1",
      true,
    ],
    [
      { server: "https://[fd00::1]:6443" },
      "fd00::1",
      6443,
      "[fd00::1]:6443",
      "",
      true,
    ],
    [
      { server: "http://127.0.0.1:8001" },
      "127.0.0.1",
      8001,
      "127.0.0.1:8001",
      "",
      false,
    ],
    [
      { server: "localhost:8080" },
      "localhost",
      8080,
      "localhost:8080",
      "",
      false,
    ],
  ];
  for (const [cluster, hostname, port, host, basePath, tls] of cases) {
    const { target } = await open({ cluster });
    strictEqual(target.connect.hostname, hostname);
    strictEqual(target.connect.port, port);
    strictEqual(target.host, host);
    strictEqual(target.basePath, basePath);
    strictEqual(target.connect.tls !== undefined, tls);
    strictEqual(target.name, "dev");
    strictEqual(target.namespace, "shop");
    deepStrictEqual(await target.credentials.headers(), []);
  }
});

Deno.test("kubeconfigTarget() takes the CA as data or file, paths from the kubeconfig's directory", async () => {
  const { ca, otherCa } = await tlsMaterial();
  const files = {
    "/home/kube/pki/ca.crt": ca.certificate,
    "/ca.crt": otherCa.certificate,
  };
  const cases: [cluster: JsonObject, pem: string][] = [
    [{ "certificate-authority-data": btoa(ca.certificate) }, ca.certificate],
    [{ "certificate-authority": "pki/ca.crt" }, ca.certificate],
    [{ "certificate-authority": "/ca.crt" }, otherCa.certificate],
    [
      {
        "certificate-authority-data": btoa(ca.certificate),
        "certificate-authority": "/ca.crt",
      },
      ca.certificate,
    ],
  ];
  for (const [cluster, pem] of cases) {
    const { target } = await open({
      cluster: { ...SERVER, ...cluster, "tls-server-name": "kubernetes" },
      files,
    });
    deepStrictEqual(target.caCertificates.map((it) => it.trim()), [pem.trim()]);
    deepStrictEqual(target.connect.tls, {
      caCertificates: target.caCertificates,
      serverName: "kubernetes",
    });
  }
});

Deno.test("kubeconfigTarget() makes header fields of what a user entry holds", async () => {
  const cases: [user: JsonObject, fields: [string, string][]][] = [
    [{}, []],
    [{ token: "abc" }, [["Authorization", "Bearer abc"]]],
    [
      { username: "jürgen", password: "a:b" },
      [["Authorization", "Basic asO8cmdlbjphOmI="]],
    ],
    [{ token: "abc", username: "x" }, [["Authorization", "Bearer abc"]]],
    [
      { token: "from-entry", tokenFile: "token" },
      [["Authorization", "Bearer from-file"]],
    ],
    [
      {
        token: "abc",
        as: "jane",
        "as-uid": "7",
        "as-groups": ["dev", "ops"],
        "as-user-extra": { "example.com/a b": ["1", "2"] },
      },
      [
        ["Authorization", "Bearer abc"],
        ["Impersonate-User", "jane"],
        ["Impersonate-Uid", "7"],
        ["Impersonate-Group", "dev"],
        ["Impersonate-Group", "ops"],
        ["Impersonate-Extra-example.com%2Fa%20b", "1"],
        ["Impersonate-Extra-example.com%2Fa%20b", "2"],
      ],
    ],
  ];
  for (const [user, fields] of cases) {
    const { target } = await open({
      user,
      files: { "/home/kube/token": "from-file\n" },
    });
    deepStrictEqual(await target.credentials.headers(), fields);
  }
});

Deno.test("kubeconfigTarget() connects with a client certificate", async () => {
  const { client } = await tlsMaterial();
  const expected = {
    certificate: client.certificate,
    privateKey: client.privateKey,
  };
  for (
    const user of [
      {
        "client-certificate-data": btoa(client.certificate),
        "client-key-data": btoa(client.privateKey),
      },
      { "client-certificate": "pki/c.crt", "client-key": "pki/c.key" },
    ]
  ) {
    const { target } = await open({
      user,
      files: {
        "/home/kube/pki/c.crt": client.certificate,
        "/home/kube/pki/c.key": client.privateKey,
      },
    });
    deepStrictEqual(target.connect.tls?.clientCertificate, expected);
    strictEqual(target.connect, target.connect);
    deepStrictEqual(await target.credentials.headers(), []);
  }
});

Deno.test("kubeconfigTarget() reads a token file again", async () => {
  const { target, clock, files, log } = await open({
    user: { tokenFile: "token" },
    files: { "/home/kube/token": "secret-1" },
  });
  await files.writeAtomic("/home/kube/token", "secret-2", 0o600);
  deepStrictEqual(await target.credentials.headers(), [
    ["Authorization", "Bearer secret-1"],
  ]);
  clock.advance(10_000);
  deepStrictEqual(await target.credentials.headers(), [
    ["Authorization", "Bearer secret-2"],
  ]);
  files.fail("readText", "/home/kube/token", "EIO");
  strictEqual(await target.credentials.refresh(), false);
  deepStrictEqual(log, [
    "info: The user u of the kubeconfig changed",
    "warn: The user u of the kubeconfig cannot be used, and what it gave before stays in use: The file /home/kube/token cannot be read (EIO)",
  ]);
});

Deno.test("kubeconfigTarget() asks for a login again, and past its cache after a refusal", async () => {
  const { client } = await tlsMaterial();
  const asked: boolean[] = [];
  let login: Login = { token: "one" };
  const { target, clock } = await open({
    user: { exec: { command: "login" }, as: "jane" },
    login: (afresh) => {
      asked.push(afresh);
      return Promise.resolve(login);
    },
  });
  deepStrictEqual(await target.credentials.headers(), [
    ["Authorization", "Bearer one"],
    ["Impersonate-User", "jane"],
  ]);
  const before = target.connect;
  login = { clientCertificate: client };
  clock.advance(10_000);
  deepStrictEqual(await target.credentials.headers(), [
    ["Impersonate-User", "jane"],
  ]);
  notStrictEqual(target.connect, before);
  deepStrictEqual(target.connect.tls?.clientCertificate, client);
  strictEqual(await target.credentials.refresh(), false);
  login = { token: "two" };
  strictEqual(await target.credentials.refresh(), true);
  strictEqual(target.connect.tls?.clientCertificate, undefined);
  deepStrictEqual(asked, [false, false, true, true]);
});

Deno.test("kubeconfigTarget() refuses what it cannot honour, with a hint", async () => {
  const { client } = await tlsMaterial();
  const certificate = {
    "client-certificate-data": btoa(client.certificate),
    "client-key-data": btoa(client.privateKey),
  };
  const cases: [given: Case, message: RegExp, field: string][] = [
    [
      { cluster: { ...SERVER, "insecure-skip-tls-verify": true } },
      /always verified/,
      "clusters[0].cluster.insecure-skip-tls-verify",
    ],
    [
      { cluster: { ...SERVER, "proxy-url": "socks5://secret@proxy" } },
      /Proxies are not supported/,
      "clusters[0].cluster.proxy-url",
    ],
    [{ cluster: {} }, /has no server/, "clusters[0].cluster.server"],
    [
      { cluster: { server: "ftp://10.0.0.1" } },
      /not an http or https address/,
      "clusters[0].cluster.server",
    ],
    [
      { cluster: { server: "https://" } },
      /not an http or https address/,
      "clusters[0].cluster.server",
    ],
    [
      { user: { token: "x" }, cluster: { server: "http://10.0.0.1" } },
      /not sent over plain HTTP/,
      "users[0].user",
    ],
    [
      {
        user: certificate,
        cluster: { ...SERVER, "tls-server-name": "kubernetes" },
      },
      /together with tls-server-name/,
      "users[0].user",
    ],
    [
      { user: { "auth-provider": { name: "gcp" } } },
      /auth-provider gcp is not supported/,
      "users[0].user.auth-provider.name",
    ],
  ];
  for (const [given, message, field] of cases) {
    const error = await fault(given);
    strictEqual(error.code, "kubeconfig");
    match(error.message, message);
    deepStrictEqual(error.place, { file: "/home/kube/config", field });
    ok(error.hint !== undefined, error.message);
  }
});

Deno.test("kubeconfigTarget() takes tls-server-name that changes nothing, and a false skip of verification", async () => {
  const { client } = await tlsMaterial();
  const { target } = await open({
    user: {
      "client-certificate-data": btoa(client.certificate),
      "client-key-data": btoa(client.privateKey),
    },
    cluster: {
      ...SERVER,
      "tls-server-name": "10.0.0.1",
      "insecure-skip-tls-verify": false,
    },
  });
  strictEqual(target.connect.tls?.serverName, "10.0.0.1");
});

Deno.test("kubeconfigTarget() refuses broken entries, and quotes no secret", async () => {
  const { client } = await tlsMaterial();
  const cases: [given: Case, message: RegExp][] = [
    [
      { cluster: { ...SERVER, "certificate-authority-data": "secret!" } },
      /Expected base64/,
    ],
    [
      { cluster: { ...SERVER, "certificate-authority-data": btoa("secret") } },
      /no certificate in PEM/,
    ],
    [
      { cluster: { ...SERVER, "certificate-authority": "none" } },
      /\/home\/kube\/none cannot be read \(ENOENT\)/,
    ],
    [{ user: { token: "secret\nX: y" } }, /characters that no token has/],
    [{ user: { token: ["secret"] } }, /Expected a text/],
    [{ user: { tokenFile: "none" } }, /none cannot be read \(ENOENT\)/],
    [
      { user: { tokenFile: "t" }, files: { "/home/kube/t": "secret 1" } },
      /holds no token/,
    ],
    [{ user: { as: "secret\n" } }, /fits into a header/],
    [{ user: { "as-groups": ["g"] } }, /need a user to be/],
    [{ user: { as: "a", "as-groups": "secret" } }, /Expected a list/],
    [
      { user: { as: "a", "as-user-extra": { k: "secret" } } },
      /Expected a list/,
    ],
    [{ user: { exec: "secret" } }, /Expected a mapping/],
    [
      { user: { "client-certificate-data": btoa(client.certificate) } },
      /belong together/,
    ],
    [
      { user: { "client-key-data": btoa(client.privateKey) } },
      /belong together/,
    ],
    [
      {
        user: {
          "client-certificate-data": btoa("secret"),
          "client-key-data": btoa(client.privateKey),
        },
      },
      /no certificate in PEM/,
    ],
    [
      {
        user: {
          "client-certificate-data": btoa(client.certificate),
          "client-key-data": btoa(
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nsecret",
          ),
        },
      },
      /no unencrypted private key/,
    ],
  ];
  for (const [given, message] of cases) {
    const error = await fault(given);
    strictEqual(error.code, "kubeconfig");
    match(error.message, message);
    strictEqual(error.place.file, "/home/kube/config");
    ok(error.place.field !== undefined);
  }
});

Deno.test("kubeconfigTarget() passes a login's fault on", async () => {
  const error = new McaError("kubeconfig", "The plugin failed");
  await rejects(
    open({
      user: { exec: { command: "x" } },
      login: () => Promise.reject(error),
    }),
    error,
  );
});

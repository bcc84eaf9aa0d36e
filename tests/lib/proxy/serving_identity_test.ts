import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { memoryFiles } from "../../../flavors/memory_files.ts";
import { readCertificate } from "../../../lib/certs/certificate.ts";
import {
  issueCertificateAuthority,
  issueLeaf,
  type KeyPair,
} from "../../../lib/certs/issue.ts";
import { McaError } from "../../../lib/errors.ts";
import { createAppToken } from "../../../lib/proxy/app_service_account_token.ts";
import {
  loadOrCreateServingIdentity,
  renewLeafWhenDue,
  type ServingIdentity,
  type ServingIdentityOptions,
  servingNames,
} from "../../../lib/proxy/serving_identity.ts";
import { FaultyFiles } from "../../fakes/faulty_files.ts";

const directory = "/var/run/mca";
const caFile = `${directory}/ca.pem`;
const leafFile = `${directory}/serving.pem`;
const tokenFile = `${directory}/token`;
const start = Date.UTC(2026, 5, 15, 12, 30, 15, 678);
const hour = 60 * 60 * 1000;
const day = 24 * hour;

/** A pod whose clock can be set and whose proxy can be started again and again. */
class Pod {
  now = start;
  readonly files = new FaultyFiles(memoryFiles({ now: () => this.now }));
  readonly logged: string[] = [];
  readonly options: ServingIdentityOptions = {
    files: this.files,
    crypto,
    clock: { now: () => this.now },
    directory,
    namespace: "shop",
    log: (level, message) => this.logged.push(`${level}: ${message}`),
  };

  async start(
    options: Partial<ServingIdentityOptions> = {},
  ): Promise<ServingIdentity> {
    this.files.operations.length = 0;
    this.logged.length = 0;
    return await loadOrCreateServingIdentity({ ...this.options, ...options });
  }

  async renew(identity: ServingIdentity): Promise<ServingIdentity | null> {
    this.files.operations.length = 0;
    this.logged.length = 0;
    return await renewLeafWhenDue(identity, this.options);
  }
}

function assertGood(identity: ServingIdentity, now: number): void {
  const ca = new X509Certificate(identity.authority.certificate);
  const leaf = new X509Certificate(identity.leaf.certificate);
  assert.ok(leaf.checkIssued(ca));
  assert.ok(leaf.verify(ca.publicKey));
  for (const name of servingNames) {
    const isIp = name.includes(":") || name === "127.0.0.1";
    assert.ok(isIp ? leaf.checkIP(name) : leaf.checkHost(name), name);
  }
  for (const certificate of [ca, leaf]) {
    assert.ok(Date.parse(certificate.validFrom) <= now);
    assert.ok(Date.parse(certificate.validTo) > now);
  }
  assert.equal(identity.token.split(".").length, 3);
}

Deno.test("loadOrCreateServingIdentity() makes all at the first start, for the proxy alone to read", async () => {
  const pod = new Pod();
  const identity = await pod.start();
  assertGood(identity, pod.now);
  assert.deepEqual(pod.logged, [
    "info: Made the CA",
    "info: Made the serving certificate",
    "info: Made the app token",
  ]);
  assert.equal((await pod.files.info(directory))?.mode, 0o700);
  assert.deepEqual(await pod.files.list(directory), [
    "ca.pem",
    "serving.pem",
    "token",
  ]);
  for (const file of [caFile, leafFile, tokenFile]) {
    assert.equal((await pod.files.info(file))?.mode, 0o600);
  }
});

Deno.test("loadOrCreateServingIdentity() names what clients in a pod ask for", async () => {
  const { leaf } = await new Pod().start();
  assert.deepEqual(readCertificate(leaf.certificate).names, [
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "127.0.0.1",
    "::1",
  ]);
});

Deno.test("loadOrCreateServingIdentity() gives the CA ten years, the token as long, the leaf 90 days", async () => {
  const { authority, leaf, token } = await new Pod().start();
  const ca = readCertificate(authority.certificate);
  const second = Math.floor(start / 1000) * 1000;
  assert.equal(ca.notBefore, second - day);
  assert.equal(ca.notAfter, second + 3650 * day);
  assert.equal(readCertificate(leaf.certificate).notBefore, second - hour);
  assert.equal(readCertificate(leaf.certificate).notAfter, second + 90 * day);
  const payload: unknown = JSON.parse(atob(token.split(".")[1] ?? ""));
  assert.ok(
    typeof payload === "object" && payload !== null && "exp" in payload,
  );
  assert.equal(payload.exp, ca.notAfter / 1000);
});

Deno.test("loadOrCreateServingIdentity() is the same after a restart, and writes nothing", async () => {
  const pod = new Pod();
  const first = await pod.start();
  for (const later of [0, hour, 59 * day]) {
    pod.now = start + later;
    const { authority, leaf, token } = await pod.start();
    assert.deepEqual(
      [authority.certificate, authority.privateKey],
      [first.authority.certificate, first.authority.privateKey],
    );
    assert.deepEqual(
      [leaf.certificate, leaf.privateKey],
      [first.leaf.certificate, first.leaf.privateKey],
    );
    assert.equal(token, first.token);
    assert.deepEqual(pod.files.written, []);
    assert.deepEqual(pod.logged, []);
  }
});

Deno.test("loadOrCreateServingIdentity() makes different identities for different pods", async () => {
  const [one, two] = [await new Pod().start(), await new Pod().start()];
  assert.notEqual(one.token, two.token);
  assert.notEqual(one.authority.privateKey, two.authority.privateKey);
  assert.notEqual(
    readCertificate(one.authority.certificate).subject,
    readCertificate(two.authority.certificate).subject,
  );
});

const leafTimes = [
  ["is due for renewal", 61 * day],
  ["has expired", 91 * day],
  ["is not valid yet", -2 * hour],
] as const;

for (const [fault, jump] of leafTimes) {
  Deno.test(`loadOrCreateServingIdentity() makes a leaf that ${fault} anew, and nothing else`, async () => {
    const pod = new Pod();
    const first = await pod.start();
    pod.now = start + jump;
    const second = await pod.start();
    assertGood(second, pod.now);
    assert.deepEqual(second.authority.certificate, first.authority.certificate);
    assert.equal(second.token, first.token);
    assert.notEqual(second.leaf.certificate, first.leaf.certificate);
    assert.deepEqual(pod.logged, [
      `info: Made the serving certificate anew, as the one in ${leafFile} ${fault}; running containers accept it`,
    ]);
    assert.deepEqual(pod.files.written, [leafFile]);
  });
}

const authorityTimes = [
  ["has expired", 3651 * day],
  ["is not valid yet", -2 * day],
] as const;

for (const [fault, jump] of authorityTimes) {
  Deno.test(`loadOrCreateServingIdentity() makes a CA that ${fault} anew, as nobody accepts it`, async () => {
    const pod = new Pod();
    const first = await pod.start();
    pod.now = start + jump;
    const second = await pod.start();
    assertGood(second, pod.now);
    assert.notEqual(second.authority.certificate, first.authority.certificate);
    assert.equal(
      pod.logged[0],
      `warn: Made the CA anew, as the one in ${caFile} ${fault}; running containers trust it only after a restart`,
    );
  });
}

const cut = (text: string) => text.slice(0, text.length / 2);
const certificateOnly = (text: string) =>
  text.slice(0, text.indexOf("-----BEGIN PRIVATE"));

const damages: readonly (readonly [string, (text: string) => string])[] = [
  ["emptied", () => ""],
  ["cut in the middle", cut],
  ["left without its key", certificateOnly],
  [
    "given another certificate's key",
    (text) => certificateOnly(text) + otherKey,
  ],
  ["overwritten", () => "garbage\n"],
  ["doubled", (text) => text + text],
  ["changed in one character of the signature", (text) => {
    const at = text.indexOf("-----END CERTIFICATE") - 10;
    return text.slice(0, at) + (text[at] === "A" ? "B" : "A") +
      text.slice(at + 1);
  }],
];
const { privateKey: otherKey } = await issueCertificateAuthority(
  { commonName: "other" },
  { crypto, now: start },
);

for (const [what, damage] of damages) {
  for (const file of [caFile, leafFile]) {
    Deno.test(`loadOrCreateServingIdentity() makes ${file} anew where it was ${what}, and says so`, async () => {
      const pod = new Pod();
      const first = await pod.start();
      const text = damage(await pod.files.readText(file));
      await pod.files.writeAtomic(file, text, 0o600);
      const second = await pod.start();
      assertGood(second, pod.now);
      const isCa = file === caFile;
      assert.deepEqual(
        pod.files.written,
        isCa ? [caFile, leafFile] : [leafFile],
      );
      assert.match(
        pod.logged[0] ?? "",
        new RegExp(`^warn: Made the .* anew, as the one in ${file} `),
      );
      assert.equal(second.token, first.token);
      assert.equal(
        second.authority.certificate === first.authority.certificate,
        !isCa,
      );
      // And from then on all is well.
      assert.deepEqual(await pod.start(), second);
      assert.deepEqual(pod.logged, []);
    });
  }
}

for (const [what, text] of [["emptied", ""], ["cut", "a.b"]] as const) {
  Deno.test(`loadOrCreateServingIdentity() makes the token anew where it was ${what}, and nothing else`, async () => {
    const pod = new Pod();
    const first = await pod.start();
    await pod.files.writeAtomic(tokenFile, text, 0o600);
    const second = await pod.start();
    assert.notEqual(second.token, first.token);
    assertGood(second, pod.now);
    assert.deepEqual(pod.files.written, [tokenFile]);
    assert.deepEqual(pod.logged, [
      `warn: Made the app token anew, as the one in ${tokenFile} is damaged, expired or of another namespace; running containers get 401 until they read it again`,
    ]);
  });
}

Deno.test("loadOrCreateServingIdentity() makes the token anew for another namespace", async () => {
  const pod = new Pod();
  const first = await pod.start();
  const second = await pod.start({ namespace: "bank" });
  assert.notEqual(second.token, first.token);
});

Deno.test("loadOrCreateServingIdentity() goes on after a start that broke off at any write", async () => {
  for (const broken of [caFile, leafFile, tokenFile]) {
    const pod = new Pod();
    pod.files.fail("writeAtomic", broken, "ENOSPC");
    await assert.rejects(pod.start(), {
      name: "McaError",
      code: "file",
      message: "No space is left",
    });
    pod.files.heal();
    const made = pod.files.written.slice(0, -1);
    const identity = await pod.start();
    assertGood(identity, pod.now);
    assert.deepEqual([...made, ...pod.files.written], [
      caFile,
      leafFile,
      tokenFile,
    ]);
  }
});

async function replaced(pod: Pod, file: string, pair: KeyPair): Promise<void> {
  const text = pair.certificate + pair.privateKey;
  await pod.files.writeAtomic(file, text, 0o600);
}

Deno.test("loadOrCreateServingIdentity() refuses a CA that another one signed, and one that is none", async () => {
  const engine = { crypto, now: start };
  const stranger = await issueCertificateAuthority(
    { commonName: "stranger" },
    engine,
  );
  const leaf = await issueLeaf(
    stranger,
    { commonName: "leaf", names: [...servingNames] },
    engine,
  );
  const pod = new Pod();
  await pod.start();
  await replaced(pod, caFile, leaf);
  assertGood(await pod.start(), pod.now);
  assert.match(pod.logged[0] ?? "", /is not a CA that signed itself/);
  await replaced(pod, leafFile, leaf);
  assertGood(await pod.start(), pod.now);
  assert.match(pod.logged[0] ?? "", /is not signed by the CA/);
});

Deno.test("loadOrCreateServingIdentity() makes the leaf anew for further names and another key", async () => {
  const pod = new Pod();
  const first = await pod.start();
  const extraNames = ["host.example", "FE80::1"];
  const second = await pod.start({ extraNames });
  assert.match(pod.logged[0] ?? "", /^info: .* lacks the name host\.example;/);
  assert.deepEqual(
    readCertificate(second.leaf.certificate).names.slice(-2),
    ["host.example", "fe80::1"],
  );
  assert.equal(second.authority.certificate, first.authority.certificate);
  assert.deepEqual(await pod.start({ extraNames }), second);
  const third = await pod.start({ extraNames, keyAlgorithm: "rsa-2048" });
  assert.match(pod.logged[0] ?? "", /^info: .* has a key other than rsa-2048;/);
  assert.equal(third.authority.certificate, first.authority.certificate);
  assertGood(third, pod.now);
});

const stateFaults = [
  ["makeDirectory", directory, "EROFS"],
  ["makeDirectory", directory, "ENOTDIR"],
  ["readText", caFile, "EACCES"],
  ["readText", leafFile, "EIO"],
  ["readText", tokenFile, "EMFILE"],
  ["writeAtomic", caFile, "EROFS"],
  ["writeAtomic", leafFile, "ENOSPC"],
  ["writeAtomic", tokenFile, "EACCES"],
] as const;

for (const [operation, file, code] of stateFaults) {
  Deno.test(`loadOrCreateServingIdentity() explains ${code} at ${operation} of ${file}`, async () => {
    const pod = new Pod();
    if (operation === "readText") await pod.start();
    pod.files.fail(operation, file, code);
    await assert.rejects(pod.start(), (error) => {
      assert.ok(error instanceof McaError);
      assert.equal(error.code, "file");
      assert.deepEqual(error.place, { file });
      assert.ok(error.hint);
      return true;
    });
    // A passing fault of reading must not cut off running containers.
    if (operation === "readText") assert.deepEqual(pod.files.written, []);
  });
}

Deno.test("loadOrCreateServingIdentity() shows no key and no token in its log and errors", async () => {
  const pod = new Pod();
  const secrets: string[] = [];
  const shown: string[] = [];
  for (const file of [caFile, leafFile, tokenFile]) {
    const { authority, leaf, token } = await pod.start();
    for (const { privateKey } of [authority, leaf]) {
      secrets.push(...privateKey.split("\n").slice(1, -2));
    }
    secrets.push(token.split(".")[2] ?? "");
    await pod.files.writeAtomic(
      file,
      cut(await pod.files.readText(file)),
      0o600,
    );
    pod.files.fail("writeAtomic", file, "ENOSPC");
    await pod.start().catch((error) =>
      shown.push(Deno.inspect(error, { depth: 9 }))
    );
    pod.files.heal();
    await pod.start();
    shown.push(...pod.logged);
  }
  assert.equal(shown.length, 3 + 4);
  assert.ok(secrets.length > 9);
  for (const secret of secrets) {
    assert.ok(!shown.some((text) => text.includes(secret)));
  }
});

const renewals = [
  ["keeps a fresh leaf", 0, false],
  ["keeps a leaf before two thirds of its life", 59 * day, false],
  ["renews a leaf after two thirds of its life", 60.5 * day, true],
  ["renews an expired leaf", 91 * day, true],
  ["renews after years in one process", 2000 * day, true],
  ["keeps a leaf when the clock goes back a little", -30 * 60_000, false],
  [
    "renews a leaf that is not valid yet when the clock goes back",
    -2 * hour,
    true,
  ],
] as const;

for (const [what, jump, renews] of renewals) {
  Deno.test(`renewLeafWhenDue() ${what}, under the same CA and token`, async () => {
    const pod = new Pod();
    const first = await pod.start();
    pod.now = start + jump;
    const second = await pod.renew(first);
    assert.equal(second !== null, renews);
    if (second === null) {
      assert.deepEqual(pod.logged, []);
      assert.deepEqual(pod.files.written, []);
      return;
    }
    assertGood(second, pod.now);
    assert.equal(second.authority, first.authority);
    assert.equal(second.token, first.token);
    assert.deepEqual(pod.logged, ["info: Renewed the serving certificate"]);
    assert.deepEqual(pod.files.written, [leafFile]);
    assert.equal((await pod.files.info(leafFile))?.mode, 0o600);
    assert.equal(await pod.renew(second), null);
    const { leaf } = await pod.start();
    assert.equal(leaf.certificate, second.leaf.certificate);
  });
}

Deno.test("renewLeafWhenDue() serves a leaf that it cannot write, and says so", async () => {
  const pod = new Pod();
  const first = await pod.start();
  pod.now = start + 61 * day;
  pod.files.fail("writeAtomic", leafFile, "ENOSPC");
  const second = await pod.renew(first);
  assert.ok(second !== null);
  assertGood(second, pod.now);
  assert.deepEqual(pod.logged, [
    "info: Renewed the serving certificate",
    "warn: Cannot keep the serving certificate for the next start: No space is left",
  ]);
});

Deno.test("renewLeafWhenDue() needs no file: the directory may be gone", async () => {
  const pod = new Pod();
  const first = await pod.start();
  for (const file of [caFile, leafFile, tokenFile]) {
    await pod.files.remove(file);
  }
  pod.now = start + 61 * day;
  const second = await pod.renew(first);
  assert.ok(second !== null);
  assertGood(second, pod.now);
});

for (
  const [fault, jump] of [
    ["has expired", 3651 * day],
    ["is not valid yet", -3 * day],
  ] as const
) {
  Deno.test(`renewLeafWhenDue() says so and goes on where the CA ${fault}`, async () => {
    const pod = new Pod();
    const first = await pod.start();
    pod.now = start + jump;
    assert.equal(await pod.renew(first), null);
    assert.equal(pod.logged.length, 1);
    assert.match(
      pod.logged[0] ?? "",
      new RegExp(
        `^warn: Cannot renew the serving certificate: The issuer CN=mca-proxy-ca-[0-9a-f]{8} ${fault}; if the clock is right, restart the pod$`,
      ),
    );
    assert.deepEqual(pod.files.written, []);
    pod.now = start;
    assert.equal(await pod.renew(first), null);
    assert.deepEqual(pod.logged, []);
  });
}

Deno.test("renewLeafWhenDue() leaves a leaf that ends with its CA", async () => {
  const pod = new Pod();
  const first = await pod.start();
  pod.now = readCertificate(first.authority.certificate).notAfter - 10 * day;
  const last = await pod.renew(first);
  assert.ok(last !== null);
  pod.now += 9 * day;
  assert.equal(await pod.renew(last), null);
});

Deno.test("loadOrCreateServingIdentity() takes a token that an earlier version of the clock made", async () => {
  const pod = new Pod();
  await pod.start();
  const token = createAppToken(
    { namespace: "shop", notBefore: start + day, notAfter: start + 9 * day },
    crypto,
  );
  await pod.files.writeAtomic(tokenFile, token, 0o600);
  assert.equal((await pod.start()).token, token);
});

Deno.test("loadOrCreateServingIdentity() is loaded without the X.509 library", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "lib/proxy/serving_identity.ts"],
    cwd: new URL("../../..", import.meta.url),
    stderr: "inherit",
  }).output();
  const info: {
    roots: string[];
    modules: {
      specifier: string;
      dependencies?: {
        isDynamic?: boolean;
        code?: { specifier: string };
      }[];
    }[];
  } = JSON.parse(new TextDecoder().decode(stdout));
  const reached = new Set(info.roots);
  for (const specifier of reached) {
    const found = info.modules.find((each) => each.specifier === specifier);
    for (const { isDynamic, code } of found?.dependencies ?? []) {
      if (isDynamic !== true && code !== undefined) reached.add(code.specifier);
    }
  }
  const names = [...reached].join(" ");
  assert.match(names, /lib\/certs\/issue\.ts/);
  assert.doesNotMatch(names, /sign_certificate|peculiar|reflect-metadata/);
});

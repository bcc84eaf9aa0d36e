import assert from "node:assert/strict";
import { memoryFiles } from "../../../flavors/memory_files.ts";
import { McaError } from "../../../lib/errors.ts";
import {
  type AppServiceAccount,
  checkAppServiceAccount,
  ensureAppServiceAccount,
} from "../../../lib/proxy/app_service_account.ts";
import { FaultyFiles } from "../../fakes/faulty_files.ts";

const directory = "/var/run/app";
const content: AppServiceAccount = {
  caCertificate: "-----BEGIN CERTIFICATE-----\n",
  namespace: "shop",
  token: "the-secret-token",
};

async function emptyDirectory(): Promise<FaultyFiles> {
  const files = new FaultyFiles(memoryFiles({ now: () => 0 }));
  await files.makeDirectory(directory, 0o777);
  return files;
}

async function filledDirectory(): Promise<FaultyFiles> {
  const files = await emptyDirectory();
  await ensureAppServiceAccount(files, directory, content);
  files.operations.length = 0;
  return files;
}

async function assertComplete(files: FaultyFiles): Promise<void> {
  const read = (name: string) => files.readText(`${directory}/${name}`);
  assert.equal(await read("ca.crt"), content.caCertificate);
  assert.equal(await read("namespace"), content.namespace);
  assert.equal(await read("token"), content.token);
  assert.deepEqual(await checkAppServiceAccount(files, directory), []);
}

Deno.test("ensureAppServiceAccount() writes all files, the token last, for every UID", async () => {
  const files = await emptyDirectory();
  assert.deepEqual(
    await ensureAppServiceAccount(files, directory, content),
    ["ca.crt", "namespace", "token"],
  );
  assert.deepEqual(
    files.written,
    ["ca.crt", "namespace", "token"].map((name) => `${directory}/${name}`),
  );
  for (const name of ["ca.crt", "namespace", "token"]) {
    assert.equal((await files.info(`${directory}/${name}`))?.mode, 0o644);
  }
  await assertComplete(files);
});

Deno.test("ensureAppServiceAccount() writes nothing where all is well", async () => {
  const files = await filledDirectory();
  assert.deepEqual(
    await ensureAppServiceAccount(files, directory, content),
    [],
  );
  assert.deepEqual(files.written, []);
});

for (const name of ["ca.crt", "namespace", "token"]) {
  const path = `${directory}/${name}`;
  const damages: readonly (readonly [
    string,
    (files: FaultyFiles) => Promise<void>,
  ])[] = [
    ["deleted", (files) => files.remove(path)],
    ["emptied", (files) => files.writeAtomic(path, "", 0o644)],
    ["changed", (files) => files.writeAtomic(path, "other", 0o644)],
    ["lengthened", async (files) => {
      const text = await files.readText(path);
      await files.writeAtomic(path, `${text}\n`, 0o644);
    }],
  ];
  for (const [what, damage] of damages) {
    Deno.test(`ensureAppServiceAccount() repairs ${name} alone where it was ${what}`, async () => {
      const files = await filledDirectory();
      await damage(files);
      files.operations.length = 0;
      assert.deepEqual(
        await ensureAppServiceAccount(files, directory, content),
        [name],
      );
      assert.deepEqual(files.written, [path]);
      await assertComplete(files);
    });
  }
  Deno.test(`ensureAppServiceAccount() writes ${name} anew where it cannot be read`, async () => {
    const files = await filledDirectory();
    files.fail("readText", path, "EACCES");
    assert.deepEqual(
      await ensureAppServiceAccount(files, directory, content),
      [name],
    );
  });
}

const faults = [
  ["EACCES", /Permission denied/, /UID 999/],
  ["EPERM", /Permission denied/, /UID 999/],
  ["EROFS", /read-only/, /without readOnly/],
  ["ENOSPC", /No space is left/, /sizeLimit/],
  ["EDQUOT", /quota is used up/, /raise the quota/],
  ["EMFILE", /Too many files are open/, /ulimit -n/],
  ["EISDIR", /found a directory/, /Remove the directory/],
  ["ENOTDIR", /found a file/, /Move the file away/],
  ["EIO", /\(EIO\)/, /volume/],
] as const;

for (const [code, message, hint] of faults) {
  for (const [name, before] of [["ca.crt", 0], ["token", 2]] as const) {
    Deno.test(`ensureAppServiceAccount() explains ${code} of ${name}, and goes on when it is over`, async () => {
      const files = await emptyDirectory();
      const file = `${directory}/${name}`;
      files.fail("writeAtomic", file, code);
      await assert.rejects(
        ensureAppServiceAccount(files, directory, content),
        (error) => {
          assert.ok(error instanceof McaError);
          assert.equal(error.code, "file");
          assert.match(error.message, message);
          assert.match(error.hint ?? "", hint);
          assert.deepEqual(error.place, { file });
          assert.ok(!Deno.inspect(error, { depth: 9 }).includes(content.token));
          return true;
        },
      );
      // Without the token nobody takes the directory for complete.
      assert.equal(await files.info(`${directory}/token`), null);
      assert.equal((await files.list(directory)).length, before);
      files.heal();
      await ensureAppServiceAccount(files, directory, content);
      await assertComplete(files);
    });
  }
}

Deno.test("ensureAppServiceAccount() makes no directory, as nobody would see it", async () => {
  const files = new FaultyFiles(memoryFiles({ now: () => 0 }));
  await assert.rejects(ensureAppServiceAccount(files, directory, content), {
    name: "McaError",
    code: "file",
    message: "The directory does not exist",
    hint: /mount the volume there/,
  });
  assert.equal(await files.info(directory), null);
});

Deno.test("checkAppServiceAccount() finds what is wrong with each file", async () => {
  const files = await emptyDirectory();
  const [ca, namespace, token] = ["ca.crt", "namespace", "token"].map((name) =>
    `${directory}/${name}`
  );
  assert.ok(ca !== undefined && namespace !== undefined && token !== undefined);
  const faultsFound = () => checkAppServiceAccount(files, directory);
  assert.deepEqual(await faultsFound(), [
    { file: ca, fault: "missing" },
    { file: namespace, fault: "missing" },
    { file: token, fault: "missing" },
  ]);
  await files.writeAtomic(ca, "", 0o644);
  await files.makeDirectory(namespace, 0o755);
  files.fail("info", token, "EACCES");
  assert.deepEqual(await faultsFound(), [
    { file: ca, fault: "empty" },
    { file: namespace, fault: "not a file" },
    { file: token, fault: "unreadable" },
  ]);
});

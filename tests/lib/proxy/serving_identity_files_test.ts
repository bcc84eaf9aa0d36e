/** The same on the real file system, whose errors and modes are its own. */

import assert from "node:assert/strict";
import { denoFiles } from "../../../flavors/deno_files.ts";
import {
  checkAppServiceAccount,
  ensureAppServiceAccount,
} from "../../../lib/proxy/app_service_account.ts";
import { loadOrCreateServingIdentity } from "../../../lib/proxy/serving_identity.ts";

async function inDirectory(
  use: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await use(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function load(directory: string) {
  return loadOrCreateServingIdentity({
    files: denoFiles,
    crypto,
    clock: { now: () => Date.now() },
    directory,
    namespace: "shop",
    log: () => {},
  });
}

const content = { caCertificate: "ca", namespace: "shop", token: "token" };

async function modes(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await denoFiles.list(directory)) {
    const { mode } = await Deno.stat(`${directory}/${name}`);
    found[name] = ((mode ?? 0) & 0o777).toString(8);
  }
  return found;
}

Deno.test("loadOrCreateServingIdentity() keeps itself in private files of a private directory", async () => {
  await inDirectory(async (parent) => {
    const directory = `${parent}/mca/state`;
    const identity = await load(directory);
    assert.deepEqual(await modes(directory), {
      "ca.pem": "600",
      "serving.pem": "600",
      "token": "600",
    });
    assert.deepEqual(await modes(`${parent}/mca`), { "state": "700" });
    assert.deepEqual(await load(directory), identity);
  });
});

Deno.test("loadOrCreateServingIdentity() explains a file in place of its directory", async () => {
  await inDirectory(async (parent) => {
    await Deno.writeTextFile(`${parent}/state`, "");
    await assert.rejects(load(`${parent}/state`), {
      name: "McaError",
      code: "file",
      hint: /Move the file away/,
    });
  });
});

Deno.test("loadOrCreateServingIdentity() explains a directory in place of its file", async () => {
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/token`);
    await assert.rejects(load(directory), {
      name: "McaError",
      code: "file",
      hint: "Remove the directory.",
      place: { file: `${directory}/token` },
    });
  });
});

Deno.test("ensureAppServiceAccount() writes and repairs files that everybody can read", async () => {
  await inDirectory(async (directory) => {
    const ensure = () => ensureAppServiceAccount(denoFiles, directory, content);
    assert.equal((await ensure()).length, 3);
    assert.deepEqual(await modes(directory), {
      "ca.crt": "644",
      "namespace": "644",
      "token": "644",
    });
    await Deno.remove(`${directory}/token`);
    await Deno.truncate(`${directory}/ca.crt`);
    assert.deepEqual(await checkAppServiceAccount(denoFiles, directory), [
      { file: `${directory}/ca.crt`, fault: "empty" },
      { file: `${directory}/token`, fault: "missing" },
    ]);
    assert.deepEqual(await ensure(), ["ca.crt", "token"]);
    assert.deepEqual(await ensure(), []);
  });
});

Deno.test("ensureAppServiceAccount() explains a missing directory and a directory in place of a file", async () => {
  await inDirectory(async (directory) => {
    await assert.rejects(
      ensureAppServiceAccount(denoFiles, `${directory}/none`, content),
      {
        name: "McaError",
        code: "file",
        message: "The directory does not exist",
        place: { file: `${directory}/none/ca.crt` },
      },
    );
    await Deno.mkdir(`${directory}/namespace`);
    await assert.rejects(
      ensureAppServiceAccount(denoFiles, directory, content),
      {
        name: "McaError",
        code: "file",
        hint: "Remove the directory.",
        place: { file: `${directory}/namespace` },
      },
    );
    assert.deepEqual(await denoFiles.list(directory), ["ca.crt", "namespace"]);
  });
});

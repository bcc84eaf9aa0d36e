import { ok, strictEqual } from "node:assert/strict";
import { runDeno } from "./run_deno.ts";

const TESTING = new URL("../../flavors/testing.ts", import.meta.url);

Deno.test("testing.platform() leads to an API server of its own, started once and when asked for", async () => {
  const { code, stdout, stderr } = await runDeno(
    `import { embeddedApi, platform } from ${JSON.stringify(TESTING)};
     const { files, network, clusterTarget } = platform;
     await files.makeDirectory(platform.proxyPaths.state, 0o700);
     await files.writeAtomic(platform.proxyPaths.state + "/a", "x", 0o600);
     const target = await platform.clusterTarget();
     const again = await platform.clusterTarget();
     const connection = await network.connect(target.connect);
     const [[name, value]] = await target.credentials.headers();
     const head = "GET /api/v1/namespaces/default HTTP/1.1\\r\\nHost: " +
       target.host + "\\r\\n" + name + ": " + value + "\\r\\n\\r\\n";
     await connection.write(new TextEncoder().encode(head));
     const buffer = new Uint8Array(4096);
     const count = await connection.read(buffer);
     const status = new TextDecoder().decode(buffer.subarray(0, count)).split("\\r\\n")[0];
     connection.close();
     console.log(JSON.stringify([status, target === again, await files.list("/")]));
     await (await embeddedApi()).close();`,
  );
  strictEqual(stderr, "");
  strictEqual(code, 0);
  strictEqual(stdout, '["HTTP/1.1 200 OK",true,["state"]]\n');
});

Deno.test("testing.platform() starts nothing that nobody asks for", async () => {
  const { code, stdout } = await runDeno(
    `import { platform } from ${JSON.stringify(TESTING)};
     console.log(platform.flavor);`,
    { flags: ["--allow-import"] },
  );
  strictEqual(code, 0);
  ok(stdout === "testing\n");
});

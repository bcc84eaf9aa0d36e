/** What `mca proxy` does where a volume has no space left. */

import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { denoClock } from "../../flavors/deno_clock.ts";
import {
  type EmbeddedApi,
  startEmbeddedApi,
} from "../../flavors/embedded_api/embedded_api.ts";
import {
  APP_SERVICE_ACCOUNT_DIRECTORY,
  STATE_DIRECTORY,
} from "../../lib/inject/contract.ts";
import { waitUntil } from "../cluster/wait_until.ts";
import { type PodProcess, podProcessObstacle } from "../pod/pod_process.ts";
import { PROXY_COMMAND } from "./proxy_command.ts";
import { podOf, serve } from "./proxy_pod.ts";

const obstacle = await podProcessObstacle();

/** A path below /var/run as another process sees it. A link on the way would lead out of there. */
function seenBy(pid: number, path: string): string {
  const below = path.slice("/var/run".length);
  return `/proc/${pid}/root${Deno.realPathSync("/var/run")}${below}`;
}

/** A pod in which one volume holds so many pages of 4 KiB, whatever is in them. */
function podWith(
  api: EmbeddedApi,
  volume: string,
  pages: number,
): Promise<PodProcess> {
  return podOf(api, {
    command: [
      "sh",
      "-c",
      `mount -t tmpfs -o size=${4 * pages}k tmpfs "$0" && exec "$@"`,
      volume,
      ...PROXY_COMMAND,
    ],
  });
}

Deno.test({
  name:
    "`mca proxy` ends with 1 where its state does not fit, and shows the app nothing (needs mount namespaces)",
  ignore: obstacle !== undefined,
  fn: async () => {
    await using api = await startEmbeddedApi({ clock: denoClock });
    await using pod = await podWith(api, STATE_DIRECTORY, 1);
    await pod.start();
    const { code } = await pod.status;
    strictEqual(code, 1);
    match(
      await pod.log(),
      /^mca: \/var\/run\/mca\/\S+: No space is left\nhint: Free space on the node/m,
    );
    deepStrictEqual([...Deno.readDirSync(pod.appDirectory)], []);
  },
});

Deno.test({
  name:
    "`mca proxy` serves on while its app's directory is full, and restores it afterwards (needs mount namespaces)",
  ignore: obstacle !== undefined,
  fn: async () => {
    await using api = await startEmbeddedApi({ clock: denoClock });
    await using pod = await podWith(api, APP_SERVICE_ACCOUNT_DIRECTORY, 4);
    const port = await serve(pod);
    const said = (words: string) =>
      waitUntil(words, async () => (await pod.log()).includes(words));
    const directory = seenBy(pod.pid, APP_SERVICE_ACCOUNT_DIRECTORY);
    const names = () =>
      [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
    const content = (name: string) => Deno.readTextFile(`${directory}/${name}`);
    const [ca, token] = [await content("ca.crt"), await content("token")];
    await Deno.remove(`${directory}/ca.crt`);
    const filler = `${directory}/filler`;
    // As many pages as there are left, and one that there is not.
    await Deno.writeFile(filler, new Uint8Array(3 * 4096)).catch(() => {});
    await said("The app's ServiceAccount directory cannot be restored");
    match(await pod.log(), /"reason":"No space is left"/);
    deepStrictEqual(names(), ["filler", "namespace", "token"]);
    using client = Deno.createHttpClient({ caCerts: [ca] });
    const response = await fetch(`https://127.0.0.1:${port}/version`, {
      client,
      headers: { Authorization: `Bearer ${token}` },
    });
    await response.body?.cancel();
    strictEqual(response.status, 200);
    await Deno.remove(filler);
    await said("Restored files of the app's ServiceAccount directory");
    deepStrictEqual(names(), ["ca.crt", "namespace", "token"]);
    strictEqual(await content("ca.crt"), ca);
    strictEqual(await pod.end("SIGTERM"), 0);
  },
});

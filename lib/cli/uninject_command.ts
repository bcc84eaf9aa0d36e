/**
 * `mca uninject`: the sidecar out of the pods of a manifest.
 *
 * @module
 */

import { uninjectText } from "../inject/transform_text.ts";
import type { Command } from "./command.ts";
import { parseRunOptions } from "./inject_options.ts";
import { runOverManifests } from "./inject_run.ts";

const HELP = `Usage: mca uninject [OPTIONS] [FILE...]

Takes the sidecar out of every pod and pod template of a manifest, and puts back
what injection took away: a manifest that \`mca inject\` made becomes the
original again, byte for byte. Reads standard input where no file is named, and
writes to standard output. What the reference implementation injected is undone
too.

Input:
  -f, --filename FILE   A file, a directory, a pattern such as 'apps/*.yaml', or
                        - for standard input. May be given several times.
  -R, --recursive       Look into the subdirectories of directories too.

Output:
  -o, --output FORMAT   same (default: as it came), yaml, json, or patch: an RFC
                        6902 patch for each object, one a line, for
                        \`kubectl patch --type=json\`.
  -i, --in-place        Change the files themselves; those with nothing to
                        change are not touched.
      --diff            Show the difference instead of the result.
      --dry-run         Only report what would be done.
      --check           Only report, and exit with 1 where something is
                        injected.
  -k, --keep-going      Leave a document with an error as it is and go on; exit
                        with 1 at the end. Without it a run with an error writes
                        nothing.
  -q, --quiet           No report.
      --report FORMAT   The report's format: text (default) or json.
  -h, --help            Show this text.

Examples:
  mca uninject < injected.yaml > original.yaml
  mca uninject -R -i -f manifests/
  kubectl get deployment web -o yaml | mca uninject | kubectl apply -f -
`;

/** `mca uninject`. */
export const uninjectCommand: Command = {
  name: "uninject",
  summary: "Take the sidecar out of the pods of a manifest",
  help: HELP,
  run: async (args, platform) => {
    const options = parseRunOptions("uninject", args, []);
    if (options.isHelp) {
      await platform.terminal.writeOut(HELP);
      return 0;
    }
    return await runOverManifests({ options, platform, step: uninjectText });
  },
};

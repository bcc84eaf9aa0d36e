/**
 * `mca inject`: the sidecar into the pods of a manifest.
 *
 * @module
 */

import { injectText } from "../inject/transform_text.ts";
import type { Command } from "./command.ts";
import { parseRunOptions } from "./inject_options.ts";
import { runOverManifests } from "./inject_run.ts";
import { readSettings, SETTING_FLAGS } from "./inject_settings.ts";

const HELP = `Usage: mca inject [OPTIONS] [FILE...]

Puts the sidecar into every pod and pod template of a manifest and changes
nothing else: comments, order and quoting stay. Reads standard input where no
file is named, and writes to standard output. Pods with the label
mca.k8s.io/inject: "false", and pods that cannot be injected, stay as they are;
the report on standard error says why.

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
      --check           Only report, and exit with 1 where something is not
                        injected or is out of date. A pod that cannot be
                        injected counts if its label asks for it.
  -k, --keep-going      Leave a document with an error as it is and go on; exit
                        with 1 at the end. Without it a run with an error writes
                        nothing.
  -q, --quiet           No report.
      --report FORMAT   The report's format: text (default) or json.

Settings (each also in the environment, MCA_PROXY_IMAGE for --proxy-image, in
the config file as proxyImage, and on a pod as annotation
mca.k8s.io/proxy-image; annotations win over flags, flags over the environment,
that over the config file):
      --config FILE     A config file (YAML).
      --proxy-image IMAGE
                        The sidecar's image.
      --proxy-image-pull-policy POLICY
                        Always, IfNotPresent, Never or none (default).
      --proxy-port PORT
                        The port on loopback (default 6443).
      --proxy-uid UID   UID and GID of the sidecar (default 999); none leaves
                        them to the image or to OpenShift.
      --proxy-cpu-request, --proxy-cpu-limit,
      --proxy-memory-request, --proxy-memory-limit QUANTITY
                        The sidecar's resources (defaults 10m, 500m, 64Mi,
                        128Mi); none leaves one out.
      --proxy-log-level LEVEL
                        debug, info (default), warn, error or off.
      --proxy-log-format FORMAT
                        json (default) or text.
      --proxy-env NAME=VALUE
                        One more variable of the sidecar; may be given several
                        times.
      --proxy-startup-period-seconds, --proxy-startup-timeout-seconds,
      --proxy-startup-failure-threshold NUMBER
                        The startup probe (defaults 1, 5, 120).
      --proxy-key-algorithm NAME
                        ecdsa-p256 (default), ecdsa-p384, rsa-2048 or rsa-3072.

  -h, --help            Show this text.

Examples:
  mca inject < pod.yaml | kubectl apply -f -
  mca inject -R -i -f manifests/
  mca inject --check -q -f 'charts/**/*.yaml'
  kubectl kustomize overlays/prod | mca inject | kubectl apply -f -
  helm install web ./chart --post-renderer mca-inject
                        (Helm 4, after \`helm plugin install
                        plugins/helm/mca-inject\`; Helm 3 takes
                        --post-renderer mca --post-renderer-args inject)
  kubectl patch deployment web --type=json \\
    -p "$(kubectl get deployment web -o yaml | mca inject -q -o patch)"
`;

/** `mca inject`. */
export const injectCommand: Command = {
  name: "inject",
  summary: "Put the sidecar into the pods of a manifest",
  help: HELP,
  run: async (args, platform) => {
    const options = parseRunOptions("inject", args, [
      ...SETTING_FLAGS,
      "config",
    ]);
    if (options.isHelp) {
      await platform.terminal.writeOut(HELP);
      return 0;
    }
    const settings = await readSettings(
      options.own,
      options.own["config"]?.at(-1),
      platform,
    );
    return await runOverManifests({
      options,
      platform,
      step: (source) => injectText(source, settings),
    });
  },
};

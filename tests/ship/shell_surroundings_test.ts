/** `mca` as it ships, where a shell's streams and files are not the ordinary. */

import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { runToEnd } from "./run_to_end.ts";
import { shippedCommand } from "./shipped.ts";

const POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n" +
  "  containers:\n    - name: a\n      image: a\n";

interface Surroundings {
  readonly what: string;
  /** For bash; `mca` is the executable and pod.yaml a manifest. */
  readonly script: string;
  readonly code: number;
  readonly stdout: RegExp;
  readonly stderr: RegExp;
}

const INJECTED = /^ +- name: mca-proxy$/m;
const NOTHING = /^$/;

const SURROUNDINGS: readonly Surroundings[] = [
  {
    what: "ends well where nobody reads on",
    script: "for i in {1..2000}; do cat pod.yaml; echo ---; done |" +
      " mca inject -q | head -1",
    code: 0,
    stdout: /^apiVersion: v1\n$/,
    stderr: NOTHING,
  },
  {
    what: "tells where its output finds no space",
    script: "mca inject pod.yaml > /dev/full",
    code: 1,
    stdout: NOTHING,
    stderr: /^mca: Standard output cannot be written \(ENOSPC\)\nhint: .*\n$/,
  },
  {
    what: "injects where its report finds no space",
    script: "mca inject pod.yaml 2> /dev/full",
    code: 0,
    stdout: INJECTED,
    stderr: NOTHING,
  },
  {
    what: "injects where there is no standard error",
    script: "mca inject pod.yaml 2>&-",
    code: 0,
    stdout: INJECTED,
    stderr: NOTHING,
  },
  {
    what: "tells that there is no standard input",
    script: "mca inject <&-",
    code: 1,
    stdout: NOTHING,
    stderr: /^mca: standard input: There is no manifest in it\nhint: /,
  },
  {
    what: "tells that standard input is a directory",
    script: "mca inject < .",
    code: 1,
    stdout: NOTHING,
    stderr: /^mca: Standard input cannot be read \(EISDIR\)\nhint: /,
  },
  {
    what: "gives up on an input without end",
    script: "yes 'a: b' | mca inject",
    code: 1,
    stdout: NOTHING,
    stderr: /^mca: standard input, document 1.*\nhint: Split it into smaller/,
  },
  {
    what: "reads a named pipe",
    script: "mkfifo pipe; cat pod.yaml > pipe & mca inject pipe",
    code: 0,
    stdout: INJECTED,
    stderr: /^pipe: Pod a: injected\n$/,
  },
  {
    what: "puts no file in a pipe's place",
    script:
      "mkfifo pipe; mca inject -i pipe; code=$?; test -p pipe && exit $code",
    code: 1,
    stdout: NOTHING,
    stderr: /^mca: pipe: Only files can be changed in place\nhint: .*\n$/,
  },
  {
    what: "reads what a shell substitutes",
    script: "mca inject <(cat pod.yaml)",
    code: 0,
    stdout: INJECTED,
    stderr: /Pod a: injected\n$/,
  },
  {
    what: "keeps a byte order mark and the ends of lines",
    script:
      "{ printf '\\xef\\xbb\\xbf'; sed 's/$/\\r/' pod.yaml; } > dos.yaml;" +
      " mca inject -q -i dos.yaml; head -c 3 dos.yaml | od -An -tx1;" +
      " grep -c 'mca-proxy\\r$' -P dos.yaml; grep -vc '\\r$' -P dos.yaml || true",
    code: 0,
    stdout: /^ ef bb bf\n[1-9]\d*\n0\n$/,
    stderr: NOTHING,
  },
  {
    what: "tells that a file is UTF-16",
    script: "iconv -t UTF-16 pod.yaml | mca inject",
    code: 1,
    stdout: NOTHING,
    stderr: /^mca: .*: The text is not UTF-8; it looks like UTF-16\nhint: /,
  },
  {
    what: "takes file names as they are",
    script: `for name in 'a b.yaml' '-c.yaml' '[d].yaml' '*.yaml'; do` +
      ` cp pod.yaml "./$name"; mca inject --dry-run -- "$name"; done`,
    code: 0,
    stdout: NOTHING,
    stderr:
      /^a b\.yaml: Pod a: injected\n-c\.yaml: Pod a: injected\n\[d\]\.yaml: Pod a: injected\n\*\.yaml: Pod a: injected\n$/,
  },
  {
    what: "takes no line of a file's name for one of its own",
    script: `cp pod.yaml $'x\\nmca: y'; mca inject --dry-run $'x\\nmca: y'`,
    code: 0,
    stdout: NOTHING,
    stderr: /^x\\u000amca: y: Pod a: injected\n$/,
  },
  {
    what: "says nothing of what it did not write",
    script: "{ cat pod.yaml; echo ---; echo 'kind: ['; } | mca inject",
    code: 1,
    stdout: NOTHING,
    stderr: /^mca: standard input, document 2, .*\nhint: .*\n$/,
  },
];

for (const { what, script, code, stdout, stderr } of SURROUNDINGS) {
  Deno.test(`\`mca inject\` keeps its manners: it ${what}`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "mca-shell-" });
    try {
      const command = await shippedCommand("mca");
      await Deno.mkdir(`${folder}/bin`);
      await Deno.writeTextFile(
        `${folder}/bin/mca`,
        `#!/bin/sh\nexec ${
          command.map((word) => `'${word}'`).join(" ")
        } "$@"\n`,
        { mode: 0o755 },
      );
      await Deno.writeTextFile(`${folder}/pod.yaml`, POD);
      const ended = await runToEnd(["bash", "-o", "pipefail", "-c", script], {
        cwd: folder,
        env: { PATH: `${folder}/bin:${Deno.env.get("PATH")}`, NO_COLOR: "1" },
      });
      match(ended.stderr, stderr);
      match(ended.stdout, stdout);
      strictEqual(ended.code, code);
      // Nothing half-written, nothing left over.
      deepStrictEqual(
        [...Deno.readDirSync(folder)].filter(({ name }) =>
          name.endsWith(".tmp")
        ),
        [],
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

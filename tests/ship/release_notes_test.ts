import { strictEqual, throws } from "node:assert/strict";
import { releaseNotes } from "../../tools/compile/release_notes.ts";
import { runToEnd } from "./run_to_end.ts";

const CHANGELOG = `# Changelog

All notable changes.

## [Unreleased]

## [1.1.0] - 2026-02-01

### Added

- A thing.

## [1.0.0] - 2026-01-01

- The first.
`;

Deno.test("releaseNotes() takes one version's section", () => {
  strictEqual(releaseNotes(CHANGELOG, "1.1.0"), "### Added\n\n- A thing.\n");
  strictEqual(releaseNotes(CHANGELOG, "1.0.0"), "- The first.\n");
});

for (const version of ["Unreleased", "1.0", "2.0.0"]) {
  Deno.test(`releaseNotes() has nothing to say of ${version}`, () => {
    throws(() => releaseNotes(CHANGELOG, version), RangeError);
  });
}

Deno.test("`tools/compile/release_notes.ts` says in words that a version has no section", async () => {
  const program = new URL(
    "../../tools/compile/release_notes.ts",
    import.meta.url,
  );
  const { code, stdout, stderr } = await runToEnd([
    Deno.execPath(),
    "run",
    "--quiet",
    "--allow-read",
    program.pathname,
    "9.9.9",
  ]);
  strictEqual(stdout, "");
  strictEqual(
    stderr,
    "The changelog says nothing of 9.9.9\nhint: write its section into CHANGELOG.md\n",
  );
  strictEqual(code, 1);
});

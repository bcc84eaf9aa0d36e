/**
 * The house style as a `deno lint` plugin: what the recommended rules do not
 * know about MCA. deno.json loads it; CONTRIBUTING.md explains each rule.
 *
 * @module
 */

import { errorMessageStyle } from "./rules/error_message_style.ts";
import { exportedNeedsDoc } from "./rules/exported_needs_doc.ts";
import { ignoredTestSaysWhy } from "./rules/ignored_test_says_why.ts";
import { literalImport } from "./rules/literal_import.ts";
import { noAmbientEffects } from "./rules/no_ambient_effects.ts";
import { noExit } from "./rules/no_exit.ts";
import { noSleepInTests } from "./rules/no_sleep_in_tests.ts";
import { noTypeAssertion } from "./rules/no_type_assertion.ts";
import { noVagueFileName } from "./rules/no_vague_file_name.ts";
import { testNameStyle } from "./rules/test_name_style.ts";
import { forPaths } from "./paths.ts";

const plugin: Deno.lint.Plugin = {
  name: "mca",
  rules: {
    "error-message-style": errorMessageStyle,
    "exported-needs-doc": forPaths(/^(lib\/|mod\.ts$)/, exportedNeedsDoc),
    "ignored-test-says-why": forPaths(/_test\.ts$/, ignoredTestSaysWhy),
    "literal-import": forPaths(/^(?!tests\/)/, literalImport),
    "no-ambient-effects": forPaths(/^lib\//, noAmbientEffects),
    "no-exit": noExit,
    "no-sleep-in-tests": forPaths(/_test\.ts$/, noSleepInTests),
    "no-type-assertion": forPaths(/^(?!.*_test\.ts$)/, noTypeAssertion),
    "no-vague-file-name": noVagueFileName,
    "test-name-style": forPaths(/_test\.ts$/, testNameStyle),
  },
};

export default plugin;

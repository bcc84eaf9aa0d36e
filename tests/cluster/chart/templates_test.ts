/** The tests of the chart that need helm alone, where helm is sure to be there. */

import { findProgram } from "../find_program.ts";

await findProgram("helm");
await import("../../charts/admission_test.ts");
await import("../../charts/templates_test.ts");
await import("../../charts/values_schema_test.ts");
await import("../../charts/webhook_settings_test.ts");

/**
 * MCA as a library: injection into pods and manifests, and certificates, as
 * pure functions. Nothing here reads a file, a clock or the environment; it runs
 * in Deno, Node and browsers alike.
 *
 * @example Inject a pod
 * ```ts
 * import { DEFAULT_SETTINGS, injectPod } from "./mod.ts";
 *
 * const pod = { spec: { containers: [{ name: "app", image: "app" }] } };
 * const result = injectPod(pod, DEFAULT_SETTINGS);
 * if (result.outcome === "injected") console.log(JSON.stringify(result.pod));
 * ```
 *
 * @module
 */

export {
  McaError,
  type McaErrorCode,
  type McaErrorOptions,
  type McaErrorPlace,
} from "./lib/errors.ts";
export { VERSION } from "./lib/version.ts";

export {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "./lib/kube/json.ts";
export {
  apply as applyJsonPatch,
  diff as diffJson,
  type JsonPatch,
  type JsonPatchOperation,
} from "./lib/kube/json_patch.ts";

export type { DefaultChoice } from "./lib/inject/eligibility.ts";
export {
  type InjectOptions,
  injectPod,
  type InjectResult,
} from "./lib/inject/inject_pod.ts";
export { uninjectPod, type UninjectResult } from "./lib/inject/uninject_pod.ts";
export {
  injectText,
  type TextChange,
  type TextStep,
  uninjectText,
} from "./lib/inject/transform_text.ts";
export type { ManifestObject, PodPlace } from "./lib/inject/workloads.ts";
export type { ObjectReport, Outcome } from "./lib/inject/transform_document.ts";
export type { SourceDocument } from "./lib/inject/manifest/source_document.ts";
export {
  splitDocuments,
  type SplitOptions,
} from "./lib/inject/manifest/split_documents.ts";
export type { ByteStream } from "./lib/inject/manifest/utf8_text.ts";
export {
  DEFAULT_SETTINGS,
  type InjectSettings,
  type SettingDefinition,
  type SettingKey,
  SETTINGS,
} from "./lib/inject/settings.ts";
export {
  NONE,
  type SettingType,
  type Variables,
} from "./lib/inject/setting_types.ts";
export {
  type GivenReason,
  type ReasonCode,
  REASONS,
} from "./lib/inject/reasons.ts";

export {
  type Engine,
  issueCertificateAuthority,
  type IssuedCertificate,
  issueLeaf,
  type IssueOptions,
  type KeyPair,
  type LeafOptions,
} from "./lib/certs/issue.ts";
export type { KeyAlgorithmName } from "./lib/certs/key_algorithms.ts";
export {
  type Certificate,
  type EncodedParts,
  readCertificate,
} from "./lib/certs/certificate.ts";
export type { CertificateExtensions } from "./lib/certs/certificate_extensions.ts";
export {
  type RenewalDecision,
  renewalDecision,
  type RenewalOptions,
  type Validity,
} from "./lib/certs/renewal.ts";

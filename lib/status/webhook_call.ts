/**
 * Trying the webhook: with a pod that is created in a dry run, or by calling it
 * as the API server does.
 *
 * @module
 */

import { INJECT_LABEL, SIDECAR_NAME } from "../inject/contract.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import { objectsAt, textAt, valueAt } from "../kube/object_fields.ts";
import type { RegisteredWebhook } from "./registered_webhook.ts";

/** What came of trying it. */
export type CallOutcome =
  /** A pod got the sidecar. */
  | { readonly kind: "injected"; readonly where: string }
  /** A pod was let in without. */
  | { readonly kind: "not-injected"; readonly where: string }
  /** The API server or the connection says what is wrong. */
  | { readonly kind: "failed"; readonly message: string }
  /** It could not be tried. */
  | { readonly kind: "not-tried"; readonly why: string };

/** A pod that every namespace would take, and that asks for the sidecar. */
export function trialPod(name: string): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { [INJECT_LABEL]: "true" } },
    spec: {
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65534,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [{
        name: "trial",
        image: "registry.invalid/trial",
        resources: {
          requests: { cpu: "1m", memory: "1Mi" },
          limits: { cpu: "1m", memory: "1Mi" },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
        },
      }],
    },
  };
}

/** Whether the pod has the sidecar. */
export function hasSidecar(pod: JsonObject): boolean {
  return objectsAt(pod, "spec", "initContainers")
    .some(({ name }) => name === SIDECAR_NAME);
}

/** A question about the trial pod, as the API server asks it. */
export function trialReview(uid: string): JsonObject {
  // As it comes to a webhook: the API server has mounted the token.
  const mountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
  const pod = trialPod("mca-status-trial");
  const [container = {}] = objectsAt(pod, "spec", "containers");
  const volumeMounts = [{ name: "kube-api-access-trial", mountPath }];
  const spec = valueAt(pod, "spec");
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid,
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "v1", resource: "pods" },
      operation: "CREATE",
      namespace: "default",
      name: "mca-status-trial",
      dryRun: true,
      object: {
        ...pod,
        spec: {
          ...(isJsonObject(spec) ? spec : {}),
          containers: [{ ...container, volumeMounts }],
        },
      },
    },
  };
}

/** What the webhook answered to {@link trialReview}. */
export function readTrialAnswer(
  answer: JsonValue | undefined,
  uid: string,
  where: string,
): CallOutcome {
  const response = valueAt(answer, "response");
  if (textAt(response, "uid") !== uid) {
    return { kind: "failed", message: "The answer is no AdmissionReview" };
  }
  if (valueAt(response, "allowed") !== true) {
    const message = textAt(response, "status", "message");
    return { kind: "failed", message: `It refused the pod: ${message}` };
  }
  const patch = decodePatch(textAt(response, "patch"));
  return {
    kind: patch.includes(`"${SIDECAR_NAME}"`) ? "injected" : "not-injected",
    where,
  };
}

function decodePatch(patch: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(patch));
  } catch {
    return "";
  }
}

/** Where the API server calls the webhook; undefined where that is no https:// address. */
export function addressOf(
  { service, url }: RegisteredWebhook,
): URL | undefined {
  const text = service === undefined
    ? url ?? ""
    : `https://${service.name}.${service.namespace}.svc:${service.port}${service.path}`;
  if (!URL.canParse(text)) return undefined;
  const address = new URL(text);
  return address.protocol === "https:" ? address : undefined;
}

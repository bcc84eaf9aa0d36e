/** Certificates for a webhook at fixed dates, and the objects that hold them. */

import {
  issueCertificateAuthority,
  issueLeaf,
  type KeyPair,
} from "../../../lib/certs/issue.ts";
import type { JsonObject } from "../../../lib/kube/json.ts";
import type { Seen } from "../../../lib/status/finding.ts";

export const day = 24 * 60 * 60 * 1000;

/** When the certificates of the tests are made. */
export const MADE = Date.UTC(2026, 0, 1);

/** A CA for 365 days and a leaf for 30. */
export interface TestCertificates {
  readonly authority: KeyPair;
  readonly leaf: KeyPair;
}

export async function makeCertificates(
  names: readonly string[] = ["mca-webhook.mca-system.svc"],
): Promise<TestCertificates> {
  const engine = { crypto, now: MADE };
  const authority = await issueCertificateAuthority({
    commonName: "test-ca",
    lifetime: 365 * day,
  }, engine);
  const leaf = await issueLeaf(authority, {
    commonName: "test",
    names,
    lifetime: 30 * day,
  }, engine);
  return { authority, leaf };
}

/** A Secret with the certificate. */
export function secretWith(certificate: string): Seen<JsonObject> {
  return {
    kind: "present",
    value: { data: { "tls.crt": btoa(certificate) } },
  };
}

/** A configuration as the chart makes it. */
export function configurationWith(
  caBundle: string,
  more: JsonObject = {},
): JsonObject {
  return {
    metadata: {
      name: "mca-webhook",
      creationTimestamp: new Date(MADE).toISOString(),
    },
    webhooks: [{
      name: "webhook.mca.k8s.io",
      failurePolicy: "Fail",
      timeoutSeconds: 10,
      clientConfig: {
        service: {
          namespace: "mca-system",
          name: "mca-webhook",
          path: "/mutate",
          port: 443,
        },
        ...(caBundle === "" ? {} : { caBundle: btoa(caBundle) }),
      },
      objectSelector: { matchLabels: { "mca.k8s.io/inject": "true" } },
      namespaceSelector: {
        matchExpressions: [{
          key: "kubernetes.io/metadata.name",
          operator: "NotIn",
          values: ["kube-system", "mca-system"],
        }],
      },
      ...more,
    }],
  };
}

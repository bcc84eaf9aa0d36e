import assert from "node:assert/strict";
import { assessCall } from "../../../lib/status/assess_call.ts";

const CALL =
  'Internal error occurred: failed calling webhook "webhook.mca.k8s.io": failed to call webhook: Post "https://mca-webhook.mca-system.svc:443/mutate?timeout=10s": ';

/** What API servers and this program's own sockets say, and what it comes to. */
const MESSAGES: Readonly<Record<string, RegExp>> = {
  [`${CALL}tls: failed to verify certificate: x509: certificate signed by unknown authority`]:
    /^The API server does not trust/,
  [`${CALL}tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-24T08:00:00Z is after 2026-01-01T00:00:00Z`]:
    /^The webhook's certificate is not valid now/,
  [`${CALL}tls: failed to verify certificate: x509: certificate is valid for a.example, not mca-webhook.mca-system.svc`]:
    /^The webhook's certificate is for another name/,
  [`${CALL}dial tcp 10.0.0.1:443: connect: connection refused`]:
    /^The webhook cannot be connected to/,
  [`${CALL}context deadline exceeded`]: /^The webhook does not answer in time/,
  [`${CALL}no endpoints available for service "mca-webhook"`]:
    /^No replica of the webhook is ready/,
  [`${CALL}service "mca-webhook" not found`]:
    /^The webhook's Service is not there/,
  "mca-webhook.mca-system.svc:443 shows a certificate that the trusted CA did not issue":
    /^The API server does not trust/,
  "mca-webhook.mca-system.svc:443 has a name that cannot be resolved":
    /^The webhook cannot be connected to/,
  'admission webhook "webhook.mca.k8s.io" denied the request: no':
    /^A trial pod was not admitted/,
};

Deno.test("assessCall() tells why a webhook cannot be called", () => {
  for (const [message, expected] of Object.entries(MESSAGES)) {
    const finding = assessCall({ kind: "failed", message });
    assert.equal(finding.level, "wrong");
    assert.match(finding.message, expected, message);
    // The address is known; what follows it is not.
    assert.doesNotMatch(finding.message, /Post "/);
    assert.match(finding.remedy ?? "", /\.$/);
  }
});

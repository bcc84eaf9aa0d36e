/**
 * Whether the API server trusts what the webhook serves, and for how long.
 *
 * @module
 */

import { readCertificates } from "../certs/certificate.ts";
import { renewalDecision } from "../certs/renewal.ts";
import { isIssuedBy } from "../certs/verification.ts";
import { McaError } from "../errors.ts";
import type { JsonObject } from "../kube/json.ts";
import { type Authority, readAuthorities } from "../webhook/authority.ts";
import { TRUST_KEYS } from "../webhook/trust_state.ts";
import type { Finding, Seen } from "./finding.ts";
import { textAt } from "../kube/object_fields.ts";
import {
  decodeBundle,
  type RegisteredConfiguration,
  type RegisteredWebhook,
} from "./registered_webhook.ts";

type Certificate = ReturnType<typeof readCertificates>[number];

/** How far into its life a certificate is when its renewal is late: it is due after ⅔. */
const LATE = 0.9;

const day = 24 * 60 * 60 * 1000;

/** `ends on 2026-12-24, in 29 days`. */
export function describeEnd(notAfter: number, now: number): string {
  const date = new Date(notAfter).toISOString().slice(0, 10);
  const days = Math.floor(Math.abs(notAfter - now) / day);
  const count = days === 1 ? "1 day" : `${days} days`;
  return notAfter < now
    ? `ended on ${date}, ${count} ago`
    : `ends on ${date}, in ${count}`;
}

function isAlive({ notBefore, notAfter }: Authority, now: number): boolean {
  return notBefore <= now && now <= notAfter;
}

/** What the caBundles of the configuration hold. */
export function assessTrust(
  { webhooks }: RegisteredConfiguration,
  now: number,
): Finding {
  const bundles = webhooks.map(({ name, caBundle }) => ({
    name,
    caBundle,
    authorities: readAuthorities(caBundle),
  }));
  for (const { name, caBundle, authorities } of bundles) {
    if (caBundle === "") {
      return {
        check: "trust",
        level: "warning",
        message:
          `The caBundle of ${name} is empty: the API server goes by the roots of its machine`,
        remedy:
          "Unless a public CA signed the certificate, look at the webhook's log: it publishes its CA.",
      };
    }
    if (!authorities.some((authority) => isAlive(authority, now))) {
      return {
        check: "trust",
        level: "wrong",
        message: `The caBundle of ${name} holds no CA that is valid now`,
        remedy: "Look at the webhook's log: it publishes its CA.",
      };
    }
  }
  const ends = bundles.map(({ authorities }) =>
    Math.max(...authorities.map(({ notAfter }) => notAfter))
  );
  const end = Math.min(...ends);
  const count = bundles[0]?.authorities.length ?? 0;
  return {
    check: "trust",
    level: "ok",
    message: `${count === 1 ? "The CA" : `The newest of ${count} CAs`} ${
      describeEnd(end, now)
    }`,
  };
}

/** The dates of the certificate in the Secret, and whether the caBundles hold its CA. */
export async function assessCertificate(
  secret: Seen<JsonObject>,
  webhooks: readonly RegisteredWebhook[],
  { now, crypto }: { readonly now: number; readonly crypto: Crypto },
): Promise<Finding> {
  const check = "certificate";
  if (secret.kind === "unreadable") {
    return {
      check,
      level: "unknown",
      message: `The Secret with the certificate cannot be read: ${secret.why}`,
    };
  }
  const chain = secret.kind === "absent" ? [] : readChain(
    decodeBundle(textAt(secret.value, "data", TRUST_KEYS.leafCertificate)),
  );
  const [leaf] = chain;
  if (leaf === undefined) {
    return {
      check,
      level: "wrong",
      message: secret.kind === "absent"
        ? "There is no Secret with a certificate"
        : "The Secret holds no certificate that can be read",
      remedy: "Look at the webhook's log: it makes one.",
    };
  }
  const fault = leafFault(leaf, webhooks, now) ??
    await trustFault(chain, webhooks, crypto);
  if (fault !== undefined) return { check, level: "wrong", ...fault };
  const isLate =
    renewalDecision({ ...validity(leaf), now, renewAfter: LATE }) ===
      "renew";
  return {
    check,
    level: isLate ? "warning" : "ok",
    message: `The certificate ${describeEnd(leaf.notAfter, now)}${
      isLate ? ", and its renewal is overdue" : ""
    }`,
    ...(isLate
      ? {
        remedy:
          "Look at the log of whoever renews it: the webhook, or cert-manager.",
      }
      : {}),
  };
}

function validity({ notBefore, notAfter }: Certificate) {
  return { notBefore, notAfter };
}

function readChain(text: string): Certificate[] {
  try {
    return readCertificates(text);
  } catch (error) {
    if (error instanceof McaError) return [];
    throw error;
  }
}

type Fault = Pick<Finding, "message" | "remedy">;

function leafFault(
  leaf: Certificate,
  webhooks: readonly RegisteredWebhook[],
  now: number,
): Fault | undefined {
  if (now > leaf.notAfter) {
    return {
      message: `The certificate ${describeEnd(leaf.notAfter, now)}`,
      remedy:
        "Look at the log of whoever renews it: the webhook, or cert-manager.",
    };
  }
  if (now < leaf.notBefore) {
    return {
      message: `The certificate is not valid before ${
        new Date(leaf.notBefore).toISOString()
      }`,
      remedy: "Compare the clocks.",
    };
  }
  for (const { service } of webhooks) {
    if (service === undefined) continue;
    const name = `${service.name}.${service.namespace}.svc`;
    if (!leaf.names.includes(name)) {
      return {
        message: `The certificate does not name ${name}`,
        remedy: "Compare the names of Service and webhook (MCA_WEBHOOK_NAME).",
      };
    }
  }
  return undefined;
}

async function trustFault(
  chain: readonly Certificate[],
  webhooks: readonly RegisteredWebhook[],
  crypto: Crypto,
): Promise<Fault | undefined> {
  for (const { name, caBundle } of webhooks) {
    const bundle = readChain(caBundle);
    // What is wrong with such a bundle is told by itself.
    if (bundle.length === 0) continue;
    if (!await isTrusted(chain, bundle, crypto)) {
      return {
        message: `The caBundle of ${name} does not hold the certificate's CA`,
        remedy: "Look at the webhook's log: it publishes its CA.",
      };
    }
  }
  return undefined;
}

async function isTrusted(
  chain: readonly Certificate[],
  bundle: readonly Certificate[],
  crypto: Crypto,
): Promise<boolean> {
  for (const certificate of chain) {
    for (const authority of bundle) {
      if (certificate.der.toBase64() === authority.der.toBase64()) return true;
      try {
        if (await isIssuedBy(certificate, authority, crypto)) return true;
      } catch (error) {
        // Of an algorithm that MCA does not know.
        if (!(error instanceof McaError)) throw error;
      }
    }
  }
  return false;
}

/**
 * The options of `mca webhook`.
 *
 * @module
 */

import { parseArgs, type ParseArgsConfig } from "node:util";
import { McaError } from "../errors.ts";
import type { InjectSettings } from "../inject/settings.ts";
import {
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
} from "../log/logger.ts";
import type { Platform } from "../platform.ts";
import {
  type ReviewSettings,
  UNINJECTABLE_CHOICES,
} from "../webhook/review_pod.ts";
import { DEFAULT_SETTLE } from "../webhook/secret_certificates.ts";
import {
  DEFAULT_WEBHOOK_NAME,
  defaultSecretName,
} from "../webhook/webhook_objects.ts";
import { readSettings, SETTING_FLAGS } from "./inject_settings.ts";
import { type GivenValue, oneOf, portNumber, usage } from "./option_values.ts";

/** Where the certificate comes from. */
export type CertificateChoice =
  | { readonly source: "secret"; readonly name: string }
  | { readonly source: "directory"; readonly directory: string }
  | {
    readonly source: "files";
    readonly certificate: string;
    readonly key: string;
  };

/** What the options come to. */
export interface WebhookSettings {
  readonly isHelp: boolean;
  readonly port: number;
  readonly certificates: CertificateChoice;
  /** Of the MutatingWebhookConfiguration and of the Service. */
  readonly webhookName: string;
  /** Where Secret and Service are; undefined: where the webhook runs. */
  readonly namespace: string | undefined;
  /** Names to serve under besides the Service's. */
  readonly names: readonly string[];
  /** Milliseconds. */
  readonly settle: number;
  readonly uninjectable: ReviewSettings["uninjectable"];
  readonly inject: InjectSettings;
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Milliseconds. */
  readonly drain: number;
  /** Milliseconds. */
  readonly grace: number;
}

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  port: { type: "string" },
  secret: { type: "string" },
  directory: { type: "string" },
  "tls-cert-file": { type: "string" },
  "tls-key-file": { type: "string" },
  "webhook-name": { type: "string" },
  namespace: { type: "string" },
  name: { type: "string", multiple: true },
  settle: { type: "string" },
  uninjectable: { type: "string" },
  "log-level": { type: "string" },
  "log-format": { type: "string" },
  drain: { type: "string" },
  grace: { type: "string" },
  config: { type: "string" },
} as const satisfies ParseArgsConfig["options"];

/** The environment variables of options, where they have one. */
const VARIABLES: Readonly<Record<string, string>> = {
  port: "MCA_WEBHOOK_PORT",
  secret: "MCA_WEBHOOK_SECRET",
  "tls-cert-file": "MCA_TLS_CERT_FILE",
  "tls-key-file": "MCA_TLS_KEY_FILE",
  "webhook-name": "MCA_WEBHOOK_NAME",
  namespace: "NAMESPACE",
  settle: "MCA_SETTLE_SECONDS",
  uninjectable: "MCA_UNINJECTABLE",
  "log-level": "MCA_LOG_LEVEL",
  "log-format": "MCA_LOG_FORMAT",
  drain: "MCA_DRAIN_SECONDS",
  grace: "MCA_GRACE_SECONDS",
  config: "MCA_CONFIG",
};

/** How long the webhook goes on while others learn that it stops, in seconds: longer than a Service's endpoints take. */
const DEFAULT_DRAIN = 5;
const DEFAULT_GRACE = 10;

/**
 * Reads a command line and the environment.
 *
 * @throws {McaError} `usage`, `setting` or `file`.
 */
export async function readWebhookSettings(
  args: readonly string[],
  platform: Platform,
): Promise<WebhookSettings> {
  const settingOptions = Object.fromEntries(
    SETTING_FLAGS.map((name) =>
      [name, { type: "string", multiple: true }] as const
    ),
  );
  const { values } = usage("webhook", () =>
    parseArgs({
      args: [...args],
      allowPositionals: false,
      options: { ...settingOptions, ...OPTIONS },
    }));
  const given: Readonly<Record<string, unknown>> = values;
  const value = (name: keyof typeof OPTIONS) => valueOf(name, given, platform);
  const isHelp = given["help"] === true;
  const webhookName = objectName(value("webhook-name")) ??
    DEFAULT_WEBHOOK_NAME;
  return {
    isHelp,
    port: portNumber(value("port"), platform.webhookListen.port),
    certificates: certificateChoice(value, webhookName, platform),
    webhookName,
    namespace: objectName(value("namespace")),
    names: textsOf(given["name"]),
    settle: milliseconds(value("settle"), DEFAULT_SETTLE / 1000),
    uninjectable: oneOf(UNINJECTABLE_CHOICES, value("uninjectable"), "admit"),
    inject: await readSettings(
      Object.fromEntries(
        SETTING_FLAGS.map((name) => [name, textsOf(given[name])]),
      ),
      value("config").text,
      platform,
    ),
    level: oneOf(LOG_LEVELS, value("log-level"), "info"),
    format: oneOf(
      LOG_FORMATS,
      value("log-format"),
      platform.terminal.isTerminal.stderr ? "text" : "json",
    ),
    drain: milliseconds(value("drain"), DEFAULT_DRAIN),
    grace: milliseconds(value("grace"), DEFAULT_GRACE),
  };
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((each) => typeof each === "string");
}

/** The flag's value, else the variable's; an empty variable counts as not set. */
function valueOf(
  name: string,
  given: Readonly<Record<string, unknown>>,
  { environment }: Platform,
): GivenValue {
  const flag = given[name];
  if (typeof flag === "string") return { name: `--${name}`, text: flag };
  const variable = VARIABLES[name];
  const text = variable === undefined ? undefined : environment.get(variable);
  return {
    name: variable ?? `--${name}`,
    text: text === "" ? undefined : text,
  };
}

function certificateChoice(
  value: (name: keyof typeof OPTIONS) => GivenValue,
  webhookName: string,
  { webhookCertificates }: Platform,
): CertificateChoice {
  const secret = value("secret");
  const directory = value("directory");
  const certificate = value("tls-cert-file");
  const key = value("tls-key-file");
  const sources = [secret, directory, certificate.text ? certificate : key]
    .filter(({ text }) => text !== undefined);
  if (sources.length > 1) {
    throw new McaError(
      "usage",
      `${sources.map(({ name }) => name).join(" and ")} exclude each other`,
      { hint: "The certificate comes from one place: name one of them." },
    );
  }
  if ((certificate.text === undefined) !== (key.text === undefined)) {
    throw new McaError(
      "usage",
      "A certificate file and a key file go together",
      { hint: "Give both --tls-cert-file and --tls-key-file." },
    );
  }
  if (certificate.text !== undefined && key.text !== undefined) {
    return {
      source: "files",
      certificate: certificate.text,
      key: key.text,
    };
  }
  if (directory.text !== undefined) {
    return { source: "directory", directory: directory.text };
  }
  const name = objectName(secret);
  if (name !== undefined) return { source: "secret", name };
  return webhookCertificates.source === "secret"
    ? { source: "secret", name: defaultSecretName(webhookName) }
    : webhookCertificates;
}

/** A name as objects have it (RFC 1123); anything else would end up in a request's path. */
function objectName({ name, text }: GivenValue): string | undefined {
  if (text === undefined) return undefined;
  if (text.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text)) {
    return text;
  }
  throw new McaError("usage", `${name} is not a name that an object can have`, {
    hint: "Use lower-case letters, digits, hyphens and dots.",
  });
}

function milliseconds({ name, text }: GivenValue, otherwise: number): number {
  if (text === undefined) return otherwise * 1000;
  if (!/^[0-9]{1,6}$/.test(text)) {
    throw new McaError("usage", `${name} is not a number of seconds`, {
      hint: "Give a whole number such as 10.",
    });
  }
  return Number(text) * 1000;
}

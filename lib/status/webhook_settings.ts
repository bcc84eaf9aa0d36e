/**
 * The settings that the webhook injects with, read from its Deployment.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { parseDocument } from "../inject/manifest/manifest_document.ts";
import { splitDocuments } from "../inject/manifest/split_documents.ts";
import {
  overlaySettings,
  type PartialSettings,
  settingsFromConfig,
  settingsFromEnvironment,
} from "../inject/setting_sources.ts";
import { DEFAULT_SETTINGS, type InjectSettings } from "../inject/settings.ts";
import type { JsonObject } from "../kube/json.ts";
import { VERSION } from "../version.ts";
import { objectAt, objectsAt, textAt } from "../kube/object_fields.ts";

/** The settings, or why they are not known. */
export type KnownSettings =
  | { readonly kind: "known"; readonly settings: InjectSettings }
  | { readonly kind: "unknown"; readonly why: string };

/** A key of a ConfigMap. */
export interface ConfigReference {
  readonly configMap: string;
  readonly key: string;
}

/** The variable that names the config file. */
const CONFIG_VARIABLE = "MCA_CONFIG";

function webhookContainer(deployment: JsonObject): JsonObject {
  const containers = objectsAt(
    deployment,
    "spec",
    "template",
    "spec",
    "containers",
  );
  return containers.find(({ name }) => name === "webhook") ??
    containers[0] ?? {};
}

function variablesOf(container: JsonObject): Record<string, string> {
  return Object.fromEntries(
    objectsAt(container, "env").map((entry) => [
      textAt(entry, "name"),
      textAt(entry, "value"),
    ]),
  );
}

/** The file of settings that the webhook is given; undefined where it is given none. */
export function configReference(
  deployment: JsonObject,
): ConfigReference | undefined {
  const container = webhookContainer(deployment);
  const file = variablesOf(container)[CONFIG_VARIABLE] ?? "";
  const mount = objectsAt(container, "volumeMounts")
    .find((each) => file.startsWith(`${textAt(each, "mountPath")}/`));
  const volume = objectsAt(deployment, "spec", "template", "spec", "volumes")
    .find((each) => mount !== undefined && each["name"] === mount["name"]);
  const configMap = textAt(volume, "configMap", "name");
  if (file === "" || configMap === "") return undefined;
  const path = file.slice(textAt(mount, "mountPath").length + 1);
  const item = objectsAt(objectAt(volume, "configMap"), "items")
    .find((each) => each["path"] === path);
  return { configMap, key: textAt(item, "key") || path };
}

/** The name of the Secret that is mounted into the webhook; undefined where there is none. */
export function mountedSecret(deployment: JsonObject): string | undefined {
  const volumes = objectsAt(deployment, "spec", "template", "spec", "volumes");
  return volumes.map((volume) => textAt(volume, "secret", "secretName"))
    .find((name) => name !== "");
}

/** The name of the Secret that the webhook keeps; undefined where none is named. */
export function namedSecret(deployment: JsonObject): string | undefined {
  return variablesOf(webhookContainer(deployment))["MCA_WEBHOOK_SECRET"];
}

/**
 * The settings that the Deployment gives the webhook.
 *
 * @param config The text of the config file, where there is one.
 */
export async function webhookSettings(
  deployment: JsonObject,
  config: string | undefined,
): Promise<KnownSettings> {
  const version = textAt(
    deployment,
    "metadata",
    "labels",
    "app.kubernetes.io/version",
  );
  if (version !== "" && version !== VERSION) {
    return {
      kind: "unknown",
      why:
        `the webhook is of version ${version}, this program of version ${VERSION}`,
    };
  }
  const variables = variablesOf(webhookContainer(deployment));
  try {
    return {
      kind: "known",
      settings: overlaySettings(
        DEFAULT_SETTINGS,
        config === undefined ? {} : await parseConfig(config),
        settingsFromEnvironment({ get: (name) => variables[name] }),
      ),
    };
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    return { kind: "unknown", why: error.message };
  }
}

async function parseConfig(text: string): Promise<PartialSettings> {
  const bytes = new TextEncoder().encode(text);
  for await (const source of splitDocuments([bytes], { file: "ConfigMap" })) {
    const { value } = parseDocument(source);
    if (value !== undefined) return settingsFromConfig(value);
  }
  return {};
}

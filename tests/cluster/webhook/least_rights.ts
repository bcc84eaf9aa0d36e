/** The rights that a webhook needs, and a ServiceAccount that has them and no others. */

import type { Cluster } from "../cluster.ts";

/** One rule of RBAC. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly verbs: readonly string[];
}

/** What a Role in the webhook's namespace grants: the one Secret. */
export function secretRules(name: string): readonly Rule[] {
  return [{
    apiGroups: [""],
    resources: ["secrets"],
    resourceNames: [name],
    verbs: ["list", "watch", "create", "patch"],
  }];
}

/** What a ClusterRole grants: the one configuration. */
export function configurationRules(name: string): readonly Rule[] {
  return [{
    apiGroups: ["admissionregistration.k8s.io"],
    resources: ["mutatingwebhookconfigurations"],
    resourceNames: [name],
    verbs: ["list", "watch", "patch"],
  }];
}

/** Rules without one verb. */
export function withoutVerb(
  rules: readonly Rule[],
  verb: string,
): readonly Rule[] {
  return rules.map((rule) => ({
    ...rule,
    verbs: rule.verbs.filter((each) => each !== verb),
  }));
}

/** What a ServiceAccount is to have. */
export interface Rights {
  readonly namespace: string;
  readonly name: string;
  readonly role: readonly Rule[];
  readonly clusterRole: readonly Rule[];
}

/** Makes the ServiceAccount with its roles and bindings. */
export async function makeServiceAccount(
  cluster: Cluster,
  { namespace, name, role, clusterRole }: Rights,
): Promise<void> {
  const core = `/api/v1/namespaces/${namespace}`;
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const apiGroup = "rbac.authorization.k8s.io";
  const unique = `${namespace}-${name}`;
  await cluster.request("POST", `${core}/serviceaccounts`, {
    body: { metadata: { name } },
  });
  await cluster.request("POST", `${rbac}/namespaces/${namespace}/roles`, {
    body: { metadata: { name }, rules: role },
  });
  await cluster.request(
    "POST",
    `${rbac}/namespaces/${namespace}/rolebindings`,
    {
      body: {
        metadata: { name },
        roleRef: { apiGroup, kind: "Role", name },
        subjects,
      },
    },
  );
  await cluster.request("POST", `${rbac}/clusterroles`, {
    body: { metadata: { name: unique }, rules: clusterRole },
  });
  await cluster.request("POST", `${rbac}/clusterrolebindings`, {
    body: {
      metadata: { name: unique },
      roleRef: { apiGroup, kind: "ClusterRole", name: unique },
      subjects,
    },
  });
}

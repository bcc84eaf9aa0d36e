/**
 * The programs a control plane is made of. The version of each stands only in
 * the go.mod of its module under programs/; programs/pin.ts changes it.
 */

/** A program by the name of its executable. */
export type ProgramName =
  | "kube-apiserver"
  | "kubectl"
  | "etcd"
  | "kubelet-stand-in"
  | "helm"
  | "older-helm"
  | "older-kubectl"
  | "go-client";

/** The folders under programs/, and the upstream module whose version each one follows. */
export const pinnedModules = {
  kubernetes: "k8s.io/kubernetes",
  etcd: "go.etcd.io/etcd/server/v3",
  "kubelet-stand-in": "k8s.io/client-go",
  helm: "helm.sh/helm/v4",
  "older-helm": "helm.sh/helm/v3",
  "older-kubectl": "k8s.io/kubectl",
  "go-client": "k8s.io/client-go",
} as const;

/** How a program is built. */
export interface ProgramSource {
  /** The folder under programs/ whose go.mod pins it. */
  readonly folder: keyof typeof pinnedModules;
  /** The main package. */
  readonly package: string;
  /** What the linker is told, so that the program knows its version. */
  readonly ldflags: (version: string) => string;
  /** How long a first build takes on two cores, for the waiting developer. */
  readonly firstBuild: string;
}

const small = "-s -w";

/** For a release of Kubernetes, or of one of its libraries: v0.29.15 belongs to v1.29.15. */
function kubernetesFlags(pinned: string): string {
  const version = pinned.replace(/^v0\./, "v1.");
  const [major, minor] = version.slice(1).split(".");
  const variables = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
  };
  return [
    small,
    ...Object.entries(variables).map(([name, value]) =>
      `-X k8s.io/component-base/version.${name}=${value}`
    ),
  ].join(" ");
}

/** Every program, in the order in which they are built: what others wait for comes first. */
export const programTable: Readonly<Record<ProgramName, ProgramSource>> = {
  "kube-apiserver": {
    folder: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    ldflags: kubernetesFlags,
    firstBuild: "3 to 6 min",
  },
  kubectl: {
    folder: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kubectl",
    ldflags: kubernetesFlags,
    firstBuild: "half a minute",
  },
  etcd: {
    folder: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    ldflags: () => small,
    firstBuild: "half a minute",
  },
  "kubelet-stand-in": {
    folder: "kubelet-stand-in",
    package: ".",
    ldflags: () => small,
    firstBuild: "half a minute",
  },
  helm: {
    folder: "helm",
    package: "helm.sh/helm/v4/cmd/helm",
    ldflags: (version) =>
      `${small} -X helm.sh/helm/v4/internal/version.version=${version}`,
    firstBuild: "1 to 2 min",
  },
  "older-helm": {
    folder: "older-helm",
    package: "helm.sh/helm/v3/cmd/helm",
    ldflags: (version) =>
      `${small} -X helm.sh/helm/v3/internal/version.version=${version}`,
    firstBuild: "1 to 2 min",
  },
  "older-kubectl": {
    folder: "older-kubectl",
    package: ".",
    ldflags: kubernetesFlags,
    firstBuild: "1 to 2 min",
  },
  "go-client": {
    folder: "go-client",
    package: ".",
    ldflags: () => small,
    firstBuild: "half a minute",
  },
};

/** The names of all programs, in build order. */
export const programNames: readonly ProgramName[] = [
  "kube-apiserver",
  "kubectl",
  "etcd",
  "kubelet-stand-in",
  "helm",
  "older-helm",
  "older-kubectl",
  "go-client",
];

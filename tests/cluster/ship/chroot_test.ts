/** The image's content, as far as it can be shown without a container runtime. */

import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { readyPod } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { ImageContainer } from "./image_container.ts";
import { makeRootTree, rootTreeObstacle } from "./root_tree.ts";

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

const ignore = await rootTreeObstacle() !== undefined;

/** The sidecar of a pod whose ServiceAccount may do anything. */
async function sidecar(
  executable: "mca" | "mca-proxy",
  namespace: string,
): Promise<ImageContainer> {
  await cluster.request(
    "POST",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    {
      body: {
        metadata: { name: `${namespace}-admin` },
        roleRef: {
          apiGroup: "rbac.authorization.k8s.io",
          kind: "ClusterRole",
          name: "cluster-admin",
        },
        subjects: [{ kind: "ServiceAccount", name: "default", namespace }],
      },
    },
  );
  return await ImageContainer.start({
    executable,
    args: ["--proxy"],
    env: {
      KUBERNETES_SERVICE_HOST: cluster.host,
      KUBERNETES_SERVICE_PORT: String(cluster.port),
      MCA_PROXY_PORT: "0",
      MCA_LOG_FORMAT: "json",
    },
    serviceAccount: {
      token: await cluster.createToken("default", namespace),
      "ca.crt": cluster.caPem,
      namespace,
    },
  });
}

Deno.test({
  name:
    "makeRootTree() makes a tree without a shell (needs root and Debian's packages)",
  ignore,
  fn: async () => {
    const root = await Deno.makeTempDir();
    try {
      await makeRootTree(root);
      const programs: string[] = [];
      for (const folder of ["usr/bin", "usr/sbin", "bin", "sbin"]) {
        try {
          for (const { name } of Deno.readDirSync(`${root}/${folder}`)) {
            programs.push(name);
          }
        } catch (error) {
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        }
      }
      deepStrictEqual(programs, []);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

for (const executable of ["mca-proxy", "mca"] as const) {
  Deno.test({
    name:
      `\`${executable} --proxy\` serves kubectl from a read-only root as UID 999 (needs root and Debian's packages)`,
    ignore,
    fn: async (t) => {
      const { namespace, pod } = await readyPod(cluster);
      await using container = await sidecar(executable, namespace);
      const port = await container.port();
      const kubeconfig = container.path("kubeconfig");
      await Deno.writeTextFile(
        kubeconfig,
        cluster.kubeconfigText({
          server: `https://127.0.0.1:${port}`,
          caPem: await Deno.readTextFile(`${container.appDirectory}/ca.crt`),
          token: await Deno.readTextFile(`${container.appDirectory}/token`),
          namespace,
        }),
      );
      const kubectl = (args: readonly string[], stdin = "") =>
        cluster.kubectl([...args], { kubeconfig, stdin });

      await t.step("with no privileges", async () => {
        const status = await container.status();
        strictEqual(status.get("Uid"), "999\t999\t999\t999");
        strictEqual(status.get("Gid"), "999\t999\t999\t999");
        strictEqual(status.get("Groups"), "");
        strictEqual(status.get("NoNewPrivs"), "1");
        strictEqual(BigInt(`0x${status.get("CapEff")}`), 0n);
      });
      await t.step("the startup probe", async () => {
        const probe = await container.exec([
          "proxy",
          "--check",
          "--port",
          String(port),
        ]);
        deepStrictEqual(probe, { code: 0, stdout: "", stderr: "" });
        const other = await container.exec(["proxy", "--check", "--port", "9"]);
        strictEqual(other.code, 1);
        match(other.stderr, /The proxy does not answer/);
      });
      await t.step("kubectl auth whoami", async () => {
        const { stdout } = await kubectl(["auth", "whoami"]);
        match(stdout, new RegExp(`system:serviceaccount:${namespace}:default`));
      });
      await t.step("kubectl apply and get", async () => {
        const manifest = `apiVersion: v1
kind: ConfigMap
metadata:
  name: made
data:
  a: b
`;
        await kubectl(["apply", "-f", "-"], manifest);
        const { stdout } = await kubectl([
          "get",
          "configmap",
          "made",
          "-o",
          "jsonpath={.data.a}",
        ]);
        strictEqual(stdout, "b");
      });
      await t.step("kubectl exec", async () => {
        const { stdout } = await kubectl(
          ["exec", "-i", pod, "--", "cat"],
          "through",
        );
        strictEqual(stdout, "through");
      });
      await t.step("SIGTERM", async () => {
        strictEqual(await container.end("SIGTERM"), 0);
      });
    },
  });
}

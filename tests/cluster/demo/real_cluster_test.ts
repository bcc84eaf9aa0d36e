import assert from "node:assert/strict";
import {
  exists,
  fromRoot,
  isListening,
  runDemo,
} from "../../demo/demo_process.ts";

Deno.test("`deno task demo --cluster` does the same on a real API server", async () => {
  const { code, stdout, stderr } = await runDemo(
    "--cluster",
    "--exit",
    "--port=0",
  );
  assert.equal(code, 0, stderr);
  const expected = [
    /A real kube-apiserver with etcd listens at/,
    /Deployment report: injected\./,
    /201 ConfigMap findings/,
    /deletes it +→ the app sees DELETED/,
    /which is .* system:serviceaccount:demo:report\n/,
    /Bearer token with JTI=\S+… \(audit log\)/,
    /app's token at the API server itself: 401 Unauthorized/,
    /Pod report-1 is Running: the API server took it as injected\./,
    /kubectl logs report-1 [\s\S]*Pods of the day\n/,
    /kubectl exec report-1 .*\n +hello from the pod\n/,
  ];
  for (const pattern of expected) assert.match(stdout, pattern);
  const server = /listens at https:\/\/127\.0\.0\.1:(\d+);/.exec(stdout)?.[1];
  assert.equal(await isListening(Number(server)), false);
  const port = /It listens at https:\/\/127\.0\.0\.1:(\d+)\./.exec(stdout);
  assert.equal(await exists(fromRoot(`tmp/demo-${port?.[1]}`)), false);
});

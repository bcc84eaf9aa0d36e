/**
 * A root directory with what the base image gcr.io/distroless/cc holds that
 * MCA needs, from the Debian packages of this machine: glibc, libgcc and the
 * public CA certificates, and the names of users and hosts. No shell, no tools.
 */

import { join } from "node:path";
import { runToEnd } from "../../ship/run_to_end.ts";

/** The packages whose files are taken. */
const PACKAGES = ["libc6", "libgcc-s1"];

/** Where a package has its documentation, which an image does without. */
const LEFT_OUT = /^\/(usr\/share|usr\/lib\/.*\/(gconv|audit)|lib\/.*\/gconv)\//;

/** As Debian has them since the directories were merged. */
const LINKS: readonly (readonly [path: string, target: string])[] = [
  ["lib", "usr/lib"],
  ["lib64", "usr/lib64"],
  ["var/run", "/run"],
];

const FOLDERS = [
  "dev",
  "etc/ssl/certs",
  "proc",
  "run",
  "tmp",
  "usr/lib",
  "usr/lib64",
  "usr/local/bin",
  "usr/local/lib/mca",
  "var",
];

const FILES: Readonly<Record<string, string>> = {
  "etc/passwd": `root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
`,
  "etc/group": "root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n",
  "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
  "etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
};

/** Why no such tree can be made here, and what to do; undefined where it can. */
export async function rootTreeObstacle(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    return "only root on Linux may change the root directory: run as root";
  }
  try {
    const { code } = await runToEnd(["dpkg", "-L", ...PACKAGES]);
    if (code === 0) return undefined;
    return `there are no Debian packages ${PACKAGES.join(", ")} here`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "there is no dpkg: use Debian or one of its kind";
  }
}

/** Makes the tree in an empty directory. */
export async function makeRootTree(root: string): Promise<void> {
  for (const folder of FOLDERS) {
    await Deno.mkdir(join(root, folder), { recursive: true });
  }
  for (const [path, target] of LINKS) {
    await Deno.symlink(target, join(root, path));
  }
  for (const [path, text] of Object.entries(FILES)) {
    await Deno.writeTextFile(join(root, path), text);
  }
  for (const path of await packageFiles()) {
    await copy(path, join(root, path));
  }
  const certificates = "/etc/ssl/certs/ca-certificates.crt";
  await copy(certificates, join(root, certificates));
}

/** The files of the packages, without their directories. */
async function packageFiles(): Promise<string[]> {
  const { code, stdout, stderr } = await runToEnd(["dpkg", "-L", ...PACKAGES]);
  if (code !== 0) throw new Error(`The packages cannot be listed: ${stderr}`);
  const paths = stdout.split("\n").filter((path) =>
    path.startsWith("/") && !LEFT_OUT.test(path)
  );
  const files: string[] = [];
  for (const path of new Set(paths)) {
    const info = await Deno.lstat(path).catch((error) => {
      // What the machine itself has left out, such as documentation.
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    if (info !== undefined && !(await isFolder(path, info))) files.push(path);
  }
  return files;
}

async function isFolder(path: string, info: Deno.FileInfo): Promise<boolean> {
  if (!info.isSymlink) return info.isDirectory;
  return (await Deno.stat(path)).isDirectory;
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(join(to, ".."), { recursive: true });
  const info = await Deno.lstat(from);
  if (info.isSymlink) await Deno.symlink(await Deno.readLink(from), to);
  else await Deno.copyFile(from, to);
}

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SandboxFolder } from "../folders.ts";
import { createGitopsRepository } from "../full/gitops-repository.ts";
import { findAll, programTasks } from "../full/programs.ts";
import { awsAddress } from "../pods/exposed.ts";
import type { Image } from "../pods/image.ts";
import { registerImages } from "../pods/register.ts";
import type { Setting } from "../setting.ts";
import { type SandboxState, writePrivate } from "../state.ts";
import { tracked } from "../tracked.ts";
import { findUpstreamFiles } from "./files.ts";
import { ownFiles, upstreamImages } from "./images.ts";
import { writeMirror } from "./mirror.ts";
import { upstreamVersions } from "./versions.ts";

/** Modules that profile full does not need. */
const more = ["helm"] as const;

/**
 * Makes every new pod of the platform's upstream images a real one, and creates the repositories that their Argo CD
 * reads: the chart mirror, and an empty GitOps repository. Throws as registering any image does, and
 * SANDBOX_GO_MISSING and SANDBOX_BUILD_FAILED.
 */
export async function registerUpstream(name: string, setting: Setting): Promise<SandboxState> {
  const tasks = [
    ...programTasks(more),
    { id: "charts", title: "Charts and manifests" },
    { id: "git", title: "Git repositories" },
  ];
  return registerImages(name, tasks, (folder) => prepare(folder, setting), setting);
}

async function prepare(folder: SandboxFolder, setting: Setting): Promise<readonly Image[]> {
  const versions = await upstreamVersions();
  const { find, all } = findAll(setting, more);
  const [files] = await Promise.all([
    tracked("charts", setting, (detail) => findUpstreamFiles(versions, setting, detail)),
    all,
  ]);
  await tracked("git", setting, async () => {
    await createGitopsRepository(folder, setting);
    await writeMirror(files.mirror, folder, setting);
  });
  const images = join(folder.root, "images", "upstream");
  await mkdir(images, { recursive: true, mode: 0o755 });
  for (const [file, { text, mode }] of Object.entries(ownFiles)) await writePrivate(join(images, file), text, mode);
  return upstreamImages({ versions, find, files, folder: images, git: dirname(folder.mirror), aws: awsAddress });
}

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type SandboxFolder, stateRoot } from "../folders.ts";
import { createGitopsRepository } from "../full/gitops-repository.ts";
import { offerPrograms } from "../full/offer-programs.ts";
import { findAll, programTasks } from "../full/programs.ts";
import { awsAddress } from "../pods/exposed.ts";
import type { Image } from "../pods/image.ts";
import { registerImages, type Registration } from "../pods/register.ts";
import type { Setting } from "../setting.ts";
import { freePorts } from "../processes/ports.ts";
import { type SandboxState, takenPorts, writePrivate } from "../state.ts";
import { tracked } from "../tracked.ts";
import { findUpstreamFiles } from "./files.ts";
import { gennetImage } from "./gennet-image.ts";
import { ownFiles, upstreamImages } from "./images.ts";
import { writeMirror } from "./mirror.ts";
import { tracingPortCount, withTracing } from "./tracing.ts";
import { neo4jFiles, neo4jImages, neo4jTask } from "./neo4j-image.ts";
import { upstreamVersions } from "./versions.ts";

/** Modules that no component beside a cluster needs. */
const more = ["helm"] as const;

/** Adds to a sandbox what {@link upstreamRegistration} describes. Throws as registering any image does. */
export async function registerUpstream(name: string, setting: Setting): Promise<SandboxState> {
  return registerImages(name, upstreamRegistration(setting), setting);
}

/**
 * Everything of which `gennet region bootstrap` makes the platform: upstream's images and that of gennet itself, what
 * receives the platform's spans, and the repositories that Argo CD reads, which are the chart mirror and an empty GitOps
 * repository. `images` throws SANDBOX_GO_MISSING and SANDBOX_BUILD_FAILED.
 */
export function upstreamRegistration(setting: Setting): Registration {
  return {
    tasks: [
      ...programTasks(more),
      { id: "charts", title: "Charts and manifests" },
      { id: "git", title: "Git repositories" },
      neo4jTask,
    ],
    extended: (state) => extended(state, setting),
    images: (folder) => prepare(folder, setting),
  };
}

async function extended(state: SandboxState, setting: Setting): Promise<SandboxState> {
  const own = state.regions.flatMap(({ pods }) => (pods === undefined ? [] : [pods.port, pods.kubeletPort]));
  const taken = new Set([...(await takenPorts(stateRoot(setting.host))), ...own]);
  return { ...state, regions: withTracing(state.regions, await freePorts(state.regions.length * tracingPortCount, taken)) };
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
  await offerPrograms(folder, find);
  const images = join(folder.root, "images", "upstream");
  await mkdir(images, { recursive: true, mode: 0o755 });
  for (const [file, { text, mode }] of Object.entries({ ...ownFiles, ...neo4jFiles })) await writePrivate(join(images, file), text, mode);
  const parts = { versions, find, files, folder: images, git: dirname(folder.mirror), aws: awsAddress };
  return [...(await upstreamImages(parts)), ...(await neo4jImages(images, setting)), await gennetImage(setting)];
}

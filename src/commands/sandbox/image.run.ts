import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { sandboxFolder } from "../../../sandbox/src/folders.ts";
import { requireName } from "../../../sandbox/src/names.ts";
import { isReference } from "../../../sandbox/src/pods/image.ts";
import { readImage } from "../../../sandbox/src/pods/read-image.ts";
import { registerImage } from "../../../sandbox/src/pods/register.ts";
import type { SandboxState } from "../../../sandbox/src/state.ts";
import { requireState } from "../../../sandbox/src/status.ts";
import { mirrorUrl } from "../../../sandbox/src/upstream/mirror.ts";
import { registerUpstream } from "../../../sandbox/src/upstream/register-upstream.ts";
import { provisionServices } from "./clients.run.ts";
import type { SandboxImageInput } from "./image.ts";

export interface RegisteredImage {
  /** A reference with a tag or digest applies to that one only; without one, it applies to all tags. */
  readonly image: string;
  readonly folder: string;
  /** The command of containers whose spec does not set one. */
  readonly command: readonly string[];
}

export interface SandboxImages {
  readonly kind: "SandboxImages";
  readonly name: string;
  readonly items: readonly RegisteredImage[];
  /** The URL of the Git repository with upstream's charts and manifests, if upstream's images are registered. */
  readonly mirror?: string;
}

export async function run(input: SandboxImageInput, context: Context): Promise<Outcome<SandboxImages>> {
  const name = requireName(input.name);
  const { images = [] } = await stateAfter(input, name, context);
  const items = images.map((each) => ({
    image: each.name,
    folder: each.folder,
    command: [...each.entrypoint, ...each.cmd],
  }));
  const folder = sandboxFolder(context.host, name);
  const mirror = images.some(({ soleTag }) => soleTag === true) ? { mirror: mirrorUrl(folder) } : {};
  return { exit: exit.ok, document: { kind: "SandboxImages", name, items, ...mirror } };
}

async function stateAfter(input: SandboxImageInput, name: string, context: Context): Promise<SandboxState> {
  if (input.upstream) {
    if (input.image !== undefined) throw new AppError("USAGE_INVALID", "--upstream: it takes no NAME.");
    return registerUpstream(name, context);
  }
  return input.image === undefined
    ? (await requireState(name, context)).state
    : register(input, input.image, name, context);
}

async function register({ path, command }: SandboxImageInput, reference: string, name: string, context: Context) {
  if (!isReference(reference)) throw new AppError("USAGE_INVALID", `NAME: "${reference}" is not a valid image name.`);
  if (path === undefined) {
    throw new AppError("USAGE_INVALID", "PATH: the folder to run containers of the image from is missing.", {
      next: [`gennet sandbox image ${reference} PATH [-- COMMAND…]`],
    });
  }
  const { cwd, env } = context.host;
  const image = await readImage(reference, resolve(cwd, path), command, env["PATH"]);
  const state = await registerImage(name, image, context);
  await provisionServices(name, [image.folder], context);
  return state;
}

export function present({ items, name, mirror }: SandboxImages, { paint }: TextView): string {
  if (items.length === 0) return `No images registered: all pods of sandbox ${name} are simulated.`;
  const lines = items.map(({ image, folder, command }) =>
    `${paint("strong", image)}  ${folder}  ${paint("dim", command.join(" "))}`.trimEnd(),
  );
  return [...lines, ...(mirror === undefined ? [] : ["", `Charts and manifests: ${mirror}`])].join("\n");
}

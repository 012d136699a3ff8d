import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { diffService, type ServiceDrift } from "../../scaffold/update/diff-service.ts";
import { patchLines } from "../../scaffold/update/update-text.ts";
import { placeOf } from "./check.run.ts";
import type { ServiceDiffInput } from "./diff.ts";

export interface ServiceDiff extends ServiceDrift {
  readonly kind: "ServiceDiff";
  /** Relative to the current folder. */
  readonly path: string;
}

export async function run(input: ServiceDiffInput, context: Context): Promise<Outcome<ServiceDiff>> {
  const { folder, path } = placeOf(input.path, context.host.cwd);
  const drift = await diffService(folder, path, await context.git());
  return { exit: drift.files.length > 0 ? exit.pending : exit.ok, document: { kind: "ServiceDiff", path, ...drift } };
}

export function present({ service, template, version, files, patch }: ServiceDiff, view: TextView): string {
  if (files.length > 0) return patchLines(patch, view);
  return `${view.paint("good", "✔")} ${view.paint("strong", service)} matches what ${template} ${version} generated.`;
}

import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { table } from "../../view/table.ts";

export interface RegionList {
  readonly kind: "RegionList";
  readonly items: readonly ListedRegion[];
}

export interface ListedRegion {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  readonly cluster: string;
  readonly wave?: number;
  readonly primary: boolean;
}

export async function run(_input: object, context: Context): Promise<Outcome<RegionList>> {
  const items = (await context.regions()).map(({ name, awsRegion, accountId, cluster, wave, primary }) => ({
    name,
    awsRegion,
    accountId,
    cluster,
    ...(wave === undefined ? {} : { wave }),
    primary: primary ?? false,
  }));
  return { exit: exit.ok, document: { kind: "RegionList", items } };
}

export function present({ items }: RegionList, view: TextView): string {
  const { paint } = view;
  const rows = items.map(({ name, awsRegion, accountId, cluster, wave, primary }) => [
    primary ? `${name} ${paint("dim", "(primary)")}` : name,
    awsRegion,
    accountId,
    cluster,
    wave === undefined ? "" : String(wave),
  ]);
  return table(["REGION", "AWS REGION", "ACCOUNT", "CLUSTER", "WAVE"], rows, view);
}

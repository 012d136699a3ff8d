import type { Context } from "../../context.ts";
import type { Paint, TextView } from "../../core/command.ts";
import { exitOf } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { type ComparedRegion, type RegionStatus, regionStatus } from "../../region/status/region-status.ts";
import { table } from "../../view/table.ts";
import { presentRegions, section } from "../check/ask-regions.run.ts";
import type { RegionStatusInput } from "./status.ts";
import { worldsOf } from "./worlds.run.ts";

export async function run({ name, strict }: RegionStatusInput, context: Context): Promise<Outcome<RegionStatus>> {
  const chosen = await context.regions(name);
  const scope = { regions: chosen.map((region) => region.name) };
  const document = await regionStatus(await worldsOf(context), scope, context.host.clock.now, context.signal);
  return { exit: exitOf(document.findings, strict), document };
}

export function present(document: RegionStatus, view: TextView): string {
  const { paint, wide } = view;
  const head = ["REGION", "RESOURCES", "KUBERNETES", "SUPPORT", "AUTHORITY"];
  const shared = document.platform === undefined ? [] : [{ ...document.platform, name: "platform" }];
  const places: readonly Place[] = [...shared, ...document.regions];
  const rows = places.map((place) => row(place, paint));
  const resources = places.flatMap(({ name, resources: all }) =>
    wide
      ? section(
          name,
          [[["RESOURCE", "STATE", ""], ...all.map((each) => [each.title, stateOf(each), each.summary])]],
          view,
        )
      : [],
  );
  const unread = document.findings.flatMap(({ id, region }) =>
    id === "region/plan" && region !== undefined ? [region] : [],
  );
  const regions = [...places, ...unread.map((name) => ({ name }))];
  return presentRegions({ ...document, regions }, [table(head, rows, view), ...resources], view);
}

/** What all regions share is shown as if it was a region. */
type Place = Pick<ComparedRegion, "name" | "resources" | "kubernetes">;

function row({ name, resources, kubernetes }: Place, paint: Paint): readonly string[] {
  const settled = resources.filter(({ action }) => action === "none").length;
  const share = `${settled}/${resources.length}`;
  const end = kubernetes?.support === "EXTENDED_SUPPORT" ? kubernetes.extendedUntil : kubernetes?.standardUntil;
  const kind = kubernetes?.support?.replace("_SUPPORT", "").toLowerCase();
  return [
    paint("strong", name),
    paint(settled === resources.length ? "good" : "warn", share),
    kubernetes?.version ?? "-",
    kind === undefined ? "-" : `${kind}${until(end)}`,
    kubernetes?.authorityUntil === undefined ? "-" : `valid${until(kubernetes.authorityUntil)}`,
  ];
}

function stateOf({ action }: ComparedRegion["resources"][number]): string {
  return action === "none" ? "as in gennet.yaml" : action === "create" ? "missing" : action;
}

function until(time: string | undefined): string {
  return time === undefined ? "" : ` until ${time.slice(0, 10)}`;
}

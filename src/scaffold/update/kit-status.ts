import { compare, valid } from "semver";
import type { Kit } from "../kit/kit.ts";
import { pinnedKit } from "../kit/pinned-kit.ts";
import type { Base } from "./base.ts";
import { bytesAt } from "./on-disk.ts";

/** The service kit of a service, compared with the one of this gennet. */
export interface KitStatus {
  readonly name: string;
  /** The version pinned in pyproject.toml; null if none is pinned. */
  readonly version: string | null;
  /** The version included in this gennet. */
  readonly shipped: string;
  /**
   * current; outdated: `gennet service update` installs the new version; pinned: an edit of pyproject.toml pins a
   * version older than the template's; newer: than this gennet's; absent: no version is pinned.
   */
  readonly state: "current" | "outdated" | "pinned" | "newer" | "absent";
}

const project = "pyproject.toml";

/** Compares the kit that a service pins with the included one. Returns undefined if the template has none. */
export async function kitStatus(folder: string, base: Base, kit: Kit | undefined): Promise<KitStatus | undefined> {
  if (kit === undefined) return undefined;
  const bytes = await bytesAt(folder, project);
  const pinned = pinnedKit(bytes && Buffer.from(bytes).toString("utf8"), kit.name);
  const given = pinnedKit(base.files.find(({ path }) => path === project)?.content, kit.name);
  const known = { name: kit.name, version: pinned ?? null, shipped: kit.version };
  if (pinned === undefined || valid(pinned) === null) return { ...known, state: "absent" };
  const order = compare(pinned, kit.version);
  if (order > 0) return { ...known, state: "newer" };
  if (order === 0) return { ...known, state: "current" };
  return { ...known, state: given === kit.version ? "pinned" : "outdated" };
}

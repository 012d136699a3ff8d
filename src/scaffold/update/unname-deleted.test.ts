import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { templateOf, TrialService } from "../../../test/support/updated-service.ts";

let service: TrialService;
afterEach(() => service.remove());

/** A service whose template has these files, with the owners' changes; null: deleted. */
const start = async (files: Record<string, string>, edits: Record<string, string | null>): Promise<void> => {
  service = await TrialService.create(templateOf("1.0.0", files));
  for (const [path, content] of Object.entries(edits)) {
    if (content === null) await rm(join(service.folder, path));
    else await service.write(path, content);
  }
  await service.commit();
};
const newer = (files: Record<string, string>) => templateOf("1.1.0", files);
const limits = "kind: Deployment\nspec: { cpu: 1, memory: 1Gi }\n";

describe("an update whose template lists again what the user deleted", () => {
  const kustomization = (...entries: string[]): string =>
    ["kind: Kustomization", "# All of it", "resources:", ...entries.map((each) => `  - ${each}`), ""].join("\n");
  const manifests = { "deploy/app.yaml": "kind: Deployment\n", "deploy/disruption.yaml": "kind: Budget\nspec: 1\n" };
  const moved = {
    "deploy/base/app.yaml": "kind: Deployment\n",
    "deploy/base/disruption.yaml": "kind: Budget\nspec: 2\n",
  };
  const eu = "deploy/overlays/eu/";

  it("An update removes a deleted file's entry from a new kustomization, with the list if it becomes empty", async () => {
    await start(
      { ...manifests, [`${eu}limits.yaml`]: limits },
      {
        "deploy/disruption.yaml": null,
        [`${eu}limits.yaml`]: null,
      },
    );
    const next = newer({
      ...moved,
      "deploy/base/kustomization.yaml": kustomization("app.yaml", "disruption.yaml"),
      [`${eu}limits.yaml`]: limits,
      [`${eu}kustomization.yaml`]: `${kustomization("../../base")}patches:\n  # Limits\n  - path: limits.yaml\n`,
    });
    expect(await service.update(next)).toMatchObject({
      state: "updated",
      structural: ["deploy/base/kustomization.yaml", `${eu}kustomization.yaml`],
      leftDeleted: ["deploy/base/disruption.yaml", `${eu}limits.yaml`],
    });
    expect(await service.files()).toEqual({
      "deploy/base/app.yaml": "kind: Deployment\n",
      "deploy/base/kustomization.yaml": kustomization("app.yaml"),
      [`${eu}kustomization.yaml`]: kustomization("../../base"),
    });
  });

  it("An update removes a deleted file's entry from a kustomization that both changed, next to the user's entries", async () => {
    const before = { "deploy/kustomization.yaml": kustomization("app.yaml", "disruption.yaml"), ...manifests };
    await start(before, {
      "deploy/disruption.yaml": null,
      "deploy/mine.yaml": "kind: Mine\n",
      "deploy/kustomization.yaml": kustomization("app.yaml", "mine.yaml # ours", "nowhere.yaml"),
    });
    const next = { "deploy/kustomization.yaml": kustomization("base/app.yaml", "base/disruption.yaml"), ...moved };
    await service.update(newer(next));
    expect(await service.read("deploy/kustomization.yaml")).toBe(
      kustomization("base/app.yaml", "mine.yaml # ours", "nowhere.yaml"),
    );
  });

  it("An update removes the entry of a folder without its kustomization, and nothing that the user listed before", async () => {
    const both = {
      ...manifests,
      "deploy/more/kustomization.yaml": kustomization("a.yaml"),
      "deploy/more/a.yaml": limits,
    };
    await start(
      { ...both, "kustomization.yaml": kustomization("deploy/app.yaml") },
      {
        "deploy/disruption.yaml": null,
        "deploy/more/kustomization.yaml": null,
        "kustomization.yaml": kustomization("deploy/disruption.yaml", "deploy/app.yaml"),
      },
    );
    await service.update(newer({ ...both, "kustomization.yaml": kustomization("deploy/app.yaml", "deploy/more") }));
    expect(await service.read("kustomization.yaml")).toBe(kustomization("deploy/disruption.yaml", "deploy/app.yaml"));
  });
});

import type {
  LaunchSettings,
  LaunchTemplate,
  LaunchTemplates,
  LaunchVersion,
} from "../../src/aws/ec2/launch-template.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { Made } from "./memory-ec2.ts";

/** The launch templates of the in-memory EC2. */
export function memoryLaunchTemplates(things: Made[], { change }: Pick<AwsChanges, "change">): LaunchTemplates {
  const versionOf = (settings: LaunchSettings): LaunchVersion => ({
    ...settings,
    diskType: "gp3",
    diskEncrypted: true,
    metadataTokens: true,
  });
  const named = (name: string): Made | undefined =>
    things.find((thing) => thing.kind === "launch-template" && thing.facts["name"] === name);
  return {
    launchTemplate: async (name) => {
      const found = named(name);
      if (found === undefined) return undefined;
      const facts = found.facts as unknown as Pick<LaunchTemplate, "latestVersion" | "latest">;
      return { id: found.id, name, tags: found.tags, latestVersion: facts.latestVersion, latest: facts.latest };
    },
    createLaunchTemplate: (name, settings, tags) =>
      change(() => {
        const action = "EC2 CreateLaunchTemplate";
        const code = "InvalidLaunchTemplateName.AlreadyExistsException";
        demand(named(name) === undefined, action, code, "Launch template name already in use.");
        const fits = /^[a-zA-Z0-9().\-/_]{3,128}$/.test(name);
        demand(fits, action, "InvalidLaunchTemplateName.MalformedException", `The name ${name} is invalid.`);
        demandTags(action, tags);
        const id = `lt-${things.length + 1}`;
        const facts = { name, latestVersion: 1, latest: versionOf(settings) };
        things.push({ kind: "launch-template", id, tags, facts });
        return id;
      }),
    addLaunchTemplateVersion: ({ id }, settings) =>
      change(() => {
        const action = "EC2 CreateLaunchTemplateVersion";
        const found =
          things.find((thing) => thing.kind === "launch-template" && thing.id === id) ??
          refuse(action, "InvalidLaunchTemplateId.NotFound", `The specified launch template ${id} does not exist.`);
        found.facts["latestVersion"] = Number(found.facts["latestVersion"]) + 1;
        found.facts["latest"] = versionOf(settings);
      }),
    deleteLaunchTemplate: (id) =>
      change(() => {
        const at = things.findIndex((thing) => thing.kind === "launch-template" && thing.id === id);
        if (at >= 0) things.splice(at, 1);
      }),
  };
}

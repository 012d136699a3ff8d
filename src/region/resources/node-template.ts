import type { LaunchSettings, LaunchTemplate, LaunchVersion } from "../../aws/ec2/launch-template.ts";
import { differenceOf, type Fields } from "../../core/compare-fields.ts";
import { asDesired, type Difference, ready, type ResourceContext, readyIfThere } from "../../core/resource.ts";
import { adoption } from "../adoption.ts";
import { namedTags, owned, ownTags, type RegionResource, type RegionWorld, templateName } from "../world.ts";
import { keyName, kmsKey } from "./kms-key.ts";
import { isManaged } from "./roles.ts";

interface Actual {
  readonly template: LaunchTemplate | undefined;
  readonly difference: Difference;
}

export interface NodeTemplate {
  readonly id: string;
  readonly version: number;
  /** Whether the latest version is as gennet.yaml wants it; otherwise, another one will follow. */
  readonly isCurrent: boolean;
}

/** Only the node itself reaches the metadata service, and with it the node's role; pods have Pod Identity. */
const metadataHops = 1;

/** The launch template of the node group. Outputs its latest version. */
export const nodeTemplate: RegionResource<Actual, NodeTemplate> = {
  id: "node-template",
  title: "Launch template of the nodes",
  needs: [kmsKey],
  wanted: isManaged,
  async read(at) {
    const { world, signal } = at;
    const name = templateName(world, "nodes");
    const found = await (await world.aws.service("ec2")).launchTemplate(name, signal);
    const template = found && owned(found, `launch template "${name}"`, world);
    const actual = template && fieldsOf(template.latest, at);
    return { template, difference: differenceOf(name, actual, desired(world)) };
  },
  diff: ({ difference }) => difference,
  async apply({ template }, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    const settings = settingsFor(world, at.required(kmsKey));
    if (template !== undefined) return ec2.addLaunchTemplateVersion(template, settings, signal);
    await ec2.createLaunchTemplate(templateName(world, "nodes"), settings, ownTags(world), signal);
  },
  ready: ({ template }) => readyIfThere(template),
  output: ({ template, difference }) =>
    template && { id: template.id, version: template.latestVersion, isCurrent: difference.operations.length === 0 },
  adoption: adoption({
    kind: "launch template",
    found: ({ template }) => template,
    tag: async ({ template }, tags, world, signal) =>
      (await world.aws.service("ec2")).tag(template?.id ?? "", tags, signal),
  }),
  removal: {
    diff: ({ template }) =>
      template === undefined ? asDesired : { operations: [{ verb: "delete", target: template.name }] },
    async apply({ template }, { world, signal }) {
      if (template !== undefined) await (await world.aws.service("ec2")).deleteLaunchTemplate(template.id, signal);
    },
    gone: ({ template }) => (template === undefined ? ready : { state: "waiting", detail: "still visible" }),
  },
};

function settingsFor(world: RegionWorld, diskKeyArn: string): LaunchSettings {
  return { diskGb: world.region.nodes.diskGb, diskKeyArn, metadataHops, tags: namedTags(world, "node") };
}

function desired(world: RegionWorld): Fields {
  return {
    "disk GiB": world.region.nodes.diskGb,
    "disk type": "gp3",
    "disk key": keyName(world),
    "IMDSv2 only": true,
    "metadata hops": metadataHops,
    "instance tags": inWords(namedTags(world, "node")),
  };
}

function fieldsOf(latest: LaunchVersion, at: ResourceContext<RegionWorld>): Fields {
  const { diskGb, diskType, diskKeyArn, diskEncrypted, metadataTokens, metadataHops: hops, tags } = latest;
  const key = diskKeyArn === at.output(kmsKey) ? keyName(at.world) : diskKeyArn;
  return {
    ...(diskGb === undefined ? {} : { "disk GiB": diskGb }),
    ...(diskType === undefined ? {} : { "disk type": diskType }),
    "disk key": diskEncrypted ? (key ?? "the default key") : "none",
    "IMDSv2 only": metadataTokens,
    ...(hops === undefined ? {} : { "metadata hops": hops }),
    "instance tags": inWords(tags ?? {}),
  };
}

function inWords(tags: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(tags).map((tag) => tag.join("="));
}

import type { DnsRecord, HostedZone } from "../../aws/route53/port.ts";
import { hasTags } from "../../core/has-tags.ts";
import { asDesired, blocked, creation, type Difference, ready, update, readyIfThere } from "../../core/resource.ts";
import { platformTags, type RegionResource, type RegionWorld } from "../world.ts";

interface Actual {
  /** Whether gennet.yaml gives its id. */
  readonly given: boolean;
  readonly zone: HostedZone | undefined;
  /** Public zones of the domain that gennet did not create. */
  readonly others: readonly string[];
  /** The records beside the zone's own NS and SOA; only read of a zone that gennet created. */
  readonly records: readonly DnsRecord[];
}

export function wantsZone({ platform }: RegionWorld): boolean {
  return platform.hostedZone !== undefined;
}

/** Returns the id that gennet.yaml gives; undefined if gennet creates the zone. */
function givenId({ platform }: RegionWorld): string | undefined {
  return platform.hostedZone === "create" ? undefined : platform.hostedZone;
}

/** Returns how caller references of gennet's zones begin: a zone keeps it even if its tags are lost. */
function ownerOf({ platform }: RegionWorld): string {
  return `gennet/${platform.name}/`;
}

/** The public Route 53 zone of the domain, given or created. Outputs its id. */
export const hostedZone: RegionResource<Actual, string> = {
  id: "hosted-zone",
  title: "Hosted zone",
  scope: "platform",
  needs: [],
  wanted: wantsZone,
  async read({ world, signal }) {
    const route53 = await world.aws.service("route53");
    const given = givenId(world);
    if (given !== undefined) {
      return { given: true, zone: await route53.hostedZone(given, signal), others: [], records: [] };
    }
    const zones = (await route53.hostedZones(world.platform.domain, signal)).filter(({ isPrivate }) => !isPrivate);
    const zone = zones.find(({ callerReference }) => callerReference.startsWith(ownerOf(world)));
    const others = zones.filter((each) => each !== zone).map(({ id }) => id);
    if (zone === undefined) return { given: false, zone, others, records: [] };
    const records = await route53.records(zone.id, signal);
    return { given: false, zone, others, records: records.filter((record) => !isOfZone(record, zone)) };
  },
  diff({ zone, others }, { world }) {
    const { domain } = world.platform;
    const given = givenId(world);
    if (given !== undefined) return fits(zone, given, domain);
    if (zone === undefined) {
      const made = [creation(`zone ${domain}`)];
      const [other] = others;
      if (other === undefined) return { operations: made };
      return blocked(`there is a zone of ${domain} already: set hostedZone to ${other} in gennet.yaml`, made);
    }
    return hasTags(zone.tags, platformTags(world))
      ? asDesired
      : { operations: [update(`zone ${domain}`, "tags", true)] };
  },
  async apply({ zone }, { world, signal }) {
    const route53 = await world.aws.service("route53");
    const id = zone?.id ?? (await route53.createHostedZone(world.platform.domain, ownerOf(world), signal));
    await route53.tagHostedZone(id, platformTags(world), signal);
  },
  ready: ({ zone }) => readyIfThere(zone),
  output: ({ zone }) => zone?.id,
  removal: {
    diff({ given, zone, records }) {
      if (zone === undefined || given) return asDesired;
      const operations = [{ verb: "delete" as const, target: `zone ${zone.name}` }];
      const foreign = records.filter((record) => !isValidation(record)).map(({ name, type }) => `${name} (${type})`);
      return foreign.length === 0 ? { operations } : blocked(`it has records: ${foreign.join(", ")}`, operations);
    },
    async apply({ given, zone, records }, { world, signal }) {
      if (zone === undefined || given) return;
      const route53 = await world.aws.service("route53");
      // No certificate is left that needs its record for a renewal.
      for (const record of records.filter(isValidation)) await route53.deleteRecord(zone.id, record, signal);
      await route53.deleteHostedZone(zone.id, signal);
    },
    gone: ({ given, zone }) => (zone === undefined || given ? ready : { state: "waiting", detail: "still there" }),
  },
};

function fits(zone: HostedZone | undefined, given: string, domain: string): Difference {
  if (zone === undefined) return blocked(`the zone ${given} of gennet.yaml does not exist in this account`);
  if (zone.isPrivate) return blocked(`the zone ${given} is private: names of certificates must be public`);
  const within = domain === zone.name || domain.endsWith(`.${zone.name}`);
  return within ? asDesired : blocked(`the zone ${given} is of ${zone.name}, which does not contain ${domain}`);
}

function isOfZone({ name, type }: DnsRecord, zone: HostedZone): boolean {
  return name === zone.name && (type === "NS" || type === "SOA");
}

/** Whether a record proves to ACM that a domain is ours. */
function isValidation({ type, values }: DnsRecord): boolean {
  return type === "CNAME" && values.every((value) => /\.acm-validations\.aws\.?$/.test(value));
}

import type { DbInstance } from "../../../aws/rds/port.ts";
import type { DnsRecord } from "../../../aws/route53/port.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { asDesired, blocked, creation, ready } from "../../../core/resource.ts";
import { deletions } from "../../differences.ts";
import { isPrimary, otherRegions } from "../../primary-region.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";
import { instanceArn, instanceId, isSource } from "../stores/postgres-facts.ts";
import { postgres } from "../stores/postgres.ts";
import { forwardsWrites, writerName } from "./forwarding-facts.ts";
import { writerZone } from "./writer-zone.ts";

/** In seconds, as RDS itself has it for its endpoints. */
const recordTtl = 5;

interface Actual {
  readonly zone: string | undefined;
  /** Undefined in other regions if it is to be removed: it goes with the primary one, as its zone does. */
  readonly record: DnsRecord | undefined;
}

/** The writer's name, which leads to the source: the region whose instance is the source writes it. Outputs the record. */
export const writerRecord: RegionResource<Actual, Actual> = {
  id: "writer-record",
  title: "Name of the writer",
  needs: [postgres, writerZone],
  needsPrimary: [writerZone],
  wanted: forwardsWrites,
  async read({ world, primary, signal, removing = false }) {
    const zone = primary.output(writerZone);
    if (zone === undefined) return { zone, record: undefined };
    const records = await (await world.aws.service("route53")).records(zone, signal);
    const record = records.find(({ name, type }) => name === writerName(world) && type === "CNAME");
    return { zone, record: removing && !isPrimary(world) ? undefined : record };
  },
  diff({ record }, at) {
    const { world } = at;
    const instance = at.output(postgres);
    const target = `record ${writerName(world)}`;
    // RDS assigns the address, so that a plan cannot know it.
    if (instance === undefined)
      return isPrimary(world) && record === undefined ? { operations: [creation(target)] } : asDesired;
    if (!isSource(instance, world) || instance.host === undefined) return asDesired;
    if (record === undefined) return { operations: [creation(target)] };
    const difference = differenceOf(target, fieldsOf(record), fieldsOf(recordOf(world, instance.host)));
    const other = otherSource(record, instance, world);
    if (other === undefined) return difference;
    return blocked(
      `it leads to ${other}, which is no replica of this region's instance: make the region primary that has the newer data`,
      difference.operations,
    );
  },
  async apply({ zone }, at) {
    const host = at.required(postgres).host;
    if (zone === undefined || host === undefined) return;
    await (await at.world.aws.service("route53")).putRecord(zone, recordOf(at.world, host), at.signal);
  },
  ready: () => ready,
  output: (actual) => actual,
  removal: {
    diff: ({ record }) => deletions(record === undefined ? [] : [`record ${record.name}`]),
    async apply({ zone, record }, { world, signal }) {
      if (zone === undefined || record === undefined) return;
      await (await world.aws.service("route53")).deleteRecord(zone, record, signal);
    },
    gone: ({ record }) => (record === undefined ? ready : { state: "waiting", detail: "still there" }),
  },
};

function recordOf(world: RegionWorld, host: string): DnsRecord {
  return { name: writerName(world), type: "CNAME", ttl: recordTtl, values: [host] };
}

function fieldsOf({ ttl = 0, values }: DnsRecord): { readonly "leads to": string; readonly "TTL in seconds": number } {
  return { "leads to": values.map((value) => value.replace(/\.$/, "")).join(), "TTL in seconds": ttl };
}

/**
 * Returns the instance of another region that the record leads to, if that one is no replica: a failover may have made it
 * the source, and then its data is newer.
 */
function otherSource({ values }: DnsRecord, { replicas }: DbInstance, world: RegionWorld): string | undefined {
  const led = otherRegions(world)
    .map((region) => ({ ...world, region }))
    .find((other) => values.some((value) => value.startsWith(`${instanceId(other)}.`)));
  return led === undefined || replicas.includes(instanceArn(led)) ? undefined : instanceId(led);
}

import type { DnsRecord } from "../../aws/route53/port.ts";
import { asDesired, creation, ready, update } from "../../core/resource.ts";
import type { RegionResource } from "../world.ts";
import { certificate } from "./certificate.ts";
import { hostedZone, wantsZone } from "./hosted-zone.ts";

const recordTtl = 300;

interface Validation {
  readonly wanted: readonly DnsRecord[];
  readonly existing: readonly DnsRecord[];
}

/**
 * The CNAME record that validates the certificate, now and at each renewal. All regions of an account have the same one,
 * so that it is not deleted with one of them. Outputs the records' names.
 */
export const certificateRecord: RegionResource<Validation, readonly string[]> = {
  id: "certificate-record",
  title: "DNS record of the certificate",
  needs: [hostedZone, certificate],
  wanted: wantsZone,
  async read(at) {
    const zone = at.output(hostedZone);
    const records = at.output(certificate) ?? [];
    const wanted = records.map(({ name, value }) => ({ name, type: "CNAME", ttl: recordTtl, values: [value] }));
    if (zone === undefined || wanted.length === 0) return { wanted, existing: [] };
    const found = await (await at.world.aws.service("route53")).records(zone, at.signal);
    return { wanted, existing: found.filter((each) => wanted.some((own) => own.name === each.name)) };
  },
  diff({ wanted, existing }, { world }) {
    // ACM assigns the record, so that a plan cannot know it.
    if (wanted.length === 0) return { operations: [creation(`record that validates ${world.platform.domain}`)] };
    const missing = missingOf(wanted, existing);
    if (missing.length === 0) return asDesired;
    return {
      operations: [
        update(
          `record that validates ${world.platform.domain}`,
          "records",
          missing.map(({ name }) => name),
        ),
      ],
    };
  },
  async apply({ wanted, existing }, at) {
    const route53 = await at.world.aws.service("route53");
    const zone = at.required(hostedZone);
    for (const record of missingOf(wanted, existing)) await route53.putRecord(zone, record, at.signal);
  },
  ready: ({ wanted }) => (wanted.length === 0 ? { state: "waiting", detail: "not known yet" } : ready),
  output: ({ wanted }) => (wanted.length === 0 ? undefined : wanted.map(({ name }) => name)),
};

function missingOf(wanted: readonly DnsRecord[], existing: readonly DnsRecord[]): readonly DnsRecord[] {
  const value = ({ values }: DnsRecord): string => values.map((each) => each.replace(/\.$/, "")).join();
  return wanted.filter((own) => !existing.some((each) => each.name === own.name && value(each) === value(own)));
}

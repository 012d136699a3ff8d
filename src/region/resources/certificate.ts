import type { Certificate, ValidationRecord } from "../../aws/acm/port.ts";
import { hasTags } from "../../core/has-tags.ts";
import type { Operation } from "../../core/operation.ts";
import { creation, ready, type ResourceContext } from "../../core/resource.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import { wantsZone } from "./hosted-zone.ts";

/**
 * What the statuses of a certificate mean; one that is not here is waited for. None of the failed ones can be revived.
 * https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html
 */
export const failedCertificate: ReadonlySet<string> = new Set([
  "FAILED",
  "VALIDATION_TIMED_OUT",
  "INACTIVE",
  "EXPIRED",
  "REVOKED",
]);

export interface Certificates {
  /** The one in use, or on its way. */
  readonly current: Certificate | undefined;
  /** Failed ones, and one too many after a response that was lost. */
  readonly surplus: readonly Certificate[];
}

function namesOf({ platform: { domain } }: RegionWorld): readonly string[] {
  return [domain, `*.${domain}`];
}

export async function readCertificates({
  world,
  signal,
}: Pick<ResourceContext<RegionWorld>, "world" | "signal">): Promise<Certificates> {
  const acm = await world.aws.service("acm");
  const wanted = namesOf(world).toSorted().join();
  const found = (await acm.certificates(world.platform.domain, signal))
    .filter(({ tags, names }) => hasTags(tags, ownTags(world)) && names.join() === wanted)
    .toSorted((a, b) => rank(a) - rank(b) || (a.arn < b.arn ? -1 : 1));
  const [current, ...rest] = found;
  return current === undefined || failedCertificate.has(current.status)
    ? { current: undefined, surplus: found }
    : { current, surplus: rest };
}

function rank({ status, inUse }: Certificate): number {
  if (failedCertificate.has(status)) return 3;
  return inUse ? 0 : status === "ISSUED" ? 1 : 2;
}

function surplusOperations({ surplus }: Certificates): readonly Operation[] {
  return surplus
    .filter(({ inUse }) => !inUse)
    .map(({ status }) => ({ verb: "delete", target: `certificate that is ${status}` }));
}

/**
 * The region's certificate for the domain and every name directly below it: a load balancer only uses one of its own
 * region. Outputs the records that validate it, which ACM assigns.
 */
export const certificate: RegionResource<Certificates, readonly ValidationRecord[]> = {
  id: "certificate",
  title: "ACM certificate",
  needs: [],
  wanted: wantsZone,
  read: readCertificates,
  diff(actual, { world }) {
    const target = `certificate of ${world.platform.domain}`;
    const operations = surplusOperations(actual);
    if (actual.current !== undefined) return { operations };
    return { operations: [...operations, creation(target, { names: namesOf(world) })] };
  },
  async apply({ current, surplus }, { world, signal }) {
    const acm = await world.aws.service("acm");
    for (const { arn, inUse } of surplus) if (!inUse) await acm.deleteCertificate(arn, signal);
    if (current === undefined) await acm.requestCertificate(namesOf(world), ownTags(world), signal);
  },
  ready: ({ current }) =>
    current !== undefined && current.validation.length > 0
      ? ready
      : { state: "waiting", detail: "ACM has not assigned its record yet" },
  output: ({ current }) => (current === undefined || current.validation.length === 0 ? undefined : current.validation),
  removal: {
    diff: ({ current, surplus }, { world }) => ({
      operations: [...(current === undefined ? [] : [current]), ...surplus].map(() => ({
        verb: "delete",
        target: `certificate of ${world.platform.domain}`,
      })),
    }),
    // ACM refuses it while a load balancer uses the certificate.
    async apply({ current, surplus }, { world, signal }) {
      const acm = await world.aws.service("acm");
      const all = [...(current === undefined ? [] : [current]), ...surplus];
      for (const { arn } of all) await acm.deleteCertificate(arn, signal);
    },
    gone: ({ current, surplus }) =>
      current === undefined && surplus.length === 0 ? ready : { state: "waiting", detail: "still there" },
  },
};

import { createHash } from "node:crypto";
import type { Acm, Certificate } from "../../src/aws/acm/port.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags } from "./aws-rules.ts";
import type { MemoryZones } from "./memory-route53.ts";

/** In-memory ACM, as its API reference describes it: https://docs.aws.amazon.com/acm/latest/APIReference */
export function memoryAcm(
  { awsRegion, accountId }: AwsTarget,
  { certificates, zones }: MemoryZones,
  { change, begin, isReady }: AwsChanges,
): Acm {
  let count = 0;
  const prefix = `arn:aws:acm:${awsRegion}:${accountId}:certificate/`;
  /** ACM derives the record from account and domain. */
  const recordOf = (domain: string): { readonly name: string; readonly value: string } => {
    const digest = createHash("sha256").update(`${accountId} ${domain}`).digest("hex");
    return { name: `_${digest.slice(0, 32)}.${domain}`, value: `_${digest.slice(32)}.acm-validations.aws.` };
  };
  const looked = (one: Certificate, domain: string): Certificate => {
    if (!isReady(one.arn)) return { ...one, validation: [] };
    const record = recordOf(domain);
    const isThere = zones.some(({ records }) =>
      records.some(({ name, type, values }) => name === record.name && type === "CNAME" && values[0] === record.value),
    );
    const status = one.status === "PENDING_VALIDATION" && isThere ? "ISSUED" : one.status;
    const seen = { ...one, status, validation: [record] };
    certificates.set(one.arn, seen);
    return seen;
  };
  return {
    certificates: async (domain) =>
      [...certificates.values()]
        .filter(({ arn, names }) => arn.startsWith(prefix) && names.includes(domain))
        .map((one) => looked(one, domain)),
    requestCertificate: (names, tags) =>
      change(() => {
        const action = "ACM RequestCertificate";
        demandTags(action, tags);
        const fits =
          names.length > 0 && names.every((name) => /^(\*\.)?([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}$/.test(name));
        demand(fits, action, "InvalidDomainValidationOptionsException", "a name is invalid");
        const arn = `${prefix}${++count}`;
        const status = "PENDING_VALIDATION";
        certificates.set(arn, { arn, status, names: names.toSorted(), validation: [], inUse: false, tags });
        begin(arn);
      }),
    deleteCertificate: (arn) =>
      change(() => {
        const used = certificates.get(arn)?.inUse === true;
        demand(!used, "ACM DeleteCertificate", "ResourceInUseException", `Certificate ${arn} is in use`);
        certificates.delete(arn);
      }),
  };
}

import type { Certificate } from "../../aws/acm/port.ts";
import type { CheckFinding } from "../../core/check.ts";
import { shell } from "../../core/shell-words.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import { readCertificates } from "../resources/certificate.ts";
import { wantsZone } from "../resources/hosted-zone.ts";
import { instanceId, wantsPostgres } from "../resources/stores/postgres-facts.ts";
import type { RegionWorld } from "../world.ts";
import { expiryOf } from "./expiry.ts";
import type { RegionStatusCheck } from "./status-context.ts";

const id = "region/certificates";
/** Later than AWS renews by itself: 45 days before the end. */
const noticeDays = 30;
/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RenewalSummary.html */
const stuckRenewals: ReadonlySet<string> = new Set(["PENDING_VALIDATION", "FAILED"]);

export const certificates: RegionStatusCheck = {
  id,
  title: "certificates of the domain and the database",
  explain:
    "ACM renews a certificate by itself while a resource uses it and its DNS record for the validation exists, and RDS renews the certificate of a database server. One that ends within 30 days was not renewed, which is a warning, and so is a renewal that failed or waits for the DNS record. After its end, clients reject it: a failure. RDS may have to restart the database for a new certificate.",
  async run({ world, now }, signal) {
    const [domain, database] = await Promise.all([ofDomain(world, now(), signal), ofDatabase(world, now(), signal)]);
    return [...domain, ...database];
  },
};

async function ofDomain(world: RegionWorld, now: number, signal: AbortSignal): Promise<readonly CheckFinding[]> {
  if (!wantsZone(world)) return [];
  const { current } = await readCertificates({ world, signal });
  // Until then, the resource itself is not ready.
  if (current?.notAfter === undefined) return [];
  const about = { id, subject: `certificate of ${world.platform.domain}` };
  const fix = `${shell`aws acm describe-certificate --certificate-arn ${current.arn}`} ${awsFlags(world)}`;
  const expiry = expiryOf(current.notAfter, now, noticeDays);
  const finding = { ...about, ...expiry, ...stuck(current, expiry) };
  return [finding.severity === "ok" ? finding : { ...finding, fix }];
}

function stuck(
  { renewal }: Certificate,
  { severity, summary }: Pick<CheckFinding, "severity" | "summary">,
): Partial<Pick<CheckFinding, "severity" | "summary">> {
  if (renewal === undefined || !stuckRenewals.has(renewal)) return {};
  return { severity: severity === "ok" ? "warn" : severity, summary: `${summary}; its renewal is ${renewal}` };
}

async function ofDatabase(world: RegionWorld, now: number, signal: AbortSignal): Promise<readonly CheckFinding[]> {
  if (!wantsPostgres(world)) return [];
  const name = instanceId(world);
  const found = await (await world.aws.service("rds")).instance(name, signal);
  if (found?.certificate === undefined) return [];
  const { authority, until } = found.certificate;
  const finding = { id, subject: `certificate of database ${name}`, ...expiryOf(until, now, noticeDays) };
  const fix = `${shell`aws rds modify-db-instance --db-instance-identifier ${name} --ca-certificate-identifier ${authority} --apply-immediately`} ${awsFlags(world)}`;
  return [finding.severity === "ok" ? finding : { ...finding, fix: `${fix}  # may restart it` }];
}

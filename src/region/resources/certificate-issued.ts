import type { Certificate } from "../../aws/acm/port.ts";
import { asDesired, ready, type Readiness, update, notVisible } from "../../core/resource.ts";
import type { RegionResource } from "../world.ts";
import { certificateRecord } from "./certificate-record.ts";
import { certificate, type Certificates, failedCertificate, readCertificates } from "./certificate.ts";
import { wantsZone } from "./hosted-zone.ts";

/** The certificate once it is issued. ACM gives up after 72 hours without the record. Outputs its ARN. */
export const certificateIssued: RegionResource<Certificates, string> = {
  id: "certificate-issued",
  title: "Validation of the certificate",
  needs: [certificate, certificateRecord],
  wanted: wantsZone,
  patienceMs: 60 * 60_000,
  read: readCertificates,
  diff({ current, surplus: [dead] }, { world }) {
    if (current !== undefined || dead === undefined) return asDesired;
    // The certificate is replaced before this.
    return { operations: [update(`validation of ${world.platform.domain}`, "status", "ISSUED", dead.status)] };
  },
  apply: async () => undefined,
  ready: ({ current, surplus }) => issued(current ?? surplus[0]),
  output: ({ current }) => (current?.status === "ISSUED" ? current.arn : undefined),
};

function issued(one: Certificate | undefined): Readiness {
  if (one === undefined) return notVisible;
  if (one.status === "ISSUED") return ready;
  if (failedCertificate.has(one.status))
    return { state: "failed", reason: `ACM reports ${one.status}: ${one.failure ?? "no reason"}` };
  return { state: "waiting", detail: `${one.status}: the zone's name servers must be those of its domain` };
}

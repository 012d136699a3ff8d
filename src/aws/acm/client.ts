import { createHash } from "node:crypto";
import {
  ACMClient,
  CertificateStatus,
  type CertificateDetail,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ListTagsForCertificateCommand,
  paginateListCertificates,
  RequestCertificateCommand,
} from "@aws-sdk/client-acm";
import { callsTo } from "../calls.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import { fromTags, type Tags, toTags } from "../tags.ts";
import type { Acm, Certificate, ValidationRecord } from "./port.ts";

/** Connects to ACM through its SDK. */
export function createAcm(session: Session): Connected<Acm> {
  const client = new ACMClient(session.config());
  nameErrors(client.middlewareStack);
  const { call, find, all } = callsTo(session);
  const whole = async (arn: string, signal: AbortSignal): Promise<Certificate | undefined> => {
    const input = { CertificateArn: arn };
    const [found, tags] = await Promise.all([
      find(signal, (options) => client.send(new DescribeCertificateCommand(input), options)),
      find(signal, (options) => client.send(new ListTagsForCertificateCommand(input), options)),
    ]);
    return found?.Certificate && toCertificate(found.Certificate, fromTags(tags?.Tags));
  };
  const port: Acm = {
    async certificates(domain, signal) {
      const listed = await all(
        signal,
        (options) =>
          paginateListCertificates({ client }, { CertificateStatuses: Object.values(CertificateStatus) }, options),
        (page) => page.CertificateSummaryList,
      );
      const own = listed.filter(({ DomainName }) => DomainName === domain);
      const found = await Promise.all(own.map(({ CertificateArn = "" }) => whole(CertificateArn, signal)));
      return found.filter((each) => each !== undefined);
    },

    async requestCertificate(names, tags, signal) {
      const [domain = ""] = names;
      // ACM remembers a token for an hour, and would answer with a certificate that was deleted meanwhile. One token for
      // each request makes only its retries harmless; a later run finds the certificate by its tags.
      const attempt = `${session.target.name} ${domain} ${session.clock.now()}`;
      const command = new RequestCertificateCommand({
        DomainName: domain,
        SubjectAlternativeNames: [...names],
        ValidationMethod: "DNS",
        IdempotencyToken: createHash("sha256").update(attempt).digest("hex").slice(0, 32),
        Tags: toTags(tags),
      });
      await call(signal, (options) => client.send(command, options));
    },

    async deleteCertificate(arn, signal) {
      const input = { CertificateArn: arn };
      await find(signal, (options) => client.send(new DeleteCertificateCommand(input), options));
    },
  };
  return { port, close: () => client.destroy() };
}

function toCertificate(detail: CertificateDetail, tags: Tags): Certificate {
  const records = (detail.DomainValidationOptions ?? []).flatMap(({ ResourceRecord }): ValidationRecord[] =>
    ResourceRecord?.Name === undefined
      ? []
      : [{ name: ResourceRecord.Name.replace(/\.$/, ""), value: ResourceRecord.Value ?? "" }],
  );
  return {
    arn: detail.CertificateArn ?? "",
    status: detail.Status ?? "PENDING_VALIDATION",
    names: (detail.SubjectAlternativeNames ?? []).toSorted(),
    validation: records.filter(({ name }, at) => records.findIndex((each) => each.name === name) === at),
    inUse: (detail.InUseBy ?? []).length > 0,
    ...(detail.FailureReason && { failure: detail.FailureReason }),
    ...(detail.NotAfter && { notAfter: detail.NotAfter }),
    ...(detail.RenewalSummary?.RenewalStatus && { renewal: detail.RenewalSummary.RenewalStatus }),
    tags,
  };
}

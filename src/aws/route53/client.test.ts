import { expect, it } from "vitest";
import { adapterTrial } from "../../../test/support/adapter-trial.ts";

const { signal } = new AbortController();
const trial = adapterTrial();

const zone = `<HostedZone><Id>/hostedzone/Z1</Id><Name>acme.example.</Name><CallerReference>gennet/acme/1</CallerReference>
  <Config><PrivateZone>false</PrivateZone></Config></HostedZone>`;

it("Zones of Route 53 are found by their whole name", async () => {
  const other = zone.replace("acme.example.", "b.acme.example.");
  const bodies = [
    `<ListHostedZonesByNameResponse><HostedZones>${zone}${other}</HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesByNameResponse>`,
    `<ListTagsForResourceResponse><ResourceTagSet><ResourceId>Z1</ResourceId><ResourceType>hostedzone</ResourceType><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></ResourceTagSet></ListTagsForResourceResponse>`,
  ];
  const aws = await trial.query(() => ({ status: 200, body: bodies.shift() ?? "" }));
  expect(await (await aws.service("route53")).hostedZones("acme.example", signal)).toEqual([
    { id: "Z1", name: "acme.example", isPrivate: false, callerReference: "gennet/acme/1", tags: { a: "b" } },
  ]);
});

it("A zone that Route 53 does not have is undefined", async () => {
  const body =
    "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchHostedZone</Code><Message>no</Message></Error></ErrorResponse>";
  const aws = await trial.query(() => ({ status: 404, body }));
  expect(await (await aws.service("route53")).hostedZone("Z1", signal)).toBeUndefined();
});

it("Records of Route 53 are read without the dots at the end of their names", async () => {
  const record = `<ResourceRecordSet><Name>_a.acme.example.</Name><Type>CNAME</Type><TTL>300</TTL>
    <ResourceRecords><ResourceRecord><Value>_b.acm-validations.aws.</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`;
  const body = `<ListResourceRecordSetsResponse><ResourceRecordSets>${record}</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListResourceRecordSetsResponse>`;
  const aws = await trial.query(() => ({ status: 200, body }));
  expect(await (await aws.service("route53")).records("Z1", signal)).toEqual([
    { name: "_a.acme.example", type: "CNAME", ttl: 300, values: ["_b.acm-validations.aws."] },
  ]);
});

import { describe, expect, it } from "vitest";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { AppError } from "../core/error.ts";
import { parsePlatform } from "./parse.ts";
import { reviewPlatform } from "./review.ts";

const valid = `name: acme
domain: acme.example
regions:
  - name: eu
    awsRegion: eu-west-1
    accountId: "111122223333"
    cluster: acme-eu
`;

function failure(text: string, version?: string): { code: string; lines: string[]; exit: number } {
  try {
    parsePlatform(text, "gennet.yaml", version);
  } catch (error) {
    if (error instanceof AppError) {
      return { code: error.code, lines: error.message.split("\n").map((line) => line.trim()), exit: error.exit };
    }
    throw error;
  }
  throw new Error("It was accepted.");
}

describe("a valid gennet.yaml", () => {
  it("A valid gennet.yaml gets the defaults of missing fields", () => {
    const [eu] = parsePlatform(valid, "gennet.yaml").regions;
    expect(eu).toEqual({
      name: "eu",
      awsRegion: "eu-west-1",
      accountId: "111122223333",
      cluster: "acme-eu",
      kubernetes: {
        support: "extended",
        endpoint: { public: true, private: true, cidrs: ["0.0.0.0/0"] },
        logs: ["api", "audit", "authenticator"],
        deletionProtection: true,
        zonalShift: true,
      },
      network: { cidr: "10.0.0.0/16", zones: 3, nat: "one", flowLogs: true, endpoints: [] },
      nodes: {
        mode: "managed",
        instanceType: "m7i.large",
        diskGb: 50,
        labels: {},
        taints: [],
        repair: true,
        min: 2,
        desired: 3,
        max: 6,
      },
    });
  });

  it("A valid gennet.yaml may contain anchors and aliases", () => {
    const text = valid.replace('"111122223333"', '&account "111122223333"');
    const second = "  - {name: us, awsRegion: us-east-1, accountId: *account, cluster: acme-us}\n";
    expect(parsePlatform(text + second, "gennet.yaml").regions[1]?.accountId).toBe("111122223333");
  });

  it("A valid gennet.yaml may reuse another region with a merge key, and override fields", () => {
    const text = valid.replace("- name: eu", "- &eu\n    name: eu");
    const { regions } = parsePlatform(`${text}  - <<: *eu\n    name: us\n    cluster: acme-us\n`, "gennet.yaml");
    expect(regions[1]).toEqual({ ...regions[0], name: "us", cluster: "acme-us" });
  });

  it("A valid gennet.yaml may have a name that is part of a reserved one", () => {
    for (const name of ["kubernetes", "argo", "istio", "defaults", "aws"]) {
      expect(parsePlatform(valid.replace("name: acme", `name: ${name}`), "gennet.yaml").name).toBe(name);
    }
  });

  it.each(["eusc-de-east-1", "us-gov-east-1", "us-isob-east-1", "cn-northwest-1", "ap-southeast-7"])(
    "A valid gennet.yaml may use %s, of any partition of AWS",
    (awsRegion) => {
      const [region] = parsePlatform(valid.replace("eu-west-1", awsRegion), "gennet.yaml").regions;
      expect(region?.awsRegion).toBe(awsRegion);
    },
  );

  it("A valid gennet.yaml may have two regions in the same AWS region", () => {
    const second = '  - {name: eu-2, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu-2}\n';
    expect(parsePlatform(valid + second, "gennet.yaml").regions.map((region) => region.awsRegion)).toEqual([
      "eu-west-1",
      "eu-west-1",
    ]);
  });

  it("A valid gennet.yaml may begin with a byte order mark", () => {
    expect(parsePlatform(`\uFEFF${valid}`, "gennet.yaml").name).toBe("acme");
  });
});

describe("an error in gennet.yaml is reported with its location and what was expected", () => {
  const region = (line: string): string => valid.replace('accountId: "111122223333"', line);
  const cases: Record<string, [text: string, ...lines: (string | RegExp)[]]> = {
    "an empty file": ["", "gennet.yaml:1:1: the file: expected a mapping of keys to values, found nothing"],
    "only a comment": ["# nothing\n", "gennet.yaml:1:1: the file: expected a mapping of keys to values, found nothing"],
    "a list": ["- a\n", "gennet.yaml:1:1: the file: expected a mapping of keys to values, found a list"],
    "an unknown key": [`${valid}regoins: []\n`, 'gennet.yaml:8:1: unknown key "regoins" in the file'],
    "an unknown key further in": [
      region('accountID: "111122223333"'),
      "gennet.yaml:4:5: regions.0.accountId: missing: expected a text",
      'gennet.yaml:6:5: unknown key "accountID" in regions.0',
    ],
    "a number for a text": [
      region("accountId: 111122223333"),
      "gennet.yaml:6:16: regions.0.accountId: expected a text, found the number 111122223333; put it in quotes",
    ],
    "a text for a list": [
      "name: acme\ndomain: acme.example\nregions: eu\n",
      'gennet.yaml:3:10: regions: expected a list, found the string "eu"',
    ],
    "an empty list": [
      "name: acme\ndomain: acme.example\nregions: []\n",
      /^gennet\.yaml:3:10: regions: expected array to have >=1 items$/,
    ],
    "a wrong format": [
      valid.replace("eu-west-1", "Ireland"),
      'gennet.yaml:5:16: regions.0.awsRegion: expected an AWS region such as eu-west-1, found "Ireland"',
    ],
    "a wrong range of addresses": [
      `${valid}    network: {cidr: 10.0.0.0}\n`,
      'gennet.yaml:8:21: regions.0.network.cidr: expected an IPv4 range such as 10.0.0.0/16, found "10.0.0.0"',
    ],
    "a range of addresses that is too large for a VPC": [
      `${valid}    network: {cidr: 10.0.0.0/8}\n`,
      "gennet.yaml:8:21: regions.0.network.cidr: expected an IPv4 range of /16 to /28",
    ],
    "a range of addresses that is too small for a VPC": [
      `${valid}    network: {cidr: 10.0.0.0/29}\n`,
      "gennet.yaml:8:21: regions.0.network.cidr: expected an IPv4 range of /16 to /28",
    ],
    "more nodes than the most there may be": [
      `${valid}    nodes: {desired: 7}\n`,
      "gennet.yaml:8:12: regions.0.nodes: expected min to be at most desired, and desired at most max",
    ],
    "a number out of range": [
      `${valid}    network: {zones: 9}\n`,
      "gennet.yaml:8:22: regions.0.network.zones: expected number to be <=4",
    ],
    "a part of a number": [`${valid}    wave: 1.5\n`, /^gennet\.yaml:8:11: regions\.0\.wave: expected a whole number/],
    "a missing value": [
      valid.replace("name: acme\n", "name:\n"),
      "gennet.yaml:1:6: name: expected a text, found nothing",
    ],
    "two regions with the same name": [
      `${valid}  - {name: eu, awsRegion: us-east-1, accountId: "111122223333", cluster: x}\n`,
      'gennet.yaml:8:12: regions.1.name: expected a unique name, but "eu" is already used',
    ],
    "a key twice": [`${valid}name: again\n`, 'gennet.yaml:8:1: the key "name" already exists, at gennet.yaml:1:1'],
    "a key three times": [
      `${valid}name: again\nname: b\n`,
      'gennet.yaml:8:1: the key "name" already exists, at gennet.yaml:1:1',
      'gennet.yaml:9:1: the key "name" already exists, at gennet.yaml:1:1',
    ],
    "a key twice in a flow mapping": [
      `${valid}  - {name: us, awsRegion: us-east-1, accountId: "111122223333", cluster: x, name: us}\n`,
      'gennet.yaml:8:77: the key "name" already exists, at gennet.yaml:8:6',
    ],
    "several mistakes of syntax": [
      "name: [a\ndomain: b: c\nregions:\n\t- x\n",
      /^gennet\.yaml:2:1: Flow sequence .* end with a \]$/,
      'gennet.yaml:2:9: expected one "key: value" on a line; put a text that contains ": " in quotes',
      "gennet.yaml:4:1: Tabs are not allowed as indentation",
    ],
    "no space after a colon": [
      `name:acme\ndomain: acme.example\n`,
      'gennet.yaml:1:1: expected "key: value", with a space after the colon',
    ],
    "a quote that does not end": [
      `domain: acme.example\nname: "acme\nregions: []\n`,
      "gennet.yaml:4:1: expected the end of the quoted text that begins at gennet.yaml:2:7",
    ],
    "a merge key with no mapping": [
      `${valid}    <<: eu\n`,
      'gennet.yaml:8:9: expected a mapping, or a list of mappings, after the merge key "<<"',
    ],
    "a merge key without its anchor": [
      `${valid}    <<: *nowhere\n`,
      "gennet.yaml:8:9: expected an anchor &nowhere before the alias",
    ],
    "a mistake in lines that end as on Windows": [
      valid.replace("Ireland", "x").replace("eu-west-1", "Ireland").replaceAll("\n", "\r\n"),
      'gennet.yaml:5:16: regions.0.awsRegion: expected an AWS region such as eu-west-1, found "Ireland"',
    ],
    "the name of a namespace that Kubernetes has": [
      valid.replace("name: acme", "name: kube-system"),
      "gennet.yaml:1:7: name: expected a name that is available as a namespace (kube-system is used by Kubernetes)",
    ],
    "broken syntax": ["name: [acme\n", /^gennet\.yaml:2:1: .*end with a \]$/],
    "a tab for indentation": ["regions:\n\t- name: eu\n", "gennet.yaml:2:1: Tabs are not allowed as indentation"],
    "two documents": [`${valid}---\nname: b\n`, /^gennet\.yaml:8:1: a second document begins here; expected one/],
    "a tag": [valid.replace("acme-eu", "!env CLUSTER"), "gennet.yaml:7:14: Unresolved tag: !env"],
    "an alias without its anchor": [
      region("accountId: *account"),
      "gennet.yaml:6:16: expected an anchor &account before the alias",
    ],
    "a mistake behind an alias": [
      `name: &n Acme\ndomain: *n\nregions: []\n`,
      /^gennet\.yaml:1:10: name: expected a DNS label/,
      /^gennet\.yaml:2:9: domain: expected a domain name/,
      /^gennet\.yaml:3:10: /,
    ],
    "an invalid range of versions": [
      `requires: newest of all\n${valid}`,
      'gennet.yaml:1:11: requires: expected a range of versions such as ">=0.1"',
    ],
  };

  it.each(Object.entries(cases))(
    "An error in gennet.yaml is reported with its location: %s",
    (_name, [text, ...expected]) => {
      const { code, exit, lines } = failure(text);
      expect([code, exit]).toEqual(["CONFIG_INVALID", 2]);
      expect(lines).toHaveLength(expected.length);
      for (const [at, each] of nonEmpty(expected.entries())) expect(lines[at]).toMatch(each);
    },
  );

  it.each([
    ["kube-public", "Kubernetes"],
    ["kube-anything", "Kubernetes"],
    ["default", "Kubernetes"],
    ["argocd", "Argo CD"],
    ["istio-system", "Istio"],
    ["istio-ingress", "Istio"],
    ["external-secrets", "External Secrets"],
    ["monitoring", "the OpenTelemetry Collector"],
    ["amazon-cloudwatch", "AWS"],
  ])("The platform name %s is rejected: that namespace is used by %s", (name, holder) => {
    expect(failure(valid.replace("name: acme", `name: ${name}`)).lines).toEqual([
      `gennet.yaml:1:7: name: expected a name that is available as a namespace (${name} is used by ${holder})`,
    ]);
  });

  it("At most ten syntax errors are shown, and the number of others", () => {
    const lines = failure(Array.from({ length: 13 }, (_, at) => `k${at}: a: b\n`).join("")).lines;
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe("and 3 more");
  });

  it("Aliases that expand without end are rejected", () => {
    const row = (at: number): string =>
      `a${at}: &a${at} [${Array(9)
        .fill(`*a${at - 1}`)
        .join(", ")}]\n`;
    const bomb = `a0: &a0 [x]\n${[1, 2, 3, 4, 5, 6, 7, 8].map(row).join("")}`;
    expect(failure(bomb).lines).toEqual([expect.stringMatching(/^gennet\.yaml:2:10: Excessive alias count/)]);
  });
});

describe("regions that do not fit together", () => {
  const with2 = (first: string, second: string, rest = ""): string =>
    `${valid}${first}  - {name: us, awsRegion: us-east-1, accountId: "111122223333", cluster: acme-us${second}}\n${rest}`;

  it.each([
    [
      "two primary regions",
      with2("    primary: true\n", ", primary: true"),
      "gennet.yaml:9:92: regions.1.primary: expected one primary region, but eu is already primary",
    ],
    [
      "one cluster for two regions",
      valid + valid.slice(valid.indexOf("  - name")).replace("name: eu", "name: two"),
      'gennet.yaml:11:14: regions.1.cluster: expected its own cluster, but "acme-eu" already belongs to region eu',
    ],
    [
      "a range whose subnets have fewer addresses than EKS and the nodes need",
      `${valid}    network: {cidr: 10.0.0.0/25}\n`,
      "gennet.yaml:8:21: regions.0.network.cidr: expected a larger range: each of its 8 subnets would have 11 free addresses, but needs 16 for EKS, and 2 for nodes (nodes.max 6 over 3 zones)",
    ],
    [
      "a range that has no room for subnets at all",
      `${valid}    network: {cidr: 10.0.0.0/28}\n    nodes: {mode: auto}\n`,
      "gennet.yaml:8:21: regions.0.network.cidr: expected a larger range: each of its 8 subnets would have 0 free addresses, but needs 16 for EKS",
    ],
    [
      "a range that is too small for the most nodes that there may be",
      `${valid}    network: {cidr: 10.0.0.0/24, zones: 2}\n    nodes: {max: 24}\n`,
      "gennet.yaml:8:21: regions.0.network.cidr: expected a larger range: each of its 8 subnets would have 27 free addresses, but needs 16 for EKS, and 12 for nodes (nodes.max 24 over 2 zones)",
    ],
    [
      "a VPC without its subnets",
      `${valid}    network: {vpc: vpc-1}\n`,
      "gennet.yaml:8:20: regions.0.network.vpc: expected network.subnets, too: gennet creates no subnets in a VPC that exists",
    ],
    [
      "subnets without their VPC",
      `${valid}    network: {subnets: {private: [subnet-1, subnet-2]}}\n`,
      "gennet.yaml:8:24: regions.0.network.subnets: expected network.vpc, too: the VPC of these subnets",
    ],
    [
      "a range for a VPC that exists",
      `${valid}    network: {vpc: vpc-1, subnets: {private: [subnet-1, subnet-2]}, cidr: 10.0.0.0/16}\n`,
      "gennet.yaml:8:75: regions.0.network.cidr: expected no network.cidr: vpc-1 has its own",
    ],
    [
      "a subnet that is listed twice",
      `${valid}    network: {vpc: vpc-1, subnets: {private: [subnet-1, subnet-2], public: [subnet-1]}}\n`,
      "gennet.yaml:8:77: regions.0.network.subnets.public.0: expected another subnet: subnet-1 is already listed",
    ],
    [
      "forwarded writes through a VPC whose routes are not gennet's",
      `stores: {postgres: {writes: forward}}\n${valid}    network: {vpc: vpc-1, subnets: {private: [subnet-1, subnet-2]}}\n`,
      "gennet.yaml:9:20: regions.0.network.vpc: expected stores.postgres.writes: read-only, because forwarding needs routes in the VPC",
    ],
    [
      "forwarded writes to a database whose security group is not gennet's",
      `stores: {postgres: {writes: forward}}\n${valid}    database: orders-production\n`,
      "gennet.yaml:9:15: regions.0.database: expected stores.postgres.writes: read-only, because forwarding changes the database's security group",
    ],
    [
      "sizes of a Neptune that no region has",
      `stores: {postgres: {}, neptune: {replicas: 2}}\n${valid}`,
      "gennet.yaml:1:33: stores.neptune: expected stores.graph: neptune beside it: without that, no region has Neptune",
    ],
    [
      "sizes of a Neo4j that no region has",
      `stores: {graph: neptune, neo4j: {memoryGb: 8}}\n${valid}`,
      "gennet.yaml:1:33: stores.neo4j: expected stores.graph: neo4j beside it: without that, no region has Neo4j",
    ],
    [
      "a Neo4j without a platform that installs it",
      `stores: {graph: neo4j}\n${valid}`,
      "gennet.yaml:1:17: stores.graph: expected `platform` in gennet.yaml beside it: Argo CD installs Neo4j with the platform's components",
    ],
    [
      "a KMS key of another AWS region",
      `${valid}    encryptionKey: arn:aws:kms:us-east-1:123456789012:alias/shared\n`,
      "gennet.yaml:8:20: regions.0.encryptionKey: expected a key in eu-west-1, but this one is in us-east-1",
    ],
    [
      "overlapping ranges of regions that are to be peered",
      with2("", "", "stores: {postgres: {writes: forward}}\n"),
      "gennet.yaml:8:5: regions.1.network.cidr: expected a range that does not overlap 10.0.0.0/16 of region eu: stores.postgres.writes: forward connects the regions by VPC peering",
    ],
    [
      "two spellings of the Kubernetes version that disagree",
      `${valid}    kubernetesVersion: "1.33"\n    kubernetes: {version: "1.34"}\n`,
      "gennet.yaml:8:24: regions.0.kubernetesVersion: expected the same version as kubernetes.version, which is 1.34",
    ],
  ])("%s are rejected", (_name, text, line) => {
    expect(failure(text)).toEqual({ code: "CONFIG_INVALID", exit: 2, lines: [line] });
  });

  it.each(["network: {cidr: 10.0.0.0/24}", "network: {cidr: 10.0.0.0/24, zones: 2}\n    nodes: {max: 22}"])(
    "%s has enough addresses",
    (keys) => {
      expect(parsePlatform(`${valid}    ${keys}\n`, "gennet.yaml").regions).toHaveLength(1);
    },
  );

  it("A cluster name may be used again in another AWS region or account", () => {
    const text = with2("", "").replace("acme-us", "acme-eu");
    expect(parsePlatform(text, "gennet.yaml").regions.map(({ cluster }) => cluster)).toEqual(["acme-eu", "acme-eu"]);
  });

  it("Overlapping ranges are a warning with line and column, because such VPCs can never be peered", () => {
    const text = with2("    network: {cidr: 10.0.0.0/16}\n", ", network: {cidr: 10.0.128.0/17}");
    expect(reviewPlatform(text, "gennet.yaml")).toMatchObject([
      {
        id: "platform/regions",
        severity: "warn",
        summary: expect.stringMatching(
          /^regions\.1\.network\.cidr: 10\.0\.128\.0\/17 overlaps 10\.0\.0\.0\/16 of region eu: /,
        ),
        location: { file: "gennet.yaml", line: 9, column: 99 },
      },
    ]);
    expect(reviewPlatform(text.replace("10.0.128.0/17", "10.1.0.0/16"), "gennet.yaml")).toEqual([]);
  });

  it("Two regions in one AWS region are a warning if gennet manages the DNS records of the domain", () => {
    const text = with2("    network: {cidr: 10.1.0.0/16}\n", "").replace("us-east-1", "eu-west-1");
    expect(reviewPlatform(text, "gennet.yaml")).toEqual([]);
    expect(reviewPlatform(`${text}hostedZone: create\n`, "gennet.yaml")).toMatchObject([
      { severity: "warn", summary: expect.stringContaining("one of them can have the latency record of acme.example") },
    ]);
  });
});

describe("requires", () => {
  it.each([
    [">=0.1", "0.1.0"],
    ["^0.4.0", "0.4.7"],
    [">=0.1", "0.2.0-beta.1"],
    ["1.x || 2.x", "2.3.4"],
  ])("The requirement %s is met by %s", (range, version) => {
    expect(parsePlatform(`requires: "${range}"\n${valid}`, "gennet.yaml", version).requires).toBe(range);
  });

  it("A gennet.yaml for another version is reported with both versions, before keys that only the other one supports", () => {
    expect(failure(`requires: ">=2"\nfuture: true\n${valid}`, "1.9.9")).toEqual({
      code: "CONFIG_REQUIRES_OTHER_VERSION",
      exit: 2,
      lines: ["gennet.yaml:1:11: requires gennet >=2, but this is 1.9.9."],
    });
  });
});

import { describe, expect, it } from "vitest";
import { adapterTrial, queryAnswer, queryError } from "../../../test/support/adapter-trial.ts";
import { newNeptuneCluster as wanted } from "../../../test/support/cluster-settings.ts";

const { signal } = new AbortController();
const trial = adapterTrial();
const tags = { "gennet:platform": "acme" };
const tagged = queryAnswer(
  "ListTagsForResource",
  "<TagList><Tag><Key>gennet:platform</Key><Value>acme</Value></Tag></TagList>",
);
const cluster = (status: string): ReturnType<typeof queryAnswer> =>
  queryAnswer(
    "DescribeDBClusters",
    `<DBClusters><DBCluster>
    <DBClusterIdentifier>graph</DBClusterIdentifier><DBClusterArn>arn:aws:rds:eu-west-1:1:cluster:graph</DBClusterArn>
    <DbClusterResourceId>cluster-ABC</DbClusterResourceId><Status>${status}</Status><Engine>neptune</Engine>
    <EngineVersion>1.4.7.0</EngineVersion><StorageEncrypted>true</StorageEncrypted>
    <IAMDatabaseAuthenticationEnabled>false</IAMDatabaseAuthenticationEnabled>
    <PendingModifiedValues><IAMDatabaseAuthenticationEnabled>true</IAMDatabaseAuthenticationEnabled></PendingModifiedValues>
    <DBClusterMembers><DBClusterMember><DBInstanceIdentifier>graph-1</DBInstanceIdentifier>
      <IsClusterWriter>true</IsClusterWriter>
      <DBClusterParameterGroupStatus>pending-reboot</DBClusterParameterGroupStatus></DBClusterMember></DBClusterMembers>
    <EnabledCloudwatchLogsExports><member>audit</member></EnabledCloudwatchLogsExports>
    <Endpoint>graph.example</Endpoint><ReaderEndpoint>reader.example</ReaderEndpoint><Port>8182</Port>
  </DBCluster></DBClusters>`,
  );

describe("Neptune", () => {
  it("A cluster is read with its members, its pending values, its endpoints and its tags", async () => {
    const aws = await trial.query((call) =>
      call.get("Action") === "DescribeDBClusters" ? cluster("modifying") : tagged,
    );
    expect(await (await aws.service("neptune")).cluster("graph", signal)).toMatchObject({
      status: "modifying",
      resourceId: "cluster-ABC",
      members: [{ id: "graph-1", isWriter: true, parameterStatus: "pending-reboot" }],
      pending: ["IAMDatabaseAuthenticationEnabled"],
      pendingSettings: { requiresIam: true },
      logs: ["audit"],
      host: "graph.example",
      reader: "reader.example",
      port: 8182,
      tags,
    });
  });

  it.each([
    ["failed", "The cluster could not be started"],
    ["available", undefined],
  ])("A cluster that is %s is read with its last event: %s", async (status, lastEvent) => {
    const event = "<Event><Message>The cluster could not be started</Message><Date>2026-11-30T11:00:00Z</Date></Event>";
    const answers = new Map([
      ["DescribeDBClusters", cluster(status)],
      ["ListTagsForResource", tagged],
      ["DescribeEvents", queryAnswer("DescribeEvents", `<Events>${event}</Events>`)],
    ]);
    const aws = await trial.query((call) => answers.get(call.get("Action") ?? "") ?? queryError("Unexpected", "call"));
    expect((await (await aws.service("neptune")).cluster("graph", signal))?.lastEvent).toBe(lastEvent);
    const asked = trial.calls.find((call) => call.get("Action") === "DescribeEvents");
    expect(asked?.get("SourceType")).toBe(lastEvent === undefined ? undefined : "db-cluster");
  });

  it("A cluster is created encrypted, with IAM authentication and its audit log exported", async () => {
    const seen: URLSearchParams[] = [];
    const aws = await trial.query((call) => {
      seen.push(call);
      return queryAnswer("CreateDBCluster", "");
    });
    await (await aws.service("neptune")).createCluster(wanted, signal);
    expect(Object.fromEntries(seen[0] ?? [])).toMatchObject({
      Action: "CreateDBCluster",
      Engine: "neptune",
      StorageEncrypted: "true",
      KmsKeyId: wanted.keyArn,
      EnableIAMDatabaseAuthentication: "true",
      "EnableCloudwatchLogsExports.member.1": "audit",
      "Tags.Tag.1.Key": "gennet:platform",
    });
  });

  it("A cluster of the same name is ours if it has our tags", async () => {
    const answers = new Map([
      ["DescribeDBClusters", cluster("available")],
      ["ListTagsForResource", tagged],
    ]);
    const aws = await trial.query(
      (call) => answers.get(call.get("Action") ?? "") ?? queryError("DBClusterAlreadyExistsFault", "exists"),
    );
    const neptune = await aws.service("neptune");
    await expect(neptune.createCluster(wanted, signal)).resolves.toBe(undefined);
    const other = { ...wanted, tags: { "gennet:platform": "other" } };
    await expect(neptune.createCluster(other, signal)).rejects.toMatchObject({ code: "AWS_REJECTED" });
  });

  it("The deletion of a cluster that is busy is tried again, and one with instances is refused", async () => {
    const refusals = ["DB Cluster graph is not currently in the available state.", undefined];
    const aws = await trial.query((call) => {
      if (call.get("Action") === "DescribeDBClusters") return cluster("modifying");
      if (call.get("Action") === "ListTagsForResource") return tagged;
      const refusal = refusals.shift();
      if (refusal === undefined) return queryAnswer("DeleteDBCluster", "");
      return queryError("InvalidDBClusterStateFault", refusal);
    });
    const neptune = await aws.service("neptune");
    await neptune.deleteCluster("graph", "last", signal);
    expect(refusals).toEqual([]);
    refusals.push("Cluster cannot be deleted, it still contains DB instances in non-deleting state.");
    await expect(neptune.deleteCluster("graph", "last", signal)).rejects.toThrow("still contains DB instances");
  });

  it("Instances of a cluster that does not exist are none", async () => {
    const aws = await trial.query(() => queryError("DBClusterNotFoundFault", "DBCluster graph not found.", 404));
    expect(await (await aws.service("neptune")).instances("graph", signal)).toEqual([]);
  });
});

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { databaseSettings } from "../../../test/support/database-settings.ts";
import { adapterTrial, queryAnswer, queryError } from "../../../test/support/adapter-trial.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { NewDbInstance } from "./port.ts";

const { signal } = new AbortController();
const trial = adapterTrial();
const arn = "arn:aws:rds:eu-west-1:111122223333:db:acme-eu-postgres";

const tagList = "<TagList><Tag><Key>gennet:platform</Key><Value>acme</Value></Tag></TagList>";
const found = (status: string): ReturnType<typeof queryAnswer> =>
  queryAnswer(
    "DescribeDBInstances",
    `<DBInstances><DBInstance>
    <DBInstanceIdentifier>acme-eu-postgres</DBInstanceIdentifier><DBInstanceArn>${arn}</DBInstanceArn>
    <DBInstanceStatus>${status}</DBInstanceStatus><DbiResourceId>db-ABC</DbiResourceId>
    <EngineVersion>17.4</EngineVersion><DBInstanceClass>db.t4g.medium</DBInstanceClass>
    <AllocatedStorage>20</AllocatedStorage><MultiAZ>false</MultiAZ><StorageEncrypted>true</StorageEncrypted>
    <DBParameterGroups><DBParameterGroup><DBParameterGroupName>own</DBParameterGroupName>
      <ParameterApplyStatus>pending-reboot</ParameterApplyStatus></DBParameterGroup></DBParameterGroups>
    <PendingModifiedValues><MasterUserPassword>****</MasterUserPassword><MultiAZ>true</MultiAZ></PendingModifiedValues>
    <ReadReplicaSourceDBInstanceIdentifier>${arn}</ReadReplicaSourceDBInstanceIdentifier>
    <StatusInfos><DBInstanceStatusInfo><StatusType>read replication</StatusType><Normal>false</Normal>
      <Status>error</Status><Message>replication stopped</Message></DBInstanceStatusInfo></StatusInfos>
    <Endpoint><Address>db.example</Address><Port>5432</Port></Endpoint>
    <MasterUsername>gennet</MasterUsername>${tagList}
  </DBInstance></DBInstances>`,
  );
const described = found("modifying");

const instance: NewDbInstance = {
  id: "acme-eu-postgres",
  database: "app",
  username: "gennet",
  password: new SecretValue("hunter2hunter2"),
  keyArn: "arn:aws:kms:eu-west-1:111122223333:key/k",
  ...databaseSettings,
  tags: { "gennet:platform": "acme" },
};

describe("RDS", () => {
  it("An instance is read with its role, its pending values and why it does not replicate", async () => {
    const rds = await (await trial.query(() => described)).service("rds");
    expect(await rds.instance("acme-eu-postgres", signal)).toMatchObject({
      status: "modifying",
      parameterGroup: "own",
      parameterStatus: "pending-reboot",
      pending: ["MasterUserPassword", "MultiAZ"],
      pendingSettings: { multiAz: true },
      replicaOf: arn,
      replicationProblem: "replication stopped",
      host: "db.example",
      port: 5432,
      tags: { "gennet:platform": "acme" },
    });
  });

  it("An instance that failed is read with its last event, unless that may not be read", async () => {
    const events = queryAnswer(
      "DescribeEvents",
      `<Events><Event><Message>DB instance created</Message><Date>2026-11-30T10:00:00Z</Date></Event>
      <Event><Message>The database could not be started</Message><Date>2026-11-30T11:00:00Z</Date></Event></Events>`,
    );
    const answering = (answer: typeof events) => (call: URLSearchParams) =>
      call.get("Action") === "DescribeEvents" ? answer : found("failed");
    const rds = await (await trial.query(answering(events))).service("rds");
    expect(await rds.instance("acme-eu-postgres", signal)).toMatchObject({
      status: "failed",
      lastEvent: "The database could not be started",
    });
    expect(trial.calls.at(-1)?.get("SourceType")).toBe("db-instance");
    const denied = await (await trial.query(answering(queryError("AccessDenied", "no", 403)))).service("rds");
    expect((await denied.instance("acme-eu-postgres", signal))?.lastEvent).toBeUndefined();
  });

  it("A missing instance is undefined", async () => {
    const rds = await (await trial.query(() => queryError("DBInstanceNotFound", "not found", 404))).service("rds");
    expect(await rds.instance("acme-eu-postgres", signal)).toBeUndefined();
  });

  it.each([
    ["with our tags", instance.tags, undefined],
    ["without our tags", { "gennet:platform": "other" }, "DBInstanceAlreadyExists"],
  ])("A name that is taken by an instance %s: %s", async (_what, tags, problem) => {
    const aws = await trial.query((call) =>
      call.get("Action") === "CreateDBInstance" ? queryError("DBInstanceAlreadyExists", "taken") : described,
    );
    const made = (await aws.service("rds")).createInstance({ ...instance, tags }, signal).then(() => undefined);
    const message = await made.catch((error: unknown) => (error as Error).message);
    expect(problem === undefined ? message : String(message).includes(problem)).toBe(
      problem === undefined ? undefined : true,
    );
  });

  it("An error of AWS does not contain the password", async () => {
    const aws = await trial.query(() => queryError("InvalidParameterValue", "The password is not valid."));
    const refused = await (
      await aws.service("rds")
    )
      .createInstance(instance, signal)
      .catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: "AWS_REJECTED" });
    expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain("hunter2");
  });

  it("A change is made at once, and a replica is deleted without a snapshot", async () => {
    const seen: URLSearchParams[] = [];
    const aws = await trial.query((call) => {
      seen.push(call);
      return queryAnswer(call.get("Action") ?? "", "");
    });
    const rds = await aws.service("rds");
    await rds.modifyInstance("db", { multiAz: true }, signal);
    await rds.deleteInstance("db", "nothing", signal);
    await rds.deleteInstance("db", "backups", signal);
    await rds.deleteInstance("db", { snapshot: "db-final-1" }, signal);
    expect(seen.map((call) => Object.fromEntries([...call].filter(([key]) => key !== "Version")))).toEqual([
      { Action: "ModifyDBInstance", DBInstanceIdentifier: "db", MultiAZ: "true", ApplyImmediately: "true" },
      { Action: "DeleteDBInstance", DBInstanceIdentifier: "db", SkipFinalSnapshot: "true" },
      {
        Action: "DeleteDBInstance",
        DBInstanceIdentifier: "db",
        SkipFinalSnapshot: "true",
        DeleteAutomatedBackups: "false",
      },
      {
        Action: "DeleteDBInstance",
        DBInstanceIdentifier: "db",
        SkipFinalSnapshot: "false",
        FinalDBSnapshotIdentifier: "db-final-1",
      },
    ]);
  });

  it.each([
    ["deleting", undefined],
    ["available", "InvalidDBInstanceState"],
  ])("A deletion that is refused while the instance is %s: %s", async (status, problem) => {
    const aws = await trial.query((call) =>
      call.get("Action") === "DeleteDBInstance" ? queryError("InvalidDBInstanceState", "not now") : found(status),
    );
    const message = await (
      await aws.service("rds")
    )
      .deleteInstance("db", "nothing", signal)
      .catch((error: unknown) => (error as Error).message);
    expect(message ?? "").toContain(problem ?? "");
    expect(message === undefined).toBe(problem === undefined);
  });

  it("The snapshots of an instance that is gone are found", async () => {
    const listed = ["a", "b"].map(
      (id) => `<DBSnapshot><DBSnapshotIdentifier>${id}</DBSnapshotIdentifier></DBSnapshot>`,
    );
    const aws = await trial.query(() =>
      queryAnswer("DescribeDBSnapshots", `<DBSnapshots>${listed.join("")}</DBSnapshots>`),
    );
    expect(await (await aws.service("rds")).snapshots("db", signal)).toEqual(["a", "b"]);
  });

  it("A replica is requested by the ARN of its source, without what RDS only accepts afterwards", async () => {
    const seen: URLSearchParams[] = [];
    const aws = await trial.query((call) => {
      seen.push(call);
      return queryAnswer(call.get("Action") ?? "", "");
    });
    const sourceArn = "arn:aws:rds:us-east-1:111122223333:db:source";
    await (await aws.service("rds")).createReplica({ ...instance, sourceArn }, signal);
    const [call] = seen;
    expect(call?.get("SourceDBInstanceIdentifier")).toBe(sourceArn);
    expect(call?.get("PreSignedUrl")).toContain("rds.us-east-1.amazonaws.com");
    for (const field of ["DBParameterGroupName", "AllocatedStorage", "BackupRetentionPeriod", "MasterUserPassword"]) {
      expect(call?.has(field)).toBe(false);
    }
  });
});

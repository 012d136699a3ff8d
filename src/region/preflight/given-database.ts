import type { DbInstance } from "../../aws/rds/port.ts";
import type { CheckFinding } from "../../core/check.ts";
import { rangeContains } from "../../core/ip-range.ts";
import { shell } from "../../core/shell-words.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import { fieldOf } from "../given.ts";
import { isPrimary } from "../primary-region.ts";
import { listedSubnets } from "../resources/given-subnets.ts";
import {
  instanceId,
  isGivenPostgres,
  majorOf,
  postgresPort,
  postgresSecretName,
} from "../resources/stores/postgres-facts.ts";
import { readSecretJson } from "../resources/stores/secret-json.ts";
import type { RegionWorld } from "../world.ts";
import type { PreflightCheck } from "./preflight-context.ts";

const id = "preflight/given-database";
const tls = "rds.force_ssl";
/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html */
const firstWithTls = 15;
/** What services read beside username and password. */
const addressKeys = ["username", "host", "port", "dbname"];

export const givenDatabase: PreflightCheck = {
  id,
  title: "database that gennet.yaml gives",
  explain:
    "gennet changes nothing of an instance that `database` gives, so its owner has to. Services connect with TLS, which `rds.force_ssl` should demand, from the private subnets, which a security group of the instance must admit, with the login of the secret PLATFORM/postgres. Whether an instance in another VPC can be reached depends on routes that others made, so that is only noted.",
  async run({ world }, signal) {
    if (!isGivenPostgres(world)) return [];
    const instance = await (await world.aws.service("rds")).instance(instanceId(world), signal);
    // The plan says so.
    if (instance === undefined) return [];
    return [
      ...(await withoutTls(instance, world, signal)),
      ...(await notAdmitted(instance, world, signal)),
      ...(isPrimary(world) ? await incompleteLogin(instance, world, signal) : []),
    ];
  },
};

async function withoutTls(
  { parameterGroup, version }: DbInstance,
  world: RegionWorld,
  signal: AbortSignal,
): Promise<readonly CheckFinding[]> {
  const group = await (await world.aws.service("rds")).parameterGroup(parameterGroup, signal);
  const value = group?.parameters[tls] ?? (Number(majorOf(version)) >= firstWithTls ? "1" : "0");
  if (value === "1") return [];
  const change = `ParameterName=${tls},ParameterValue=1,ApplyMethod=immediate`;
  const fix = `${shell`aws rds modify-db-parameter-group --db-parameter-group-name ${parameterGroup} --parameters ${change}`} ${awsFlags(world)}`;
  const summary = `${tls} is off in its parameter group ${parameterGroup}: connections without TLS are accepted`;
  return [{ id, severity: "warn", subject: fieldOf(world, "database"), summary, fix }];
}

async function notAdmitted(
  { vpcId, port = postgresPort, securityGroupIds }: DbInstance,
  world: RegionWorld,
  signal: AbortSignal,
): Promise<readonly CheckFinding[]> {
  const subject = fieldOf(world, "database");
  const { network } = world.region;
  const ec2 = await world.aws.service("ec2");
  if (vpcId !== network.vpc) {
    const summary = `it is in ${vpcId}: whether pods of the region's VPC reach it there is not known`;
    return [{ id, severity: "skip", subject, summary }];
  }
  const [rules, listed] = await Promise.all([ec2.ingressOf(securityGroupIds, signal), listedSubnets(world, signal)]);
  const ranges = listed.flatMap(({ kind, subnet }) =>
    kind === "private" && subnet !== undefined ? [subnet.cidr] : [],
  );
  const shut = ranges.filter((range) => !rules.some(({ text }) => admits(text, port, range)));
  const [group] = securityGroupIds;
  if (shut.length === 0 || group === undefined) return [];
  return shut.map((range) => ({
    id,
    severity: "warn",
    subject,
    summary: `no security group of it admits ${range}, where pods have their addresses, to port ${port}`,
    fix: `${shell`aws ec2 authorize-security-group-ingress --group-id ${group} --protocol tcp --port ${String(port)} --cidr ${range}`} ${awsFlags(world)}`,
  }));
}

/** Returns whether a rule such as `tcp 5432 from 10.0.0.0/16` admits a range; `-1 -1` is all traffic. */
function admits(rule: string, port: number, range: string): boolean {
  const [, protocol, first, last = first, from = ""] = /^(\S+) (-?\d+)(?:-(\d+))? from (\S+)$/.exec(rule) ?? [];
  const isPort = protocol === "-1" || (protocol === "tcp" && Number(first) <= port && port <= Number(last));
  return isPort && /^\d+\.\d+\.\d+\.\d+\//.test(from) && rangeContains(from, range);
}

async function incompleteLogin(
  { host, port = postgresPort }: DbInstance,
  world: RegionWorld,
  signal: AbortSignal,
): Promise<readonly CheckFinding[]> {
  const name = postgresSecretName(world);
  // The plan says that it is missing.
  if ((await (await world.aws.service("secrets")).describe(name, signal)) === undefined) return [];
  const login = await readSecretJson(world, name, signal);
  const missing = addressKeys.filter((key) => login[key] === undefined);
  const differs = login["host"] !== host || Number(login["port"]) !== port;
  if (missing.length === 0 && !differs) return [];
  const summary =
    missing.length > 0
      ? `it has no ${missing.join(", ")}`
      : `its host and port are not ${host}:${port}, those of the instance`;
  const fix = `${shell`aws secretsmanager put-secret-value --secret-id ${name} --secret-string file://login.json`} ${awsFlags(world)}`;
  return [{ id, severity: "warn", subject: `secret ${name}`, summary, fix }];
}

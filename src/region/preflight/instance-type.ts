import { isGivenVpc } from "../given.ts";
import { listedSubnets } from "../resources/given-subnets.ts";
import { creationsOf, type PreflightCheck, steps } from "./preflight-context.ts";

const id = "preflight/instance-type";

export const instanceType: PreflightCheck = {
  id,
  title: "instance type on offer",
  explain:
    "Not every AWS region, and not every zone of one, offers every instance type. The type of `nodes.instanceType` must be offered in as many zones as `network.zones` requires, or in each zone that it lists.",
  async run(context, signal) {
    if (creationsOf(context, steps.nodeGroup) === 0) return [];
    const { aws, region } = context.world;
    const zones = isGivenVpc(context.world)
      ? (await listedSubnets(context.world, signal)).flatMap(({ kind, subnet }) =>
          kind === "private" && subnet !== undefined ? [subnet.zone] : [],
        )
      : region.network.zones;
    const type = region.nodes.instanceType;
    const isCount = typeof zones === "number";
    const offered = await (await aws.service("ec2")).zonesOffering(type, signal);
    const about = { id, subject: `instance type ${type}`, evidence: { zones: offered } };
    const fix = `Set nodes.instanceType of region ${region.name} in gennet.yaml to a type that is offered there.`;
    if (offered.length === 0) {
      return [{ ...about, severity: "fail", summary: `not offered in ${region.awsRegion}`, fix }];
    }
    const missing = isCount ? [] : [...new Set(zones)].filter((zone) => !offered.includes(zone));
    if (missing.length > 0) {
      return [{ ...about, severity: "fail", summary: `not offered in zone ${missing.join(", ")}`, fix }];
    }
    if (isCount && offered.length < zones) {
      const summary = `only offered in ${offered.join(", ")}, but network.zones requires ${zones} zones`;
      return [{ ...about, severity: "fail", summary, fix }];
    }
    return [{ ...about, severity: "ok", summary: `offered in ${offered.join(", ")}` }];
  },
};

import {
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { callsTo } from "../calls.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import { fromTags, type Tags } from "../tags.ts";
import type { LoadBalancing } from "./port.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html */
const arnsAtOnce = 20;

/** Connects to Elastic Load Balancing through its SDK. */
export function createLoadBalancing(session: Session): Connected<LoadBalancing> {
  const client = new ElasticLoadBalancingV2Client(session.config());
  nameErrors(client.middlewareStack);
  const { find, all } = callsTo(session);
  /** Returns the tags by ARN. One load balancer that was just deleted makes the whole call fail: then each is asked. */
  const tagsOf = async (arns: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Tags>> => {
    const command = new DescribeTagsCommand({ ResourceArns: [...arns] });
    const answer = await find(signal, (options) => client.send(command, options));
    if (answer === undefined && arns.length > 1) {
      const each = await Promise.all(arns.map((arn) => tagsOf([arn], signal)));
      return new Map(each.flatMap((own) => [...own]));
    }
    const described = answer?.TagDescriptions ?? [];
    return new Map(described.map(({ ResourceArn = "", Tags }) => [ResourceArn, fromTags(Tags)]));
  };
  const port: LoadBalancing = {
    async loadBalancers(signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeLoadBalancers({ client }, {}, options),
        (page) => page.LoadBalancers,
      );
      const arns = found.map(({ LoadBalancerArn = "" }) => LoadBalancerArn);
      const chunks = Array.from({ length: Math.ceil(arns.length / arnsAtOnce) }, (_, at) =>
        arns.slice(at * arnsAtOnce, (at + 1) * arnsAtOnce),
      );
      const tags = new Map(
        (await Promise.all(chunks.map((chunk) => tagsOf(chunk, signal)))).flatMap((own) => [...own]),
      );
      return found.flatMap(({ LoadBalancerArn: arn = "", Type = "" }) => {
        const own = tags.get(arn);
        return own === undefined ? [] : [{ arn, kind: Type, tags: own }];
      });
    },

    async targetGroups(signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeTargetGroups({ client }, {}, options),
        (page) => page.TargetGroups,
      );
      return found.map(({ TargetGroupArn: arn = "", LoadBalancerArns: loadBalancerArns = [] }) => ({
        arn,
        loadBalancerArns,
      }));
    },
  };
  return { port, close: () => client.destroy() };
}

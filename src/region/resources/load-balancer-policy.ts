import { arnIn } from "../../core/arn.ts";
import { type PolicyDocument, policyOf, type PolicyStatement } from "../../core/iam-policy.ts";
import type { Region } from "../../platform/schema.ts";

type Conditions = NonNullable<PolicyStatement["Condition"]>;

/** With which the controller marks everything that it makes, with the name of its cluster as the value. */
const clusterTag = "elbv2.k8s.aws/cluster";

/**
 * Returns what the AWS Load Balancer Controller may do. The actions are those of upstream's policy. That admits what any
 * controller made, in any region: here, it is what the controller of this cluster made, in its own region.
 * https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/install/iam_policy.json
 */
export function loadBalancerPolicies(region: Region): Readonly<Record<string, PolicyDocument>> {
  return {
    read: readPolicy,
    "listener-features": featurePolicy,
    "security-groups": securityGroupPolicy(region),
    "load-balancers": balancerPolicy(region),
  };
}

const readPolicy = policyOf({
  Effect: "Allow",
  Action: [
    ...actions("ec2", [
      "DescribeAccountAttributes",
      "DescribeAddresses",
      "DescribeAvailabilityZones",
      "DescribeCoipPools",
      "DescribeInstances",
      "DescribeInternetGateways",
      "DescribeIpamPools",
      "DescribeNetworkInterfaces",
      "DescribeRouteTables",
      "DescribeSecurityGroups",
      "DescribeSubnets",
      "DescribeTags",
      "DescribeVpcPeeringConnections",
      "DescribeVpcs",
      "GetCoipPoolUsage",
      "GetSecurityGroupsForVpc",
    ]),
    ...actions("elasticloadbalancing", [
      "DescribeCapacityReservation",
      "DescribeListenerAttributes",
      "DescribeListenerCertificates",
      "DescribeListeners",
      "DescribeLoadBalancerAttributes",
      "DescribeLoadBalancers",
      "DescribeRules",
      "DescribeSSLPolicies",
      "DescribeTags",
      "DescribeTargetGroupAttributes",
      "DescribeTargetGroups",
      "DescribeTargetHealth",
      "DescribeTrustStores",
    ]),
  ],
  Resource: "*",
});

/** What annotations of Services and Ingresses ask for: certificates, logins, firewalls. */
const featurePolicy = policyOf({
  Effect: "Allow",
  Action: [
    ...actions("acm", ["DescribeCertificate", "ListCertificates"]),
    ...actions("cognito-idp", ["DescribeUserPoolClient"]),
    ...actions("iam", ["GetServerCertificate", "ListServerCertificates"]),
    ...actions("shield", ["CreateProtection", "DeleteProtection", "DescribeProtection", "GetSubscriptionState"]),
    ...["waf-regional", "wafv2"].flatMap((service) =>
      actions(service, ["AssociateWebACL", "DisassociateWebACL", "GetWebACL", "GetWebACLForResource"]),
    ),
  ],
  Resource: "*",
});

function securityGroupPolicy(region: Region): PolicyDocument {
  const { cluster } = region;
  const groups = arnIn(region, "ec2", "security-group/*");
  return policyOf(
    // It admits load balancers to the nodes, whose groups it did not make.
    allow(actions("ec2", ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]), [
      groups,
      arnIn(region, "ec2", "security-group-rule/*"),
    ]),
    allow(["ec2:CreateSecurityGroup"], [groups, arnIn(region, "ec2", "vpc/*")]),
    allow(["ec2:CreateTags"], [groups], {
      StringEquals: { "ec2:CreateAction": "CreateSecurityGroup", ...tagIn("Request", cluster) },
    }),
    allow(actions("ec2", ["CreateTags", "DeleteTags"]), [groups], otherTags(cluster)),
    allow(["ec2:DeleteSecurityGroup"], [groups], { StringEquals: tagIn("Resource", cluster) }),
  );
}

function balancerPolicy(region: Region): PolicyDocument {
  const { cluster } = region;
  const service = "elasticloadbalancing";
  const balancing = (...names: readonly string[]): readonly string[] => actions(service, names);
  const arns = (...paths: readonly string[]): readonly string[] => paths.map((path) => arnIn(region, service, path));
  const all = arns("*");
  const targets = arns("targetgroup/*/*");
  const tagged = [...targets, ...arns("loadbalancer/app/*/*", "loadbalancer/net/*/*")];
  const listeners = ["listener/app", "listener/net", "listener-rule/app", "listener-rule/net"];
  return policyOf(
    allow(["iam:CreateServiceLinkedRole"], ["*"], {
      StringEquals: { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" },
    }),
    allow(balancing("CreateLoadBalancer", "CreateTargetGroup"), all, { StringEquals: tagIn("Request", cluster) }),
    allow(balancing("AddTags"), tagged, {
      StringEquals: {
        "elasticloadbalancing:CreateAction": ["CreateLoadBalancer", "CreateTargetGroup"],
        ...tagIn("Request", cluster),
      },
    }),
    allow(balancing("AddTags", "RemoveTags"), tagged, otherTags(cluster)),
    allow(
      balancing(
        "DeleteLoadBalancer",
        "DeleteTargetGroup",
        "ModifyCapacityReservation",
        "ModifyIpPools",
        "ModifyListenerAttributes",
        "ModifyLoadBalancerAttributes",
        "ModifyTargetGroup",
        "ModifyTargetGroupAttributes",
        "SetIpAddressType",
        "SetSecurityGroups",
        "SetSubnets",
      ),
      all,
      { StringEquals: tagIn("Resource", cluster) },
    ),
    // A TargetGroupBinding may name a target group that a team made.
    allow(balancing("DeregisterTargets", "RegisterTargets"), targets),
    // Listeners and their rules had no tags for a long time, and upstream does not ask for them.
    allow(balancing("AddTags", "RemoveTags"), arns(...listeners.map((path) => `${path}/*/*/*`))),
    allow(
      balancing(
        "AddListenerCertificates",
        "CreateListener",
        "CreateRule",
        "DeleteListener",
        "DeleteRule",
        "ModifyListener",
        "ModifyRule",
        "RemoveListenerCertificates",
        "SetRulePriorities",
        "SetWebAcl",
      ),
      all,
    ),
  );
}

function allow(Action: readonly string[], Resource: readonly string[], Condition?: Conditions): PolicyStatement {
  return { Effect: "Allow", Action, Resource, ...(Condition === undefined ? {} : { Condition }) };
}

/** Returns the condition for changing the tags of what the controller made, but for the one that says whose it is. */
function otherTags(cluster: string): Conditions {
  return { StringEquals: tagIn("Resource", cluster), Null: { [`aws:RequestTag/${clusterTag}`]: "true" } };
}

function tagIn(where: "Request" | "Resource", cluster: string): Readonly<Record<string, string>> {
  return { [`aws:${where}Tag/${clusterTag}`]: cluster };
}

function actions(service: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `${service}:${name}`);
}

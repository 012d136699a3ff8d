import { arnIn } from "../../core/arn.ts";
import { type PolicyDocument, policyOf } from "../../core/iam-policy.ts";
import type { Region } from "../../platform/schema.ts";
import { clusterAutoscaler, loadBalancerController } from "../components/managed-nodes.ts";
import { loadBalancerPolicies } from "./load-balancer-policy.ts";
import { managedRole } from "./managed-roles.ts";
import { podTrust } from "./roles.ts";

export const loadBalancerRole = managedRole({
  id: "load-balancer-controller-role",
  title: "IAM role of the AWS Load Balancer Controller",
  suffix: "load-balancer-controller",
  trust: podTrust,
  inline: ({ region }) => loadBalancerPolicies(region),
  wanted: loadBalancerController.isWanted,
});

export const autoscalerRole = managedRole({
  id: "cluster-autoscaler-role",
  title: "IAM role of the Cluster Autoscaler",
  suffix: "cluster-autoscaler",
  trust: podTrust,
  inline: ({ region }) => ({ "node-groups": autoscalerPolicy(region) }),
  wanted: clusterAutoscaler.isWanted,
});

/**
 * The actions of upstream's policy. It changes the Auto Scaling groups of this cluster only, by the tags that EKS sets on those
 * of its node groups.
 * https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md#iam-policy
 * https://docs.aws.amazon.com/eks/latest/best-practices/cas.html
 */
function autoscalerPolicy(region: Region): PolicyDocument {
  const { cluster } = region;
  const tag = "aws:ResourceTag/k8s.io/cluster-autoscaler";
  return policyOf(
    {
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
      ],
      Resource: "*",
    },
    { Effect: "Allow", Action: "eks:DescribeNodegroup", Resource: arnIn(region, "eks", `nodegroup/${cluster}/*/*`) },
    {
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: arnIn(region, "autoscaling", "autoScalingGroup:*:autoScalingGroupName/*"),
      Condition: { StringEquals: { [`${tag}/enabled`]: "true", [`${tag}/${cluster}`]: "owned" } },
    },
  );
}

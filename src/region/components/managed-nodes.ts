import type { PlatformComponent, ComponentWorld } from "./component.ts";
import { versionsOf } from "./versions.ts";
import { authorityOf } from "./webhook-authority.ts";

const namespace = "kube-system";
/** The service accounts, which get their roles by EKS Pod Identity. */
export const loadBalancerAccount = { namespace, serviceAccount: "aws-load-balancer-controller" };
export const autoscalerAccount = { namespace, serviceAccount: "cluster-autoscaler" };

/** EKS Auto Mode does the work of these controllers itself. */
const isWanted = ({ platform, region }: ComponentWorld): boolean =>
  platform.platform !== undefined && region.nodes.mode === "managed";

/** Makes load balancers of Services. https://docs.aws.amazon.com/eks/latest/userguide/lbc-helm.html */
export const loadBalancerController: PlatformComponent = {
  id: "load-balancer-controller",
  title: "AWS Load Balancer Controller",
  version: (world) => versionsOf(world).loadBalancerController,
  namespace,
  wave: 1,
  workloads: [{ kind: "Deployment", namespace, name: "aws-load-balancer-controller" }],
  isWanted,
  source: {
    chart: {
      name: "aws-load-balancer-controller",
      repository: "https://aws.github.io/eks-charts",
      release: "aws-load-balancer-controller",
      values: ({ platform, region }) => ({
        clusterName: region.cluster,
        region: region.awsRegion,
        // It cannot ask the node for its network: the hop limit of its metadata keeps pods out.
        ...(region.network.vpc === undefined
          ? { vpcTags: { "gennet:platform": platform.name, "gennet:region": region.name } }
          : { vpcId: region.network.vpc }),
        serviceAccount: { name: loadBalancerAccount.serviceAccount },
      }),
    },
  },
  // The chart makes a new authority whenever it is rendered.
  ignores: [
    { group: "", kind: "Secret", name: "aws-load-balancer-tls", jqPathExpressions: [".data"] },
    authorityOf("ValidatingWebhookConfiguration", "aws-load-balancer-webhook"),
    authorityOf("MutatingWebhookConfiguration", "aws-load-balancer-webhook"),
  ],
};

/** Changes the size of the node group. https://github.com/kubernetes/autoscaler/tree/master/charts/cluster-autoscaler */
export const clusterAutoscaler: PlatformComponent = {
  id: "cluster-autoscaler",
  title: "Cluster Autoscaler",
  version: (world) => versionsOf(world).clusterAutoscaler,
  namespace,
  wave: 1,
  workloads: [{ kind: "Deployment", namespace, name: "cluster-autoscaler" }],
  isWanted,
  source: {
    chart: {
      name: "cluster-autoscaler",
      repository: "https://kubernetes.github.io/autoscaler",
      release: "cluster-autoscaler",
      values: ({ region }) => ({
        fullnameOverride: "cluster-autoscaler",
        awsRegion: region.awsRegion,
        autoDiscovery: { clusterName: region.cluster },
        rbac: { serviceAccount: { name: autoscalerAccount.serviceAccount } },
      }),
    },
  },
};

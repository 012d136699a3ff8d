/** Where a health issue was reported, from the ARN of what has it. */
interface IssuePlace {
  readonly awsRegion: string;
  readonly cluster: string;
  /** Absent for an issue of the cluster itself. */
  readonly part?: string;
}

type Step = (place: IssuePlace) => string;

const again: Step = () => "Run the same command again: the issue may pass by itself.";
const quotas =
  (service: string): Step =>
  ({ awsRegion }) =>
    `aws service-quotas list-service-quotas --service-code ${service} --region ${awsRegion}  # shows the limits`;
const addresses: Step = ({ awsRegion, cluster }) =>
  `aws ec2 describe-subnets --region ${awsRegion} --filters Name=tag-key,Values=gennet:resource --query "Subnets[].[SubnetId,AvailableIpAddressCount]"  # shows free addresses; ${cluster} needs some in its private subnets`;
const launches: Step = ({ awsRegion, part }) =>
  `aws autoscaling describe-scaling-activities --region ${awsRegion} --query "Activities[?contains(AutoScalingGroupName,'eks-${part}-')].[StatusCode,StatusMessage]" --max-items 5  # shows why EC2 launches no instance`;
/** EKS does not repair what was deleted under a group: it is deleted, and bootstrap creates it again. */
const anotherGroup: Step = ({ awsRegion, cluster, part }) =>
  `aws eks delete-nodegroup --cluster-name ${cluster} --nodegroup-name ${part} --region ${awsRegion}  # then gennet region bootstrap creates it again`;
const restored: Step = () => "gennet region bootstrap  # restores what was changed or deleted by hand";
const joins: Step = () =>
  "gennet region plan  # shows whether routes, endpoints and roles are as they should be: without them, nodes cannot join";
const budgets: Step = () =>
  "kubectl get poddisruptionbudgets -A  # shows which budgets keep pods from being evicted from their node";
const pods: Step = () =>
  "kubectl -n kube-system get pods -o wide  # shows which pods do not run; describe one for the reason";
const events: Step = () =>
  "kubectl -n kube-system get events --sort-by=.lastTimestamp  # shows what the API server rejected";
const reachable: Step = ({ awsRegion, cluster }) =>
  `aws eks describe-cluster --name ${cluster} --region ${awsRegion} --query cluster.[status,health,resourcesVpcConfig]  # shows its endpoints and issues`;
const entries: Step = ({ awsRegion, cluster }) =>
  `aws eks list-access-entries --cluster-name ${cluster} --region ${awsRegion}  # has to list the role of the nodes`;
const key: Step = () =>
  "gennet region bootstrap --only kms-key  # enables the key, or recovers it before it is deleted";
const anotherCluster: Step = ({ awsRegion, cluster }) =>
  `aws eks delete-cluster --name ${cluster} --region ${awsRegion}  # what it lost cannot be restored; then gennet region bootstrap creates another one`;
const conflict: Step = () => "gennet region bootstrap --adopt  # overwrites the fields of the self-managed add-on";
const yaml =
  (field: string): Step =>
  () =>
    `Change ${field} in gennet.yaml, then run the same command again.`;
const account =
  (what: string): Step =>
  ({ awsRegion }) =>
    `Activate ${what} for the account in ${awsRegion}, then run the same command again.`;

/** What helps, for every code that EKS's model knows of clusters, node groups and add-ons. */
const steps: Readonly<Record<string, Step>> = {
  AccessDenied: entries,
  AddonPermissionFailure: restored,
  AddonSubscriptionNeeded: account("the subscription of the add-on in AWS Marketplace"),
  AdmissionRequestDenied: () =>
    "kubectl get validatingwebhookconfigurations,validatingadmissionpolicies  # one of them rejects the add-on",
  AmiIdNotFound: restored,
  AsgInstanceLaunchFailures: launches,
  AutoScalingGroupInstanceRefreshActive: again,
  AutoScalingGroupInvalidConfiguration: anotherGroup,
  AutoScalingGroupNotFound: anotherGroup,
  AutoScalingGroupOptInRequired: account("EC2 Auto Scaling"),
  AutoScalingGroupRateLimitExceeded: again,
  ClusterUnreachable: reachable,
  ConfigurationConflict: conflict,
  Ec2InstanceTypeDoesNotExist: yaml("nodes.instanceType"),
  Ec2LaunchTemplateDeletionFailure: again,
  Ec2LaunchTemplateInvalidConfiguration: restored,
  Ec2LaunchTemplateMaxLimitExceeded: quotas("ec2"),
  Ec2LaunchTemplateNotFound: anotherGroup,
  Ec2LaunchTemplateVersionMaxLimitExceeded: quotas("ec2"),
  Ec2LaunchTemplateVersionMismatch: anotherGroup,
  Ec2SecurityGroupDeletionFailure: ({ awsRegion }) =>
    `aws ec2 describe-network-interfaces --region ${awsRegion} --query "NetworkInterfaces[].[NetworkInterfaceId,Groups[].GroupId]"  # shows what still uses the security group`,
  Ec2SecurityGroupNotFound: anotherCluster,
  Ec2ServiceNotSubscribed: account("EC2"),
  Ec2SubnetInvalidConfiguration: restored,
  Ec2SubnetListTooLong: yaml("network.zones"),
  Ec2SubnetMissingIpv6Assignment: restored,
  Ec2SubnetNotFound: restored,
  IamInstanceProfileNotFound: anotherGroup,
  IamLimitExceeded: quotas("iam"),
  IamNodeRoleNotFound: restored,
  IamRoleNotFound: restored,
  IamThrottling: again,
  InstanceLimitExceeded: quotas("ec2"),
  InsufficientFreeAddresses: addresses,
  InsufficientNumberOfReplicas: pods,
  InternalFailure: again,
  K8sResourceNotFound: events,
  KmsGrantRevoked: anotherCluster,
  KmsKeyDisabled: key,
  KmsKeyMarkedForDeletion: key,
  KmsKeyNotFound: anotherCluster,
  KubernetesLabelInvalid: yaml("nodes.labels"),
  LimitExceeded: quotas("eks"),
  NodeCreationFailure: joins,
  NodeTerminationFailure: budgets,
  Other: reachable,
  PodEvictionFailure: budgets,
  ResourceLimitExceeded: quotas("eks"),
  ResourceNotFound: restored,
  SourceEc2LaunchTemplateNotFound: anotherGroup,
  StsRegionalEndpointDisabled: account("STS (IAM console, account settings)"),
  Unknown: again,
  UnsupportedAddonModification: events,
  UnsupportedVersion: yaml("kubernetes.version"),
  VpcNotFound: anotherCluster,
};

/** Returns what helps against health issues of EKS (`CODE: message`), each step once; nothing for codes of tomorrow. */
export function healthSteps(issues: readonly string[], arn: string): readonly string[] {
  const [, , , awsRegion = "", , resource = ""] = arn.split(":");
  const [, cluster = "", part] = resource.split("/");
  const place = { awsRegion, cluster, ...(part === undefined ? {} : { part }) };
  const known = issues.flatMap((issue) => steps[issue.split(":")[0] ?? ""] ?? []);
  return [...new Set(known.map((step) => step(place)))];
}

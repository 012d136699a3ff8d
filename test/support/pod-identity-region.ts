import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateAddonCommand,
  CreateClusterCommand,
  CreatePodIdentityAssociationCommand,
  EKSClient,
  waitUntilAddonActive,
  waitUntilClusterActive,
} from "@aws-sdk/client-eks";

interface Account {
  readonly awsRegion: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Where the AWS endpoint of a sandbox is, by what `gennet sandbox env` prints. */
export function accountOf(awsRegion: string, variables: Readonly<Record<string, string>>): Account {
  return {
    awsRegion,
    endpoint: variables["AWS_ENDPOINT_URL"] ?? "",
    credentials: {
      accessKeyId: variables["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: variables["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  };
}

/**
 * Creates an EKS cluster with the agent of Pod Identity, and a role of the same name for the service account
 * `NAMESPACE/NAME`.
 */
export async function createIdentity(
  name: string,
  { awsRegion: region, endpoint, credentials }: Account,
  namespace = "default",
): Promise<void> {
  const settings = { region, endpoint, credentials };
  const [ec2, eks, iam] = [new EC2Client(settings), new EKSClient(settings), new IAMClient(settings)];
  const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const subnetIds = await Promise.all(
    ["a", "b"].map(async (zone, at) => {
      const asked = { VpcId: vpc?.VpcId, CidrBlock: `10.0.${at}.0/24`, AvailabilityZone: `${region}${zone}` };
      return (await ec2.send(new CreateSubnetCommand(asked))).Subnet?.SubnetId ?? "";
    }),
  );
  const role = async (RoleName: string, service: string): Promise<string> => {
    const statement = {
      Effect: "Allow",
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Principal: { Service: service },
    };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    return (await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))).Role?.Arn ?? "";
  };
  const clusterName = "trial";
  const cluster = await role("cluster", "eks.amazonaws.com");
  await eks.send(new CreateClusterCommand({ name: clusterName, roleArn: cluster, resourcesVpcConfig: { subnetIds } }));
  const patience = { client: eks, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
  await waitUntilClusterActive(patience, { name: clusterName });
  const addonName = "eks-pod-identity-agent";
  await eks.send(new CreateAddonCommand({ clusterName, addonName }));
  await waitUntilAddonActive(patience, { clusterName, addonName });
  const roleArn = await role(name, "pods.eks.amazonaws.com");
  await eks.send(new CreatePodIdentityAssociationCommand({ clusterName, namespace, serviceAccount: name, roleArn }));
  for (const client of [ec2, eks, iam]) client.destroy();
}

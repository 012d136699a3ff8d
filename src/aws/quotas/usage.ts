import {
  DescribeAddressesCommand,
  EC2Client,
  type Instance,
  paginateDescribeInstances,
  paginateDescribeInternetGateways,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import { EKSClient, paginateListClusters } from "@aws-sdk/client-eks";
import { paginateDescribeDBInstances, RDSClient } from "@aws-sdk/client-rds";
import { isStandardFamily } from "../../core/instance-family.ts";
import { callsTo } from "../calls.ts";
import { nameErrors, type Session } from "../session.ts";
import type { Counted, Quotas } from "./port.ts";

/** Counts resources of an account in one AWS region, no matter what created them. */
export function usage(session: Session): Pick<Quotas, "used"> & { readonly close: () => void } {
  const ec2 = new EC2Client(session.config());
  const eks = new EKSClient(session.config());
  nameErrors(ec2.middlewareStack);
  nameErrors(eks.middlewareStack);
  const rds = new RDSClient(session.config());
  nameErrors(rds.middlewareStack);
  const { call, all } = callsTo(session);

  const list: Readonly<Record<Counted, (signal: AbortSignal) => Promise<readonly unknown[]>>> = {
    vpcs: (signal) =>
      all(
        signal,
        (options) => paginateDescribeVpcs({ client: ec2 }, {}, options),
        (page) => page.Vpcs,
      ),
    "internet-gateways": (signal) =>
      all(
        signal,
        (options) => paginateDescribeInternetGateways({ client: ec2 }, {}, options),
        (page) => page.InternetGateways,
      ),
    addresses: async (signal) =>
      (await call(signal, (options) => ec2.send(new DescribeAddressesCommand({}), options))).Addresses ?? [],
    clusters: (signal) =>
      all(
        signal,
        (options) => paginateListClusters({ client: eks }, {}, options),
        (page) => page.clusters,
      ),
    "db-instances": (signal) =>
      all(
        signal,
        (options) => paginateDescribeDBInstances({ client: rds }, {}, options),
        (page) => page.DBInstances,
      ),
    "standard-vcpus": async (signal) => {
      const Filters = [{ Name: "instance-state-name", Values: ["pending", "running"] }];
      const reservations = await all(
        signal,
        (options) => paginateDescribeInstances({ client: ec2 }, { Filters }, options),
        (page) => page.Reservations,
      );
      return reservations.flatMap(({ Instances = [] }) => Instances.flatMap(standardVcpus));
    },
  };
  return {
    used: async (what, signal) => (await list[what](signal)).length,
    close: () => {
      ec2.destroy();
      eks.destroy();
      rds.destroy();
    },
  };
}

/** Returns an item for each vCPU of a standard on-demand instance. */
function standardVcpus({ InstanceType: type, InstanceLifecycle, CpuOptions }: Instance): readonly unknown[] {
  // The lifecycle is absent for on-demand instances; spot instances and capacity blocks have their own quotas.
  if (InstanceLifecycle !== undefined || !isStandardFamily(type ?? "")) return [];
  const vcpus = (CpuOptions?.CoreCount ?? 0) * (CpuOptions?.ThreadsPerCore ?? 0);
  return Array.from({ length: vcpus });
}

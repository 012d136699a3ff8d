import type { Check } from "../core/check.ts";
import { accountEks } from "./checks/account-eks.ts";
import { accountIdentity } from "./checks/account-identity.ts";
import { clusterReachable } from "./checks/cluster-reachable.ts";
import { clusterRights } from "./checks/cluster-rights.ts";
import { machineDisk } from "./checks/machine-disk.ts";
import { machineGit } from "./checks/machine-git.ts";
import { machineGo } from "./checks/machine-go.ts";
import { machineKubeconfig } from "./checks/machine-kubeconfig.ts";
import { machineNode } from "./checks/machine-node.ts";
import { machinePlatform } from "./checks/machine-platform.ts";
import { machinePython } from "./checks/machine-python.ts";
import type { MachineContext, PlaceContext } from "./doctor-context.ts";

/** The checks of this machine that `gennet doctor` runs. */
export const machineChecks: readonly Check<MachineContext>[] = [
  machineNode,
  machineGit,
  machineGo,
  machinePython,
  machineDisk,
  machineKubeconfig,
  machinePlatform,
];

/** The checks that it runs for every region and context. */
export const placeChecks: readonly Check<PlaceContext>[] = [
  accountIdentity,
  accountEks,
  clusterReachable,
  clusterRights,
];

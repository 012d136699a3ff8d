import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";
import { run } from "./cli.ts";
import { referees } from "./referees.ts";

export interface DeliveredContainer {
  readonly image: string;
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef: { readonly key: string } };
  }[];
}

interface Workload extends KubeObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly [DeliveredContainer] } } };
}

/** Returns what Kustomize builds from a folder; fails on warnings. */
export async function builtFrom(folder: string): Promise<readonly KubeObject[]> {
  const { kubectl } = await referees();
  const { exit, stdout, stderr } = await run(kubectl, ["kustomize", folder]);
  if (exit !== 0 || stderr !== "") throw new Error(`kubectl kustomize ${folder} ended with ${exit}: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as KubeObject);
}

/** Returns the containers of the Deployment and the migration. */
export async function containersIn(folder: string): Promise<readonly DeliveredContainer[]> {
  const objects = (await builtFrom(folder)).filter(({ kind }) => kind === "Deployment" || kind === "Job");
  return objects.map((each) => (each as Workload).spec.template.spec.containers[0]);
}

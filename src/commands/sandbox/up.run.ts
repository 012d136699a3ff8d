import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { FullAddresses } from "../../../sandbox/src/full/addresses.ts";
import { awsUrl } from "../../../sandbox/src/processes/component.ts";
import { requireName, requireRegions } from "../../../sandbox/src/names.ts";
import type { StoreAddress } from "../../../sandbox/src/stores/addresses.ts";
import { requireStores } from "../../../sandbox/src/stores/store.ts";
import { bringUp } from "../../../sandbox/src/up.ts";
import { provisionServices } from "./clients.run.ts";
import type { SandboxUpInput } from "./up.ts";

export interface SandboxUp {
  readonly kind: "SandboxUp";
  readonly name: string;
  readonly profile: "core" | "full";
  /** True if the platform's components are left to `gennet region bootstrap`. */
  readonly bare: boolean;
  /** The Kubernetes version of its API servers, `v1.37.2`. */
  readonly kubernetes: string;
  readonly kubeconfig: string;
  readonly regions: readonly { readonly awsRegion: string; readonly context: string; readonly server: string }[];
  readonly aws: {
    readonly endpoint: string;
    readonly accountId: string;
    /** True if the endpoint was restarted; everything created in it is lost. */
    readonly resourcesLost: boolean;
  };
  /** Addresses of the components of the full profile. */
  readonly full?: FullAddresses;
  /** Addresses of the data stores. */
  readonly stores: readonly StoreAddress[];
  /** Ids of the components that this run started, and of those already running. */
  readonly started: readonly string[];
  readonly kept: readonly string[];
}

export async function run(input: SandboxUpInput, context: Context): Promise<Outcome<SandboxUp>> {
  const name = requireName(input.name);
  const regions = requireRegions(input.regions);
  if (input.bare && input.profile !== "full") {
    throw new AppError("USAGE_INVALID", "--bare: it belongs to --profile full.", {
      next: ["gennet sandbox up --profile full --bare"],
    });
  }
  const { state, full, stores, kubeconfig, kubernetes, started, kept, awsLost } = await bringUp(
    { ...input, name, regions, stores: requireStores(input.with) },
    context,
  );
  await provisionServices(
    name,
    (state.images ?? []).map((image) => image.folder),
    context,
  );
  if (awsLost) {
    context.emit({
      type: "note",
      level: "warn",
      text: "The AWS endpoint was restarted and has lost its resources. Run `gennet region bootstrap` again.",
    });
  }
  return {
    exit: exit.ok,
    document: {
      kind: "SandboxUp",
      name,
      profile: state.profile,
      bare: state.bare === true,
      kubernetes,
      kubeconfig,
      regions: state.regions.map(({ awsRegion, ports }) => ({
        awsRegion,
        context: awsRegion,
        server: `https://127.0.0.1:${ports.apiserver}`,
      })),
      aws: { endpoint: awsUrl(state), accountId: state.aws.accountId, resourcesLost: awsLost },
      ...(full === undefined ? {} : { full }),
      stores,
      started,
      kept,
    },
  };
}

export function present(document: SandboxUp, { paint }: TextView): string {
  const option = document.name === "default" ? "" : ` --name ${document.name}`;
  const width = Math.max(...document.regions.map((region) => region.awsRegion.length));
  return [
    `Sandbox ${paint("strong", document.name)} is up: Kubernetes ${document.kubernetes}, ${document.started.length} components started, ${document.kept.length} were running.`,
    ...document.regions.map((region) => `  ${region.awsRegion.padEnd(width)}  ${region.server}`),
    `  ${"aws".padEnd(width)}  ${document.aws.endpoint}  account ${document.aws.accountId}`,
    ...fullLines(document.full),
    ...document.stores.map(({ awsRegion, store, address }) => `  ${awsRegion}: ${store} ${address}`),
    ...(document.aws.resourcesLost
      ? [paint("warn", "The AWS endpoint was restarted and has lost its resources. Bootstrap the regions again.")]
      : []),
    "It has no nodes yet. Next:",
    `  eval "$(gennet sandbox env${option})"`,
    `  gennet sandbox env --platform${option} > gennet.yaml`,
    "  gennet region bootstrap",
  ].join("\n");
}

function fullLines(full: FullAddresses | undefined): readonly string[] {
  if (full === undefined) return [];
  return [
    ...full.regions.map(
      ({ awsRegion, argocd, prometheus, otlp, istiod }) =>
        `  ${awsRegion}: argocd ${argocd}, prometheus ${prometheus}, otlp ${otlp}, istiod ${istiod}`,
    ),
    `  Argo CD reads ${full.gitops}`,
  ];
}

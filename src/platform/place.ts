import type { Region } from "./schema.ts";

/** Where a command looks: a region of gennet.yaml, or a bare kubeconfig context given by --context. */
export type Place =
  | { readonly name: string; readonly region: Region }
  | { readonly name: string; readonly context: string };

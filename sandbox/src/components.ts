import type { SandboxFolder } from "./folders.ts";
import { fullComponents } from "./full/parts.ts";
import { type Component, componentsOf } from "./processes/component.ts";
import { storeComponents } from "./stores/parts.ts";
import type { SandboxState } from "./state.ts";
import { tracingComponents } from "./upstream/tracing.ts";

/** Returns every process of a sandbox, including its optional parts. */
export function allComponents(state: SandboxState, folder: SandboxFolder): readonly Component[] {
  return [
    ...componentsOf(state, folder),
    ...fullComponents(state, folder),
    ...storeComponents(state, folder),
    ...tracingComponents(state, folder),
  ];
}

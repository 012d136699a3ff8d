import type { SandboxFolder } from "./folders.ts";
import { fullComponents } from "./full/parts.ts";
import { type Component, componentsOf } from "./processes/component.ts";
import { storeComponents } from "./stores/parts.ts";
import type { SandboxState } from "./state.ts";

/** Every process that a sandbox consists of, whatever is in it. */
export function allComponents(state: SandboxState, folder: SandboxFolder): readonly Component[] {
  return [...componentsOf(state, folder), ...fullComponents(state, folder), ...storeComponents(state, folder)];
}

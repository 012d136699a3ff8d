import type { Clock } from "../../../src/core/clock.ts";
import type { Events } from "./events.ts";
import type { Image } from "./image.ts";
import type { PodObjects } from "./objects.ts";

/** What the workers of a region's pods share. */
export interface RuntimeSetting {
  readonly clock: Clock;
  /** Aborts when the runtime ends; the pods continue. */
  readonly signal: AbortSignal;
  /** Where the pods' folders are. */
  readonly folder: string;
  /** The program pod-shim. */
  readonly shim: string;
  readonly objects: PodObjects;
  readonly events: Events;
  readonly network: {
    readonly gateway: string;
    pathOf(address: string): string;
    add(address: string): Promise<string>;
    remove(address: string): Promise<void>;
  };
  /** An address that no pod has. */
  allocate(): string;
  /** What is registered now. */
  images(): Promise<readonly Image[]>;
  /** Names of Services that the bridge's own address stands for. */
  names(): Promise<readonly string[]>;
  /** Whom pods trust, PEM, where it is not whom this machine trusts. */
  authorities(): Promise<string | undefined>;
  log(text: string): void;
}

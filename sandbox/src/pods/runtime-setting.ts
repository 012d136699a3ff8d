import type { Clock } from "../../../src/core/clock.ts";
import type { Events } from "./events.ts";
import type { Image } from "./image.ts";
import type { PodObjects } from "./objects.ts";
import type { ServiceRoutes } from "./service-routes.ts";

/** What the workers of a region's pods share. */
export interface RuntimeSetting {
  readonly clock: Clock;
  /** Aborts when the runtime ends; the pods keep running. */
  readonly signal: AbortSignal;
  /** The parent of the pods' folders. */
  readonly folder: string;
  /** Returns the folder of a PersistentVolume. Throws ConfigError if the sandbox has not created it. */
  volume(name: string): Promise<string>;
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
  /** Routes to Services, in the pods' networks. */
  readonly routes: Pick<ServiceRoutes, "add" | "remove">;
  /** Returns an address that no pod has. */
  allocate(): string;
  /** Returns the registered images. */
  images(): Promise<readonly Image[]>;
  /** Names of Services that resolve to the bridge's own address. */
  names(): Promise<readonly string[]>;
  /** The authorities that pods trust (PEM), if they differ from this machine's. */
  authorities(): Promise<string | undefined>;
  log(text: string): void;
}

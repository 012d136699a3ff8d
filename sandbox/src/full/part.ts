import type { Component } from "../processes/component.ts";
import type { ProgramName } from "../programs/catalogue.ts";
import type { WheelProgram } from "../programs/wheels.ts";
import type { FullPorts } from "./ports.ts";

/** What a part of profile full may know about its region. */
export interface FullRegion {
  readonly awsRegion: string;
  readonly ports: FullPorts;
  /** The CA of the region's API server. */
  readonly kubeconfig: string;
  readonly aws: { readonly url: string; readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The folder with links to the sandbox's programs. */
  readonly bin: string;
  /** Returns a path below the region's folder. */
  at(...path: string[]): string;
}

/**
 * A program of profile full in one region: everything needed to start it, as data. It runs in its own folder, which is
 * also its HOME and its temporary folder.
 */
export interface Part<Program extends string = ProgramName | WheelProgram> {
  readonly component: Component;
  readonly program: Program;
  /** Programs that it finds on its PATH, in addition to those of the machine. */
  readonly uses?: readonly ProgramName[];
  /** Shell scripts on its PATH, by name. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folders that it expects. */
  readonly folders?: readonly string[];
  /** Contents of files, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The Component of a part that answers on `url`: `http:`, or `tcp:` if it is ready when it accepts connections. */
export function componentAt(
  { awsRegion }: Pick<FullRegion, "awsRegion">,
  name: string,
  port: number,
  url: string,
  needs: readonly string[] = [],
): Component {
  const id = (each: string): string => `${awsRegion}/${each}`;
  return { id: id(name), name, awsRegion, port, probe: { url }, needs: needs.map(id) };
}

export function loopback(port: number): string {
  return `127.0.0.1:${port}`;
}

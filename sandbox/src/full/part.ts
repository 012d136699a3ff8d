import type { Component } from "../processes/component.ts";
import type { ProgramName } from "../programs/catalogue.ts";
import type { WheelProgram } from "../programs/wheels.ts";
import type { FullPorts } from "./ports.ts";

/** What a part of profile full may know of the region that it serves. */
export interface FullRegion {
  readonly awsRegion: string;
  readonly ports: FullPorts;
  /** Of the region's API server. */
  readonly kubeconfig: string;
  readonly aws: { readonly url: string; readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The folder that has links to the sandbox's programs. */
  readonly bin: string;
  /** A path below the region's folder. */
  at(...path: string[]): string;
}

/**
 * A program of profile full in one region: all that it takes to start it, as data. It runs in its own folder,
 * which is its HOME, too, and holds what it would put into /tmp.
 */
export interface Part<Program extends string = ProgramName | WheelProgram> {
  readonly component: Component;
  readonly program: Program;
  /** Programs that it finds on its PATH, beside those of the machine. */
  readonly uses?: readonly ProgramName[];
  /** Shell scripts that it finds there, by their names. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folders that it expects. */
  readonly folders?: readonly string[];
  /** Texts of files, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The Component of a part that answers on `url`: `http:`, or `tcp:` where it is ready when it takes connections. */
export function componentOf(
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

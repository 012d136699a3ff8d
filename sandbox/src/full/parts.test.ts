import { describe, expect, it } from "vitest";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { coreState as core, fullState as full } from "../../../test/support/sandbox-states.ts";
import { sandboxFolder } from "../folders.ts";
import { componentsOf } from "../processes/component.ts";
import { fullComponents, fullParts } from "./parts.ts";
import { fullPortCount } from "./ports.ts";

const folder = sandboxFolder({ env: {}, home: "/home/me" }, "default");
const parts = fullParts(full, folder);
const partIn = (region: string) => parts.filter((part) => part.component.awsRegion === region);

describe("the parts of profile full", () => {
  it("A sandbox of profile core has no parts of profile full", () => {
    expect(fullParts(core, folder)).toEqual([]);
  });

  it("The parts of profile full are the same in each region, and only need parts of their own region", () => {
    const names = (region: string): string[] => partIn(region).map((part) => part.component.name);
    expect(names("us-east-1")).toEqual(names("eu-west-1"));
    const ids = new Set(fullComponents(full, folder).map((component) => component.id));
    for (const { component } of nonEmpty(parts)) {
      expect(component.needs.filter((id) => !ids.has(id) || !id.startsWith(`${component.awsRegion}/`))).toEqual([]);
    }
    const all = [...componentsOf(full, folder), ...fullComponents(full, folder)].map((component) => component.id);
    expect(new Set(all).size).toBe(all.length);
  });

  it("The parts of profile full listen on their own ports, and use every reserved one", () => {
    const ports = full.regions.flatMap(({ full: taken = {} }) =>
      Object.values(taken).flatMap((each) => Object.values(each)),
    );
    expect(ports).toHaveLength(2 * fullPortCount);
    const said = parts.map((part) => JSON.stringify([part.args, part.files ?? {}]));
    const users = (port: number): number => said.filter((text) => text.includes(String(port))).length;
    expect(ports.filter((port) => users(port) === 0)).toEqual([]);
  });

  it("The parts of profile full use no address other than 127.0.0.1", () => {
    const texts = parts.flatMap((part) => [...part.args, ...Object.values(part.files ?? {})]);
    const addresses = texts.flatMap((text) => text.match(/[\w.]*:2\d{4}\b/g) ?? []);
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((address) => !address.startsWith("127.0.0.1:"))).toEqual([]);
  });

  it("The parts of profile full show no secret on a command line or in a file", () => {
    const texts = parts.flatMap((part) => [...part.args, ...Object.values(part.files ?? {})]);
    expect(texts.filter((text) => text.includes("hush"))).toEqual([]);
    expect(parts.filter((part) => part.env?.["AWS_SECRET_ACCESS_KEY"] === "hush")).toHaveLength(2);
  });

  it("The parts of profile full keep everything below their region's folder", () => {
    for (const part of nonEmpty(parts)) {
      const root = `${folder.region(part.component.awsRegion ?? "")}/`;
      const paths = [...(part.folders ?? []), ...Object.keys(part.files ?? {})];
      expect(paths.filter((path) => !path.startsWith(root))).toEqual([]);
    }
  });
});

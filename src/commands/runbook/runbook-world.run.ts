import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { secretVariables, textRedactor } from "../../core/redact-text.ts";
import { SecretValue } from "../../core/secret-value.ts";
import { canAsk } from "../../host/ask.ts";
import type { RunFolder } from "../../host/run-folders.ts";
import { kubeContextOf, type Place } from "../../platform/place.ts";
import { variableOf } from "../../runbooks/format/check-values.ts";
import type { Person, RunbookWorld } from "../../runbooks/run/world.ts";
import { placesIfAny } from "./library.run.ts";
import { checksGate } from "../check/checks-gate.run.ts";

/** Builds what a run works with: programs, checks, the person at the terminal, and the folder of the run. */
export async function worldOf(
  folder: RunFolder,
  secrets: ReadonlyMap<string, SecretValue>,
  context: Context,
): Promise<RunbookWorld> {
  const { host, options, emit } = context;
  const places = await placesIfAny(context);
  const placeOf = (name: string): Place => {
    const place = places.find((each) => each.name === name);
    if (place !== undefined) return place;
    const known = places.map((each) => each.name).join(", ");
    throw new AppError("REGION_UNKNOWN", `No region or context has the name "${name}".`, {
      next: [known === "" ? "gennet init  # writes a gennet.yaml with your regions" : `There are: ${known}`],
    });
  };
  // Only shell steps get secrets.
  const withoutSecrets = Object.fromEntries([...secrets.keys()].map((name) => [variableOf(name), undefined]));
  const own = secretVariables(host.env).map((name) => new SecretValue(host.env[name] ?? ""));
  const [gennet, ...first] = host.self;
  const config = options.config === undefined ? [] : ["--config", options.config];
  return {
    clock: host.clock,
    run: ({ program, args, env }, onLine, signal) =>
      host.run({
        file: program === "gennet" ? gennet : program,
        args: program === "gennet" ? [...first, ...args, ...config] : args,
        cwd: host.cwd,
        env: program === "sh" ? { ...host.env, ...env } : { ...host.env, ...withoutSecrets, ...env },
        onLine,
        signal,
      }),
    gate: (patterns, region, namespace) => checksGate(patterns, placeOf(region), namespace, context),
    person: canAsk(context) ? await personOf(context) : undefined,
    author: host.user(),
    say: (text) => emit({ type: "note", level: "info", text }),
    keep: (name, text) => folder.write(name, text),
    placeOf: (name) => {
      const place = placeOf(name);
      return {
        context: kubeContextOf(place),
        gennet: ["region" in place ? "--region" : "--context", place.name],
      };
    },
    secrets,
    redact: textRedactor([...own, ...secrets.values()]),
  };
}

async function personOf({ host }: Context): Promise<Person> {
  const prompts = await host.prompts();
  return {
    confirm: (message, signal) => prompts.confirm({ message, fallback: false }, signal),
    text: (message, signal) => prompts.text({ message }, signal),
    choice: (message, choices, signal) => prompts.choice({ message, choices }, signal),
  };
}

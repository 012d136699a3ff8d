import { givenValues } from "./given-values.ts";
import { valuesIn } from "./words.ts";
import type { Runbook, RunbookStep } from "./runbook.ts";

const inCluster: readonly string[] = ["kubectl", "check"];

/**
 * Returns what is wrong with the names in a runbook: values that nothing sets before they are used, names that a script
 * cannot tell apart, steps that are not there, and secrets in arguments.
 */
export function checkValues(runbook: Omit<Runbook, "source">): readonly string[] {
  const { steps, inputs, file, trial } = runbook;
  const problems: string[] = [];
  const report = ({ line }: Pick<RunbookStep, "line">, problem: string): void => {
    problems.push(`${file}:${line}: ${problem}`);
  };
  const known = new Set([...givenValues, ...Object.keys(inputs)]);
  const hasRegion = Object.values(inputs).some(({ type }) => type === "region");
  const variables = new Map<string, string>();
  const shares = (name: string): string | undefined => {
    const variable = variableOf(name);
    const other = variables.get(variable);
    variables.set(variable, name);
    return other === undefined ? undefined : `the values "${other}" and "${name}" share the variable ${variable}`;
  };
  for (const name of known) {
    const problem = shares(name);
    if (problem !== undefined) problems.push(`${file}:1: inputs: ${problem}`);
  }
  for (const step of steps) {
    for (const name of [...valuesIn(step.words), ...valuesIn([step.namespace ?? []]), ...inText(step)]) {
      if (!known.has(name)) report(step, `nothing sets \${${name}} before this step`);
      else if (inputs[name]?.secret === true)
        report(step, `\${${name}} is secret: only a shell step can use it, as $${variableOf(name)}`);
    }
    if (step.when !== undefined && !known.has(step.when.left))
      report(step, `when: nothing sets "${step.when.left}" before this step`);
    if (inCluster.includes(step.kind) && !hasRegion) report(step, `a ${step.kind} step needs an input of type region`);
    if (step.undoOf !== undefined) {
      const undone = steps.find(({ name, undoOf }) => name === step.undoOf && undoOf === undefined);
      if (undone === undefined) report(step, `undo-of: no step has the name "${step.undoOf}"`);
      else if (undone.reads) report(step, `undo-of: the step "${undone.name}" changes nothing`);
    }
    for (const name of [...step.outputs.map((output) => output.name), ...(step.kind === "ask" ? [step.name] : [])]) {
      const problem = givenValues.includes(name)
        ? `gennet sets the value "${name}" itself: choose another name`
        : known.has(name)
          ? `the value "${name}" is already set`
          : shares(name);
      if (problem !== undefined) report(step, problem);
      known.add(name);
    }
  }
  for (const { namespace = "" } of runbook.rights) {
    for (const name of namesIn(namespace)) {
      if (inputs[name] === undefined) problems.push(`${file}:1: rights: \${${name}} is not an input`);
    }
  }
  for (const name of [...Object.keys(trial?.answers ?? {}), ...Object.keys(trial?.meanwhile ?? {})]) {
    if (!steps.some((step) => step.name === name)) problems.push(`${file}:1: test: no step has the name "${name}"`);
  }
  return problems;
}

/** `namespace` is `$RUNBOOK_NAMESPACE` in a shell step. */
export function variableOf(name: string): string {
  return `RUNBOOK_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** Questions may show values. */
function inText({ kind, body }: RunbookStep): readonly string[] {
  return kind === "ask" || kind === "approve" ? namesIn(body) : [];
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([a-z][a-z0-9_-]*)\}/g)].map(([, name = ""]) => name);
}

import { type Expression, type Node, parseSync, visitorKeys } from "oxc-parser";
import type { Source } from "./sources.ts";

type Call = Extract<Node, { type: "CallExpression" }>;

/** Returns where a test might pass because it compared nothing, each with what to write instead: `path:line: …`. */
export function emptyComparisons({ path, text }: Source): string[] {
  const { program } = parseSync(path, text);
  const bound = new Map<string, Expression>();
  const found: string[] = [];
  const report = (node: Node, instead: string): void =>
    void found.push(`${path}:${text.slice(0, node.start).split("\n").length}: ${instead}`);
  const shown = ({ start, end }: Node): string => text.slice(start, end);

  /** Returns whether an earlier statement of the same function has compared the length of a list. */
  const counted = (list: Expression, within: Node): boolean => {
    const before = text.slice(within.start, list.start);
    const name = `expect(${shown(list)}`;
    return [`${name}).toHaveLength(`, `${name}.length).`, `${name}.size).`, `${name}).toBe`].some((each) =>
      before.includes(each),
    );
  };
  /** Returns whether the text of a list shows that it has items. */
  const filled = (list: Expression, within: Node): boolean => {
    if (list.type === "TSAsExpression" || list.type === "TSSatisfiesExpression") return filled(list.expression, within);
    if (list.type === "AwaitExpression") return filled(list.argument, within);
    if (list.type === "ArrayExpression") {
      return list.elements.some((each) => each && (each.type !== "SpreadElement" || filled(each.argument, within)));
    }
    if (list.type === "ObjectExpression") return list.properties.length > 0;
    if (list.type === "ConditionalExpression") return filled(list.consequent, within) && filled(list.alternate, within);
    if (list.type === "Literal") return list.value !== 0 && list.value !== "";
    if (list.type === "BinaryExpression" && list.operator === "-") return filled(list.left, within);
    if (list.type === "MemberExpression") return counted(list, within) || filled(list.object, within);
    if (list.type === "CallExpression") return filledByCall(list, within) || counted(list, within);
    if (list.type !== "Identifier") return false;
    const value = bound.get(list.name);
    return counted(list, within) || (value !== undefined && value !== list && filled(value, within));
  };
  const filledByCall = ({ callee, arguments: [argument] }: Call, within: Node): boolean => {
    if (callee.type === "Identifier") return callee.name === "nonEmpty";
    if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return false;
    const { object, property } = callee;
    const sameLength = ["entries", "keys", "values", "map", "toSorted", "toReversed"].includes(property.name);
    if (object.type === "Identifier" && ["Object", "Array"].includes(object.name)) {
      return argument !== undefined && argument.type !== "SpreadElement" && filled(argument, within);
    }
    return sameLength && filled(object, within);
  };

  const visit = (node: Node, within: Node): void => {
    const inside = node.type.includes("Function") ? node : within;
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier" && node.init !== null) {
      bound.set(node.id.name, node.init);
    }
    if (node.type === "ForOfStatement" && compares(node.body) && (node.await || !filled(node.right, inside))) {
      report(node, "loop over nonEmpty(…), or compare the whole list");
    }
    if (node.type === "ForStatement" && compares(node.body)) {
      const least = node.test?.type === "BinaryExpression" ? node.test.right : undefined;
      if (least === undefined || !filled(least, inside)) report(node, "compare how often it runs before the loop");
    }
    const branches = node.type === "IfStatement" || node.type === "ConditionalExpression";
    if (branches && [node.consequent, node.alternate].some((each) => each !== null && compares(each))) {
      report(node, "compare in any case, what is expected depends on the condition");
    }
    if (node.type === "CatchClause" && compares(node.body)) report(node, "expect(…).rejects or toThrow");
    if (node.type === "LogicalExpression" && compares(node.right)) report(node, "compare in any case");
    if (node.type === "CallExpression") visitCall(node, inside);
    for (const child of childrenOf(node)) visit(child, inside);
  };
  const visitCall = (call: Call, within: Node): void => {
    const { callee, arguments: given } = call;
    // The global expect counts the comparisons of all concurrent tests together.
    const own = given.some((each) => /\{\s*expect,?\s*\}/.test(shown(each)));
    if (/^(it|describe)\.concurrent\b/.test(shown(callee)) && !own && given.some(compares)) {
      report(call, "take expect from the context of the test");
    }
    if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return;
    const [first] = given;
    const { name } = callee.property;
    if (first === undefined || first.type === "SpreadElement") return;
    if (["forEach", "map", "flatMap"].includes(name) && compares(first) && !filled(callee.object, within)) {
      report(call, "loop over nonEmpty(…), or compare the whole list");
    }
    if (name === "each" && filters(first) && !filled(first, within)) {
      report(call, "a table that is filtered is nonEmpty(…)");
    }
    const compared = isExpect(callee.object) ? callee.object.arguments[0] : undefined;
    if (compared === undefined || compared.type === "SpreadElement") return;
    if (shown(compared) === shown(first)) report(call, "it is compared with itself");
    if (name === "toMatchObject" && shown(first) === "{}") report(call, "it matches everything");
    if (name === "toBe" && shown(first) === "true" && isEvery(compared) && !filled(compared.callee.object, within)) {
      report(call, "every() is true of nothing: compare with toEqual");
    }
  };
  visit(program, program);
  return found;
}

function isEvery(node: Node): node is Call & { callee: Extract<Node, { type: "MemberExpression" }> } {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false;
  const { property } = node.callee;
  return property.type === "Identifier" && property.name === "every";
}

function isExpect(node: Node): node is Call {
  return node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === "expect";
}

function filters(node: Node): boolean {
  const { property } = node.type === "CallExpression" && node.callee.type === "MemberExpression" ? node.callee : {};
  return (property?.type === "Identifier" && property.name === "filter") || childrenOf(node).some(filters);
}

function compares(node: Node): boolean {
  return isExpect(node) || childrenOf(node).some(compares);
}

function childrenOf(node: Node): readonly Node[] {
  const members = node as unknown as Readonly<Record<string, Node | null | readonly (Node | null)[]>>;
  return (visitorKeys[node.type] ?? []).flatMap((key) => members[key] ?? []).filter((each) => each !== null);
}

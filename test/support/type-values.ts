import { type Declaration, parseSync, type TSMethodSignature, type TSSignature, type TSType } from "oxc-parser";
import { SecretValue } from "../../src/core/secret-value.ts";
import { sourceFolders, sourcesIn } from "./sources.ts";

/** Makes values of the types that gennet's sources declare, so that a test can call what it does not know. */
export interface TypeValues {
  /** Returns arguments for a method that an interface in this folder declares; undefined if none does. */
  argumentsOf(folder: string, method: string, choices: Choices): readonly unknown[] | undefined;
}

/** Chooses between the values of a type. */
export type Choices = <T>(options: readonly [T, ...T[]]) => T;

/** Everything is there, and the first of its kind. */
export const fullChoices: Choices = ([first]) => first;
/** What may be absent is absent, and the last of its kind. */
export const sparseChoices: Choices = (options) => options.at(-1) ?? options[0];

type Declared = Extract<Declaration, { type: "TSInterfaceDeclaration" | "TSTypeAliasDeclaration" }>;

/** The types of JavaScript, and our classes. */
const builtIn: Readonly<Record<string, () => unknown>> = {
  AbortSignal: () => new AbortController().signal,
  Date: () => new Date(0),
  Uint8Array: () => new Uint8Array(),
  Buffer: () => Buffer.alloc(0),
  SecretValue: () => new SecretValue("x"),
};
/** Types that are used like the type in their parameter. */
const transparent = new Set(["Readonly", "Partial", "Required", "Pick", "Omit", "NonNullable"]);

export function typeValues(): TypeValues {
  const types = new Map<string, Declared>();
  const methods = new Map<string, TSMethodSignature>();
  for (const { path, text } of sourceFolders.flatMap((folder) => sourcesIn(folder, ".ts"))) {
    for (const statement of parseSync(path, text).program.body) {
      const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
      if (declaration?.type !== "TSInterfaceDeclaration" && declaration?.type !== "TSTypeAliasDeclaration") continue;
      types.set(declaration.id.name, declaration);
      if (declaration.type !== "TSInterfaceDeclaration") continue;
      for (const member of declaration.body.body) {
        if (member.type !== "TSMethodSignature" || member.key.type !== "Identifier") continue;
        const key = `${path.slice(0, path.lastIndexOf("/"))} ${member.key.name}`;
        if (!methods.has(key)) methods.set(key, member);
      }
    }
  }
  return {
    argumentsOf: (folder, method, choices) =>
      methods.get(`${folder} ${method}`)?.params.map((param) => {
        const type = "typeAnnotation" in param ? param.typeAnnotation?.typeAnnotation : undefined;
        if (type === undefined) throw new Error(`${folder}: a parameter of ${method} has no type`);
        return valueOf(type, { types, choices });
      }),
  };
}

interface Known {
  readonly types: ReadonlyMap<string, Declared>;
  readonly choices: Choices;
}

function valueOf(type: TSType, known: Known): unknown {
  const of = (other: TSType): unknown => valueOf(other, known);
  const pick = known.choices;
  switch (type.type) {
    case "TSStringKeyword":
    case "TSTemplateLiteralType":
      return "x";
    case "TSNumberKeyword":
      return pick([1, 0]);
    case "TSBooleanKeyword":
      return pick([true, false]);
    case "TSLiteralType":
      return "value" in type.literal ? type.literal.value : "x";
    case "TSArrayType":
      return [of(type.elementType)];
    case "TSTupleType":
      return type.elementTypes.map((each) => of(each as TSType));
    case "TSTypeOperator":
    case "TSParenthesizedType":
      return of(type.typeAnnotation);
    case "TSUnionType": {
      const isThere = ({ type: each }: TSType): boolean => each !== "TSUndefinedKeyword" && each !== "TSNullKeyword";
      const [first, ...others] = type.types.filter(isThere);
      return first === undefined ? undefined : of(pick([first, ...others]));
    }
    case "TSIntersectionType": {
      const parts = type.types.map(of);
      return parts.every((part) => typeof part === "object") ? Object.assign({}, ...parts) : parts[0];
    }
    case "TSTypeLiteral":
      return objectOf(type.members, known);
    case "TSFunctionType":
      return async () => undefined;
    case "TSTypeReference":
      return referred(type, known);
    default:
      return undefined;
  }
}

function referred({ typeName, typeArguments }: Extract<TSType, { type: "TSTypeReference" }>, known: Known): unknown {
  const name = typeName.type === "Identifier" ? typeName.name : "";
  const [first, second] = typeArguments?.params ?? [];
  const ready = builtIn[name];
  if (ready !== undefined) return ready();
  if (transparent.has(name) && first !== undefined) return valueOf(first, known);
  if (name === "Record" && second !== undefined) return { x: valueOf(second, known) };
  if ((name === "ReadonlyArray" || name === "Array") && first !== undefined) return [valueOf(first, known)];
  const declared = known.types.get(name);
  if (declared === undefined) throw new Error(`There is no type ${name} in the sources`);
  if (declared.type === "TSTypeAliasDeclaration") return valueOf(declared.typeAnnotation, known);
  const bases = declared.extends.map(({ expression, typeArguments: given }) =>
    expression.type === "Identifier"
      ? referred({ type: "TSTypeReference", typeName: expression, typeArguments: given, start: 0, end: 0 }, known)
      : undefined,
  );
  return Object.assign({}, ...bases, objectOf(declared.body.body, known));
}

function objectOf(members: readonly TSSignature[], known: Known): object {
  return Object.fromEntries(
    members.flatMap((member) => {
      if (member.type === "TSIndexSignature") return [["x", valueOf(member.typeAnnotation.typeAnnotation, known)]];
      if (member.type !== "TSPropertySignature" || member.key.type !== "Identifier") return [];
      const type = member.typeAnnotation?.typeAnnotation;
      if (type === undefined || (member.optional && !known.choices([true, false]))) return [];
      return [[member.key.name, valueOf(type, known)]];
    }),
  );
}

export { field, type PlainFields, fields, isFields, list, type Path, text, texts } from "../core/fields.ts";

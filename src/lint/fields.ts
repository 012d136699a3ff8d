export { field, type Fields, fields, isFields, list, type Path, text, texts } from "../core/fields.ts";

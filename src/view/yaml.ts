// Loaded by `-o yaml` alone. The bundler gives a lazy import of a CommonJS package no named exports, this file has one.
export { stringify } from "yaml";

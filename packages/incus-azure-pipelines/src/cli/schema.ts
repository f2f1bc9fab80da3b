import { configJsonSchema } from '../config/json-schema.js';
import { formatJson } from './format-json.js';
import type { Output } from './output.js';

/** Prints the JSON Schema of the configuration file, for editors. */
export function printSchema({ write }: Output): void {
  write(formatJson(configJsonSchema()));
}

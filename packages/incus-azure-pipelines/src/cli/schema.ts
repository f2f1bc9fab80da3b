import { configJsonSchema } from '../config/json-schema.js';

/** Prints the JSON Schema of the configuration file, for editors. */
export function printSchema(): void {
  process.stdout.write(`${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
}

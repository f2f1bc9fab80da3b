/** The file format as JSON Schema, for editors. */

import { parse } from 'yaml';
import * as z from 'zod';
import { expectationOf } from './kinds.js';
import { fileSchema } from './schema.js';

/** JSON Schema (2020-12) of the configuration file as it is written, durations as text. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(fileSchema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      const expectation = expectationOf(zodSchema);
      if (expectation !== undefined && expectation.kind !== 'map') jsonSchema.examples = [parse(expectation.example)];
      // The default of a duration is text; the generator drops it since it is not the parsed number.
      const value = zodSchema instanceof z.ZodType ? zodSchema.meta()?.default : undefined;
      if (value !== undefined) jsonSchema.default = value as typeof jsonSchema.default;
    },
  });
  return {
    ...schema,
    title: 'incus-azure-pipelines configuration',
    anyOf: [{ required: ['pools'] }, { required: ['agentCount', 'baseImage', 'azure'] }],
  };
}

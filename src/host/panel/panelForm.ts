// The form of an agent's question: from the JSON schema it sent to fields that a panel can show.
import * as z from 'zod/mini';
import type { FormField } from '../../chatProtocol/session.ts';

const text = z.catch(z.optional(z.string()), undefined);
const number = z.catch(z.optional(z.number()), undefined);

const optionSchema = z.object({ const: z.string(), title: z.string(), description: text });
const valuesSchema = z.catch(z.optional(z.array(z.string())), undefined);
const optionsSchema = z.catch(z.optional(z.array(optionSchema)), undefined);

const propertySchema = z.looseObject({
  type: z.catch(z.string(), 'unknown'),
  title: text,
  description: text,
  format: text,
  pattern: text,
  minLength: number,
  maxLength: number,
  minimum: number,
  maximum: number,
  minItems: number,
  maxItems: number,
  default: z.optional(z.unknown()),
  enum: valuesSchema,
  oneOf: optionsSchema,
  items: z.catch(
    z.optional(z.looseObject({ enum: valuesSchema, anyOf: optionsSchema })),
    undefined,
  ),
});

type Property = z.infer<typeof propertySchema>;

const formSchema = z.looseObject({
  properties: z.catch(z.record(z.string(), z.unknown()), {}),
  required: z.catch(z.optional(z.array(z.string())), undefined),
});

/**
 * The fields of a form, in the schema's order. What a schema says that Roost does not know becomes a
 * field for JSON: the question can always be answered.
 */
export function formFields(requestedSchema: unknown): FormField[] {
  const parsed = formSchema.safeParse(requestedSchema);
  if (!parsed.success) return [];
  const required = new Set(parsed.data.required);
  return Object.entries(parsed.data.properties).map(([key, raw]) => {
    const property = propertySchema.safeParse(raw);
    return field(key, property.success ? property.data : { type: 'unknown' }, required.has(key));
  });
}

function field(key: string, property: Property, required: boolean): FormField {
  const base = {
    key,
    title: property.title ?? key,
    description: property.description,
    required,
  };
  const initial = property.default;
  switch (property.type) {
    case 'string': {
      const choices = choicesOf(property.enum, property.oneOf);
      if (choices !== undefined) {
        return { ...base, type: 'choice', choices, initial: stringOr(initial) };
      }
      return {
        ...base,
        type: 'text',
        format: property.format,
        pattern: property.pattern,
        minLength: property.minLength,
        maxLength: property.maxLength,
        initial: stringOr(initial),
      };
    }
    case 'number':
    case 'integer':
      return {
        ...base,
        type: 'number',
        integer: property.type === 'integer',
        minimum: property.minimum,
        maximum: property.maximum,
        initial: typeof initial === 'number' ? initial : undefined,
      };
    case 'boolean':
      return {
        ...base,
        type: 'boolean',
        initial: typeof initial === 'boolean' ? initial : undefined,
      };
    case 'array': {
      const choices = choicesOf(property.items?.enum, property.items?.anyOf);
      if (choices === undefined) return { ...base, type: 'json' };
      return {
        ...base,
        type: 'choices',
        choices,
        minItems: property.minItems,
        maxItems: property.maxItems,
        initial: Array.isArray(initial) ? initial.filter((item) => typeof item === 'string') : [],
      };
    }
    default:
      return { ...base, type: 'json' };
  }
}

function choicesOf(
  values: readonly string[] | undefined,
  options: readonly z.infer<typeof optionSchema>[] | undefined,
): { value: string; name: string; description?: string | undefined }[] | undefined {
  if (options !== undefined) {
    return options.map((option) => ({
      value: option.const,
      name: option.title,
      description: option.description,
    }));
  }
  return values?.map((value) => ({ value, name: value }));
}

function stringOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

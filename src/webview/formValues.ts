// From what a person wrote into a form to the values an agent asked for, checked.
import type { FormField } from '../chatProtocol/session.ts';

/** What a control holds: text, a tick, or the ticked choices. */
export type FieldInput = string | boolean | readonly string[];

/** A value, nothing (an optional field left empty), or what is wrong, as the key of a word. */
export type CheckedField =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'empty' }
  | { readonly kind: 'wrong'; readonly problem: 'fieldRequired' | 'fieldInvalid' | 'fieldJson' };

const invalid: CheckedField = { kind: 'wrong', problem: 'fieldInvalid' };

/** Checks one field against its bounds. */
export function checkField(field: FormField, input: FieldInput): CheckedField {
  if (input === '' || (Array.isArray(input) && input.length === 0)) {
    return field.required ? { kind: 'wrong', problem: 'fieldRequired' } : { kind: 'empty' };
  }
  switch (field.type) {
    case 'text':
      return typeof input === 'string' && fitsText(field, input) ? value(input) : invalid;
    case 'number': {
      const number = typeof input === 'string' ? Number(input.trim()) : Number.NaN;
      return fitsNumber(field, number) ? value(number) : invalid;
    }
    case 'boolean':
      return value(input === true);
    case 'choice':
      return field.choices.some((choice) => choice.value === input) ? value(input) : invalid;
    case 'choices':
      return fitsCount(field, Array.isArray(input) ? input.length : 0) ? value(input) : invalid;
    case 'json':
      return json(String(input));
  }
}

function value(of: unknown): CheckedField {
  return { kind: 'value', value: of };
}

function fitsText(field: Extract<FormField, { type: 'text' }>, text: string): boolean {
  const { length } = Array.from(text);
  if (length < (field.minLength ?? 0) || length > (field.maxLength ?? Infinity)) return false;
  if (field.pattern === undefined || field.pattern.length > 500 || length > 10_000) return true;
  try {
    return new RegExp(field.pattern, 'u').test(text);
  } catch {
    // A pattern that is none forbids nothing; the agent checks again.
    return true;
  }
}

function fitsNumber(field: Extract<FormField, { type: 'number' }>, number: number): boolean {
  if (!Number.isFinite(number) || (field.integer && !Number.isInteger(number))) return false;
  return number >= (field.minimum ?? -Infinity) && number <= (field.maximum ?? Infinity);
}

function fitsCount(field: Extract<FormField, { type: 'choices' }>, count: number): boolean {
  return count >= (field.minItems ?? 0) && count <= (field.maxItems ?? Infinity);
}

function json(text: string): CheckedField {
  try {
    return value(JSON.parse(text));
  } catch {
    return { kind: 'wrong', problem: 'fieldJson' };
  }
}

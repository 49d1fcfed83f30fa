/** A list of finite numbers, checked in one pass: a schema for each of thousands takes longer than drawing them. */
import { z } from 'zod';

export const numberListSchema = z.custom<number[]>(
  value => Array.isArray(value) && value.every(Number.isFinite),
  'Expected a list of finite numbers',
);

/**
 * Must be imported before any schema exists: zod decides when a schema is built whether it may compile
 * it with `new Function`, which the page's content security policy forbids.
 */
import { z } from 'zod';

z.config({ jitless: true });

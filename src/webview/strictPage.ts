// Runs first: tells the schema library that this page's policy allows no code made at run time.
import { config } from 'zod/mini';

config({ jitless: true });

// The types of esbuild.parts.mjs.
import type { BuildOptions } from 'esbuild';

/** Options for one program in parts. */
export function inParts(outdir: string, folder: string, production: boolean): BuildOptions;

// Stands in for the native thread that ends an extension host whose server died while it was busy; the launcher sees to that here.

/** Nothing is watched. */
export function start() {
  // See above.
}

/** Ends the process. */
export function exit(code) {
  process.exit(code ?? 0);
}

// Runs projects of vitest and counts from its own report, not from what it prints.
import { globSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runNode } from './commands.ts';
import { failedTest, failures, problem, type Counts } from './counts.ts';
import { endLeftovers } from './leftovers.ts';
import { newRunMark, root, scratchFolder } from './paths.ts';

/** The part of vitest's JSON report that is read here. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Whether any of the projects has a test file. */
export function hasTests(projects: readonly string[]): boolean {
  return projects.some(
    (name) => globSync(`test/${name}/**/*.test.ts`, { cwd: root, withFileTypes: false }).length > 0,
  );
}

/** Runs the projects. Never throws for what tests do: a run without a report is one problem, and so is a process left behind. */
export async function runVitest(projects: readonly string[]): Promise<Counts> {
  const scratch = scratchFolder('vitest');
  const report = join(scratch, 'report.json');
  const mark = newRunMark();
  try {
    const ending = await runNode(
      [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        'run',
        '--config=test/vitest.config.ts',
        ...projects.filter((name) => hasTests([name])).map((name) => `--project=${name}`),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      { env: mark.env },
    );
    const counts = countsOf(report, ending);
    const unexplained =
      ending !== 0 && failures(counts) === 0 ? [`vitest ended with ${ending}.`] : [];
    const leftovers = await endLeftovers(mark);
    return { ...counts, problems: [...counts.problems, ...unexplained, ...leftovers] };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function countsOf(file: string, ending: number | string): Counts {
  let report: VitestReport;
  try {
    // Vitest's own format; a field that is missing shows as NaN in the totals, which no one overlooks.
    report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return problem(`vitest ended with ${ending} and left no report.`);
  }
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) =>
          failedTest(`${relative(root, name)} › ${fullName}`, failureMessages.join('\n')),
        ),
    ),
    skipped: report.numPendingTests + report.numTodoTests,
    problems: broken.map(({ name, message = '' }) => `${name}: ${message}`),
  };
}

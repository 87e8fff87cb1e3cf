// Handlers of the commands that say how Roost is doing; what they show is loaded when it is first asked for.
import type { CommandDeps, Handlers } from './commandTypes.ts';

/** Commands about Roost itself. */
export function supportCommands(deps: CommandDeps): Handlers<'doctor' | 'showMetrics'> {
  return {
    doctor: async ({ given }) => {
      const { examine, showReport } = await import('../support/doctorCommand.ts');
      const examination = await examine(deps);
      if (given === undefined) await showReport(deps, examination);
      return { report: examination.report, findings: examination.findings.length };
    },

    showMetrics: async () => {
      const { showMetrics } = await import('../support/metricsPanel.ts');
      showMetrics(deps);
      return undefined;
    },
  };
}

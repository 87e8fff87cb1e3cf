// Stopping real children: what is asked, in which order, and what the report says of it.
import { describe, expect, it } from 'vitest';
import { useHosts } from './support/host.ts';
import { recordingLogger, shapesSpec, untilSpeaks } from './support/shapes.ts';
import { alive, expectNoSurvivors, newTag, until, untilUp } from './support/tags.ts';

expectNoSurvivors();
const hosts = useHosts();

describe('the steps of a stop', () => {
  it('are over with the exit: a cooperative agent costs no grace time', async () => {
    const host = hosts.create();
    const run = host.spawn(shapesSpec(newTag(), 'grandchildren'));
    await untilSpeaks(run);
    // An hour, so that waiting out any step would be the test's end.
    const report = await host.stop(run, { force: false, graceMs: 3_600_000 });
    expect(report).toEqual({ exitCode: 0, signal: null, forced: false, descendantsKilled: 3 });
  });

  it('know what was below the agent before it went', async () => {
    const host = hosts.create();
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, 'setsid-unmarked'));
    await untilSpeaks(run);
    await untilUp(tag, 3);
    // Neither marker nor group nor parent: only the look before the first step ties it to the agent.
    const report = await host.stop(run, { force: false, graceMs: 3_600_000 });
    expect(report).toEqual({ exitCode: 0, signal: null, forced: false, descendantsKilled: 2 });
    expect(alive(tag)).toEqual([]);
  });

  it('begin with what the protocol can do', async () => {
    const host = hosts.create();
    const run = host.spawn(shapesSpec(newTag(), 'stubborn'));
    const { stdin } = await untilSpeaks(run);
    const onPolite = (): Promise<void> => {
      stdin.write('exit\n');
      return new Promise(() => undefined);
    };
    const report = await host.stop(run, { force: false, graceMs: 3_600_000, onPolite });
    expect(report).toEqual({ exitCode: 5, signal: null, forced: false, descendantsKilled: 0 });
  });

  it('go on when the protocol can do nothing', async () => {
    const host = hosts.create();
    const run = host.spawn(shapesSpec(newTag(), ''));
    await untilSpeaks(run);
    const onPolite = (): Promise<void> => Promise.reject(new Error('not supported'));
    const report = await host.stop(run, { force: false, graceMs: 3_600_000, onPolite });
    expect(report).toMatchObject({ exitCode: 0, signal: null, forced: false });
  });

  it('give an agent that needs its time the time', async () => {
    const host = hosts.create();
    const run = host.spawn(shapesSpec(newTag(), 'slow-exit'));
    await untilSpeaks(run);
    const report = await host.stop(run, { force: false, graceMs: 3_600_000 });
    expect(report).toMatchObject({ exitCode: 0, signal: null, forced: false });
  });

  it('end an agent that ignores the end of its input by SIGTERM', async () => {
    const host = hosts.create();
    const run = host.spawn(shapesSpec(newTag(), 'ignores-eof'));
    await untilSpeaks(run);
    const report = await host.stop(run, { force: false, graceMs: 500 });
    expect(report).toEqual({
      exitCode: null,
      signal: 'SIGTERM',
      forced: false,
      descendantsKilled: 0,
    });
  });

  it('tell the truth about a daemon that is deaf to SIGTERM', async () => {
    const host = hosts.create();
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, 'daemon'));
    await untilSpeaks(run);
    await untilUp(tag, 3);
    const report = await host.stop(run, { force: false, graceMs: 500 });
    expect(report).toMatchObject({ exitCode: 0, signal: null, forced: true });
    expect(report.descendantsKilled).toBe(2);
    expect(alive(tag)).toEqual([]);
  });

  it('are skipped from the moment a later call is not willing to wait', async () => {
    const host = hosts.create();
    const run = host.spawn(shapesSpec(newTag(), 'stubborn'));
    await untilSpeaks(run);
    const asked = Promise.withResolvers<undefined>();
    const onPolite = (): Promise<void> => {
      asked.resolve(undefined);
      return new Promise(() => undefined);
    };
    const slow = host.stop(run, { force: false, graceMs: 3_600_000, onPolite });
    await asked.promise;
    const fast = host.stop(run, { force: true, graceMs: 0 });
    expect(await fast).toEqual(await slow);
    expect(await slow).toMatchObject({ signal: 'SIGKILL', forced: true });
  });

  it('are taken once however often a stop is asked for, also afterwards', async () => {
    const host = hosts.create();
    const run = host.spawn(shapesSpec(newTag(), 'grandchildren'));
    await untilSpeaks(run);
    let asked = 0;
    const onPolite = (): Promise<void> => {
      asked += 1;
      return Promise.resolve();
    };
    const options = { force: false, graceMs: 3_600_000, onPolite };
    const reports = await Promise.all([host.stop(run, options), host.stop(run, options)]);
    expect(reports[0]).toEqual(reports[1]);
    expect(await host.stop(run, options)).toEqual(reports[0]);
    expect(asked).toBe(1);
  });

  it('wait for nothing when there is no grace time', async () => {
    const host = hosts.create();
    const run = host.spawn(shapesSpec(newTag(), 'stubborn'));
    await untilSpeaks(run);
    const report = await host.stop(run, { force: false, graceMs: 0 });
    expect(report).toMatchObject({ signal: 'SIGKILL', forced: true });
  });

  it('do their work without a guard, too', async () => {
    const logger = recordingLogger();
    const host = hosts.create({ guardPath: '/nonexistent/guard.cjs', logger });
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, 'stubborn,setsid,daemon,grandchildren'));
    await untilSpeaks(run);
    await untilUp(tag, 8);
    const report = await host.stop(run, { force: false, graceMs: 200 });
    expect(report.forced).toBe(true);
    expect(alive(tag)).toEqual([]);
    await until('Roost says that it has no guard', () =>
      logger.lines.some((line) => line.startsWith('error The guard process keeps ending')),
    );
  });

  it('survive that the guard is killed in between', async () => {
    const host = hosts.create();
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, 'stubborn,setsid'));
    await untilSpeaks(run);
    await untilUp(tag, 3);
    const guard = Number(/\d+/.exec((await host.describe())['guard'] ?? '')?.[0]);
    const asked = Promise.withResolvers<undefined>();
    const onPolite = (): Promise<void> => {
      process.kill(guard, 'SIGSTOP');
      asked.resolve(undefined);
      return Promise.resolve();
    };
    const stop = host.stop(run, { force: false, graceMs: 200, onPolite });
    await asked.promise;
    process.kill(guard, 'SIGKILL');
    await stop;
    expect(alive(tag)).toEqual([]);
  });
});

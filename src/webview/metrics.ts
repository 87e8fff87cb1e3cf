// The metrics view: draws what the host sends once a second as small charts, with the colours of the theme.
import type { MetricsView } from '../metricsView.ts';
import { make } from './dom.ts';

const svgNamespace = 'http://www.w3.org/2000/svg';
const width = 600;

/** The words of the page, in the editor's language. */
// The host writes them as an object of strings into the page that it makes.
const words = JSON.parse(document.body.dataset['words'] ?? '{}') as Readonly<
  Record<string, string>
>;
const word = (key: string): string => words[key] ?? key;

/** The lines of the chart of sessions, in the order they are drawn. */
const lines = [
  ['dormant', 'dormant'],
  ['active', 'running'],
  ['working', 'working'],
  ['needsInput', 'needsYou'],
] as const;

function svg(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const node = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** The points of a line; the newest value is at the right edge. */
function points(values: readonly number[], seconds: number, top: number, height: number): string {
  const step = width / (seconds - 1);
  const first = width - (values.length - 1) * step;
  return values
    .map((value, index) => {
      const y = height - 1 - (value / top) * (height - 2);
      return `${(first + index * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

function chart(
  label: string,
  series: readonly (readonly [name: string, values: readonly number[]])[],
  {
    seconds,
    height,
    area,
  }: { readonly seconds: number; readonly height: number; readonly area: boolean },
): SVGElement {
  const top = Math.max(1, ...series.flatMap(([, values]) => values));
  const image = svg('svg', {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': label,
    class: 'chart',
  });
  image.append(
    svg('line', {
      class: 'base',
      x1: '0',
      x2: `${width}`,
      y1: `${height - 0.5}`,
      y2: `${height - 0.5}`,
    }),
  );
  for (const [name, values] of series) {
    const line = points(values, seconds, top, height);
    if (area && values.length > 1) {
      const [start = ''] = line.split(',');
      image.append(
        svg('polygon', {
          class: `area ${name}`,
          points: `${start},${height} ${line} ${width},${height}`,
        }),
      );
    }
    image.append(svg('polyline', { class: `line ${name}`, points: line }));
  }
  return image;
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000
    ? `${(bytes / 1024).toFixed(1)} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function tile(name: string, value: string, note = ''): HTMLElement {
  const text = note === '' ? word(name) : `${word(name)}, ${note}`;
  return make(
    'div',
    { class: 'tile' },
    make('div', { class: 'value', text: value }),
    make('div', { class: 'name', text }),
  );
}

function legend(levels: MetricsView['levels']): HTMLElement {
  const items = [...lines]
    .reverse()
    .map(([name, key]) =>
      make(
        'span',
        {},
        make('span', { class: `dot ${name}` }),
        make('span', { text: `${word(key)} ${levels[name].at(-1) ?? 0}` }),
      ),
    );
  return make('div', { class: 'legend' }, ...items);
}

function wireRow(wire: MetricsView['wires'][number], seconds: number): HTMLElement {
  const sum = [
    `${sizeText(wire.bytes.at(-1) ?? 0)}/s`,
    sizeText(wire.total),
    `${wire.messages} ${word('messages')}`,
  ];
  return make(
    'div',
    { class: 'wire' },
    make('div', { class: 'title', text: wire.title, title: wire.title }),
    chart(wire.title, [['bytes', wire.bytes]], { seconds, height: 28, area: true }),
    make('div', { class: 'sum', text: sum.join(' · ') }),
  );
}

function heading(key: string): HTMLElement {
  return make('h2', { text: `${word(key)} · ${word('minutes')}` });
}

function draw({ levels, wires, counts, seconds }: MetricsView): void {
  const series = lines.map(([name]) => [name, levels[name]] as const);
  const saves = counts.saves === 0 ? '' : `${counts.saveMs.toFixed(1)} ${word('average')}`;
  document
    .querySelector('#panel')
    ?.replaceChildren(
      make(
        'section',
        {},
        heading('sessions'),
        chart(word('sessions'), series, { seconds, height: 120, area: false }),
        legend(levels),
      ),
      make(
        'section',
        { class: 'tiles' },
        tile('started', String(counts.started)),
        tile('idle', String(counts.idle)),
        tile('crashes', String(counts.crashes)),
        tile('restarts', String(counts.restarts)),
        tile('errors', String(counts.errors)),
        tile('saves', String(counts.saves), saves),
      ),
      make(
        'section',
        {},
        heading('throughput'),
        ...(wires.length === 0
          ? [make('p', { class: 'quiet', text: word('quiet') })]
          : wires.map((wire) => wireRow(wire, seconds))),
      ),
    );
}

window.addEventListener('message', ({ data }: MessageEvent<MetricsView>) => {
  draw(data);
});
acquireVsCodeApi().postMessage({ type: 'ready' });

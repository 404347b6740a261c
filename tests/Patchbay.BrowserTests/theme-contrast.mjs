// Holds the colours that the pages for end users make of any theme against the ratios of WCAG 2.2 (1.4.3, 1.4.11):
//   node theme-contrast.mjs <browser, not needed> <theme.js>
// { faults, looked }
import { readFileSync } from 'node:fs';

const source = readFileSync(process.argv[3]);
const { palette, contrast } = await import(`data:text/javascript;base64,${source.toString('base64')}`);

const least = [
  ['text', 'surface', 7], ['text', 'background', 7], ['text', 'accent-tint', 4.5], ['on-accent', 'accent', 4.5], ['on-accent', 'accent-hover', 4.5],
  ...['accent-text', 'muted', 'good', 'bad', 'warn'].flatMap(name => [[name, 'surface', 4.5], [name, 'background', 4.5]]),
  ['accent-text', 'accent-tint', 4.5], ['good', 'good-tint', 4.5], ['bad', 'bad-tint', 4.5], ['warn', 'warn-tint', 4.5],
  ['control-border', 'surface', 3], ['focus', 'surface', 3], ['focus', 'background', 3],
];
// The same colours each time, of all kinds.
let seed = 7;
const colour = () => `#${(seed = (seed * 48271) % 2147483647, seed % 0x1000000).toString(16).padStart(6, '0')}`;
const themes = [{}, ...Array.from({ length: 500 }, () => ({ accent: colour() })), ...Array.from({ length: 500 }, () => ({ accent: colour(), background: colour(), surface: colour(), text: colour() }))];
const rgb = hex => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
const faults = [];
let looked = 0;
for (const mode of ['light', 'dark']) {
  for (const theme of themes) {
    const colours = palette(mode, theme);
    for (const [front, ground, ratio] of least) {
      looked++;
      const found = contrast(rgb(colours[`--${front}`]), rgb(colours[`--${ground}`]));
      if (found < ratio) faults.push(`${front} on ${ground}: ${found.toFixed(2)} of ${ratio}, ${mode}, ${JSON.stringify(theme)}`);
    }
  }
}

process.stdout.write(JSON.stringify({ faults, looked }));

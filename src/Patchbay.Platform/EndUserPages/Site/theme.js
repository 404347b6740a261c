// The hub's look. It may choose colours; that they can be read is seen to here (WCAG 2.2, 1.4.3 and 1.4.11).

const defaults = {
  light: { accent: '#3b4fd8', background: '#f6f7fb', surface: '#ffffff', text: '#191c2b' },
  dark: { accent: '#93a4ff', background: '#11131c', surface: '#1b1e2b', text: '#eceef8' },
};

const parse = colour => /^#[0-9a-f]{6}$/i.test(colour ?? '') ? [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16)) : null;
const format = rgb => `#${rgb.map(c => c.toString(16).padStart(2, '0')).join('')}`;
// Rounded as browsers round, so that what is measured is what is shown.
const mix = (from, to, share) => from.map((c, i) => Math.round(c + (to[i] - c) * share));

const luminance = rgb => {
  const [r, g, b] = rgb.map(c => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** How well two colours are told apart, 1 to 21. */
export function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const white = [255, 255, 255];
const black = [0, 0, 0];

/** Black or white, whichever is read better. */
const on = ground => (contrast(white, ground) >= contrast(black, ground) ? white : black);

/** A colour, moved towards black or white until it is read on each of the grounds. */
function readable(colour, grounds, least) {
  const target = on(grounds[0]);
  for (let share = 0; share < 1; share += 0.02) {
    const tried = mix(colour, target, share);
    if (grounds.every(ground => contrast(tried, ground) >= least)) return tried;
  }
  return target;
}

/** A ground, moved towards white or black until everything can stand on it: light ground is light, and dark ground is dark. */
function ground(colour, mode) {
  const [towards, away] = mode === 'light' ? [white, black] : [black, white];
  for (let share = 0; share < 1; share += 0.02) {
    const tried = mix(colour, towards, share);
    if (contrast(tried, away) >= 13) return tried;
  }
  return towards;
}

/** The colours of the page, of those that a theme names and derived from them. */
export function palette(mode, chosen = {}) {
  const pick = name => parse(chosen[name]) ?? parse(defaults[mode][name]);
  const accent = pick('accent');
  const [background, surface] = ['background', 'surface'].map(name => ground(pick(name), mode));
  const text = readable(pick('text'), [surface, background], 7);
  const tint = mix(surface, accent, 0.1);
  const onAccent = on(accent);
  const status = mode === 'light'
    ? { good: [20, 108, 67], bad: [176, 30, 46], warn: [133, 77, 14] }
    : { good: [110, 220, 160], bad: [255, 140, 150], warn: [245, 196, 100] };
  const colours = {
    background, surface, text, accent,
    'on-accent': onAccent,
    'accent-hover': mix(accent, onAccent === white ? black : white, 0.12),
    'accent-text': readable(accent, [surface, background, tint], 4.5),
    'accent-tint': tint,
    muted: readable(mix(text, surface, 0.45), [surface, background], 4.5),
    border: mix(text, surface, 0.86),
    'control-border': readable(mix(text, surface, 0.6), [surface], 3),
    focus: readable(accent, [surface, background], 3),
  };
  for (const [name, colour] of Object.entries(status)) {
    const tinted = mix(surface, colour, 0.1);
    colours[name] = readable(colour, [surface, background, tinted], 4.5);
    colours[`${name}-tint`] = tinted;
  }
  return Object.fromEntries(Object.entries(colours).map(([name, colour]) => [`--${name}`, format(colour)]));
}

/** Puts a theme on, and keeps it in step with the system where nobody chose light or dark. */
export function dress(theme = {}, wanted = 'auto') {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const mode = wanted === 'light' || wanted === 'dark' ? wanted : system.matches ? 'dark' : 'light';
    const root = document.documentElement;
    root.dataset.mode = mode;
    root.style.colorScheme = mode;
    for (const [name, colour] of Object.entries(palette(mode, theme[mode]))) root.style.setProperty(name, colour);
    const radius = { square: '2px', round: '18px' }[theme.corners];
    if (radius) root.style.setProperty('--radius', radius);
    const logo = document.querySelector('#top img.logo');
    const url = mode === 'dark' ? theme.logoDarkUrl ?? theme.logoUrl : theme.logoUrl;
    if (logo && url) logo.src = url;
  };
  apply();
  system.addEventListener('change', apply);
}

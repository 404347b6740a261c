// The page's words. One file for each language, all with the same keys.

export const languages = ['en', 'de', 'fr', 'es', 'ja'];

let words = {};
let plural = new Intl.PluralRules('en');

/** The language to speak: what the session asks for, else the first of the browser's that there is, else English. */
export function choose(wanted, preferred = navigator.languages ?? []) {
  const known = tag => languages.find(language => language === String(tag).toLowerCase().split('-')[0]);
  return [wanted, ...preferred].filter(Boolean).map(known).find(Boolean) ?? 'en';
}

/** Loads a language. */
export async function speak(language) {
  const answer = await fetch(`assets/${language}.json`, { credentials: 'omit' });
  if (!answer.ok) throw new Error(`The texts in ${language} could not be loaded.`);
  words = await answer.json();
  plural = new Intl.PluralRules(language);
  document.documentElement.lang = language;
}

/**
 * A text.
 * @param {string} key Its key.
 * @param {object} [values] What stands for its placeholders, `{name}`. With `count` the key has a form for each plural of the language.
 */
export function t(key, values = {}) {
  const text = words[key] ?? words[`${key}.${plural.select(values.count ?? 0)}`] ?? words[`${key}.other`] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// A form for a JSON Schema (2020-12): texts, numbers, yes or no, choices, lists of these, and objects of all of them. What it has no form for is
// written as JSON. The server checks in any case; what is checked here spares the user a round trip.
import { h, icon, newId, announce } from './dom.js';
import { t } from './text.js';
import { field, textField, secretField } from './fields.js';

const maxDepth = 6;

/** The schema behind references into the same document. */
function follow(schema, root, depth = 0) {
  if (schema === true || schema === undefined) return {};
  if (typeof schema?.$ref !== 'string' || depth > 20) return schema ?? {};
  if (!schema.$ref.startsWith('#/')) return {};
  const target = schema.$ref.slice(2).split('/').reduce((at, part) => at?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')], root);
  const { $ref: _, ...beside } = schema;
  return { ...follow(target, root, depth + 1), ...beside };
}

const typeOf = schema => {
  const types = [].concat(schema.type ?? []).filter(type => type !== 'null');
  if (types.length === 1) return types[0];
  if (types.length > 1) return null;
  return schema.properties ? 'object' : schema.items ? 'array' : schema.enum?.every(value => typeof value === 'string') ? 'string' : null;
};

const choicesOf = schema => {
  if (Array.isArray(schema.enum)) return schema.enum.filter(value => value !== null).map(value => ({ value, label: typeof value === 'string' ? value : JSON.stringify(value) }));
  const labelled = schema.oneOf ?? schema.anyOf;
  return labelled?.length > 0 && labelled.every(one => one && 'const' in one) ? labelled.map(one => ({ value: one.const, label: one.title ?? String(one.const) })) : null;
};

/** The name of a property, for people. */
const humanise = name => name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ').trim().replace(/^./, letter => letter.toLocaleUpperCase());

const isSet = value => value !== undefined;

/**
 * The form of an object's schema.
 * @param {object} schema The schema.
 * @param {object} [values] What is set so far.
 * @returns {{element: Element | null, fields: object[], value: () => object}} `fields` is read anew at each submit: lists grow.
 */
export function schemaForm(schema, values = {}) {
  if (!schema || Object.keys(follow(schema, schema).properties ?? {}).length === 0 && !follow(schema, schema).required) {
    return { element: null, fields: [], value: () => values };
  }
  const node = nodeOf({ schema, root: schema, name: '', path: '', required: true, value: values, depth: 0, isTop: true });
  return { element: node.element, get fields() { return node.fields(); }, value: () => node.value() ?? {} };
}

function nodeOf(at) {
  const schema = follow(at.schema, at.root);
  const place = { ...at, schema, label: schema.title ?? humanise(at.name), hint: schema.description, value: isSet(at.value) ? at.value : schema.default };
  if ('const' in schema) return { element: null, fields: () => [], value: () => schema.const };
  if (at.depth > maxDepth || schema.allOf || schema.if || schema.not || schema.patternProperties || schema.prefixItems) return json(place);
  if (choicesOf(schema)) return choice(place, choicesOf(schema));
  if (schema.oneOf || schema.anyOf) return json(place);
  switch (typeOf(schema)) {
    case 'string': return text(place);
    case 'integer': case 'number': return number(place);
    case 'boolean': return yesNo(place);
    case 'array': return list(place);
    case 'object': return schema.properties ? object(place) : json(place);
    default: return json(place);
  }
}

const single = (made, value) => ({ element: made.element, fields: () => [made], value });

function text(at) {
  const { schema } = at;
  const types = { email: 'email', uri: 'url', date: 'date', time: 'time' };
  const check = () => {
    const value = made.control.value;
    if (value === '') return null;
    if (isSet(schema.minLength) && [...value].length < schema.minLength) return t('field.tooShort', { label: at.label, count: schema.minLength });
    if (isSet(schema.maxLength) && [...value].length > schema.maxLength) return t('field.tooLong', { label: at.label, count: schema.maxLength });
    if (schema.pattern && !matches(schema.pattern, value)) return t('field.pattern', { label: at.label });
    if (made.control.validity.typeMismatch) return t(schema.format === 'email' ? 'field.email' : 'field.url', { label: at.label });
    return null;
  };
  const options = { label: at.label, hint: at.hint, required: at.required, path: at.path, check, value: at.value ?? '', placeholder: schema.examples?.[0]?.toString() };
  const isLong = (schema.maxLength ?? 0) > 200 || schema.contentMediaType;
  const made = schema.format === 'password' || schema.writeOnly ? secretField(options)
    : isLong ? field({ ...options, control: h('textarea', { rows: 4, placeholder: options.placeholder, value: options.value }) })
    : textField({ ...options, type: types[schema.format] ?? 'text' });
  // An empty text says nothing, where the schema wants none.
  return single(made, () => (made.control.value === '' && !(at.required && schema.minLength === 0) ? undefined : made.control.value));
}

function matches(pattern, value) {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

function number(at) {
  const { schema } = at;
  const isWhole = typeOf(schema) === 'integer';
  const read = () => (made.control.value.trim() === '' ? undefined : Number(made.control.value.trim().replace(',', '.')));
  const check = () => {
    const value = read();
    if (!isSet(value)) return null;
    if (!Number.isFinite(value) || (isWhole && !Number.isInteger(value))) return t(isWhole ? 'field.whole' : 'field.number', { label: at.label });
    if (isSet(schema.minimum) && value < schema.minimum) return t('field.atLeast', { label: at.label, limit: schema.minimum });
    if (isSet(schema.maximum) && value > schema.maximum) return t('field.atMost', { label: at.label, limit: schema.maximum });
    return null;
  };
  const made = textField({ label: at.label, hint: at.hint, required: at.required, path: at.path, check, inputmode: isWhole ? 'numeric' : 'decimal', value: at.value?.toString() ?? '', placeholder: schema.examples?.[0]?.toString() });
  return single(made, () => { const value = read(); return Number.isFinite(value) ? value : undefined; });
}

function yesNo(at) {
  const control = h('input', { type: 'checkbox', checked: at.value === true });
  return single(field({ label: at.label, hint: at.hint, required: at.required, path: at.path, control, isInline: true }), () => control.checked);
}

function choice(at, choices) {
  const control = h('select', {},
    !(at.required && isSet(at.value)) && h('option', { value: '' }, at.required ? t('field.choose') : t('field.none')),
    choices.map(({ label }, index) => h('option', { value: String(index) }, label)));
  const selected = choices.findIndex(({ value }) => JSON.stringify(value) === JSON.stringify(at.value));
  control.value = selected < 0 ? '' : String(selected);
  return single(field({ label: at.label, hint: at.hint, required: at.required, path: at.path, control }), () => choices[control.value]?.value);
}

function json(at) {
  const control = h('textarea', { rows: 6, class: 'code', spellcheck: 'false', value: isSet(at.value) ? JSON.stringify(at.value, null, 2) : '' });
  const parse = () => (control.value.trim() === '' ? undefined : JSON.parse(control.value));
  const check = () => {
    try {
      parse();
      return null;
    } catch {
      return t('field.json', { label: at.label });
    }
  };
  const made = field({ label: at.label || t('variables.heading'), hint: at.hint ?? t('field.jsonHint'), required: at.required, path: at.path, control, check });
  return single(made, () => { try { return parse(); } catch { return undefined; } });
}

function object(at) {
  const required = new Set(at.schema.required ?? []);
  const parts = Object.entries(at.schema.properties).filter(([, schema]) => !follow(schema, at.root).readOnly).map(([name, schema]) => [name, nodeOf({
    schema, root: at.root, name, required: required.has(name), value: at.value?.[name], depth: at.depth + 1, path: at.path ? `${at.path}.${name}` : name,
  })]);
  const contents = parts.map(([, part]) => part.element);
  const element = at.isTop ? h('div', { class: 'fields' }, contents)
    : h('fieldset', {}, h('legend', {}, at.label, !at.required && h('span', { class: 'optional' }, ` ${t('field.optional')}`)), at.hint && h('p', { class: 'hint' }, at.hint), h('div', { class: 'fields' }, contents));
  return {
    element,
    // An optional object that nobody has begun to fill in asks for nothing.
    fields: () => (at.required || begun() ? parts.flatMap(([, part]) => part.fields()) : []),
    value() {
      if (!at.required && !begun()) return undefined;
      // What the form does not show is kept as it was.
      const others = Object.entries(at.value ?? {}).filter(([name]) => !(name in at.schema.properties));
      return Object.fromEntries([...others, ...parts.map(([name, part]) => [name, part.value()])].filter(([, value]) => isSet(value)));
    },
  };

  function begun() {
    return parts.some(([, part]) => { const value = part.value(); return isSet(value) && value !== false; });
  }
}

function list(at) {
  const items = follow(at.schema.items, at.root);
  const choices = choicesOf(items);
  if (choices && at.schema.uniqueItems) return several(at, choices);
  if (!choices && !['string', 'integer', 'number'].includes(typeOf(items))) return json(at);
  const rows = [];
  const container = h('ol', { class: 'rows' });
  const add = h('button', { type: 'button', class: 'quiet small' }, icon('plus'), t('list.add', { label: at.label }));
  const update = () => { add.hidden = rows.length >= (at.schema.maxItems ?? 50); };
  const append = value => {
    const row = { node: nodeOf({ schema: { ...items, title: t('list.item', { label: at.label, number: rows.length + 1 }) }, root: at.root, name: '', required: true, value, depth: at.depth + 1, path: `${at.path}[${rows.length}]` }) };
    const remove = h('button', { type: 'button', class: 'quiet small', 'aria-label': t('list.removeNamed', { label: row.node.fields()[0].label }) }, icon('close'), t('list.remove'));
    row.element = h('li', {}, row.node.element, remove);
    remove.addEventListener('click', () => {
      // Numbers and paths of the others change: they are made anew, with what is in them.
      const kept = rows.filter(other => other !== row).map(other => other.node.value());
      rows.length = 0;
      container.replaceChildren();
      kept.forEach(append);
      announce(t('list.removed', { label: at.label }));
      add.focus();
    });
    rows.push(row);
    container.append(row.element);
    update();
    return row;
  };
  add.addEventListener('click', () => append(undefined).node.fields()[0].focus());
  (Array.isArray(at.value) ? at.value : []).forEach(append);
  if (at.required && rows.length === 0) append(undefined);
  const whole = group(at, [container, add]);
  whole.check = () => (rows.length < (at.schema.minItems ?? 0) && (at.required || rows.length > 0) ? t('list.atLeast', { label: at.label, count: at.schema.minItems }) : null);
  return {
    element: whole.element,
    fields: () => [...rows.flatMap(row => row.node.fields()), whole],
    value: () => (rows.length === 0 && !at.required ? undefined : rows.map(row => row.node.value()).filter(isSet)),
  };
}

/** Several of a fixed list. */
function several(at, choices) {
  const set = new Set((Array.isArray(at.value) ? at.value : []).map(value => JSON.stringify(value)));
  const boxes = choices.map(({ value, label }) => {
    const id = newId('choice');
    const box = h('input', { type: 'checkbox', id, checked: set.has(JSON.stringify(value)) });
    return { value, box, element: h('div', { class: 'choice' }, box, h('label', { for: id }, label)) };
  });
  const chosen = () => boxes.filter(({ box }) => box.checked).map(({ value }) => value);
  const whole = group(at, boxes.map(({ element }) => element), boxes[0].box);
  whole.check = () => (chosen().length < (at.schema.minItems ?? 0) && (at.required || chosen().length > 0) ? t('list.atLeast', { label: at.label, count: at.schema.minItems }) : null);
  return { element: whole.element, fields: () => [whole], value: () => (chosen().length === 0 && !at.required ? undefined : chosen()) };
}

/** A group of controls with a name, a hint and an error. */
function group(at, contents, first = null) {
  const id = newId('group');
  const error = h('p', { class: 'error', id: `${id}-error`, hidden: true });
  const element = h('fieldset', { id, 'aria-describedby': `${id}-error`, tabindex: '-1' },
    h('legend', {}, at.label, !at.required && h('span', { class: 'optional' }, ` ${t('field.optional')}`)), at.hint && h('p', { class: 'hint' }, at.hint), error, contents);
  return {
    element, label: at.label, path: at.path, control: first ?? element,
    focus: () => (first ?? element).focus(),
    check: () => null,
    show(message) {
      error.hidden = !message;
      error.replaceChildren(...(message ? [icon('warning'), message] : []));
    },
  };
}

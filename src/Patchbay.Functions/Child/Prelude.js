// What a script finds beside the language. Everything that leaves the engine goes through the functions of `native`, which take and give
// text only; bytes travel as text of one character a byte.
(function (native) {
    'use strict';

    const { parse, stringify } = JSON;

    const fromBytes = bytes => {
        let text = '';
        for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
        return text;
    };
    const toBytes = text => Uint8Array.from(text, character => character.charCodeAt(0));
    const binary = value => value instanceof Uint8Array ? fromBytes(value) : native.encode(String(value));

    const toBase64Url = bytes => native.toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    const encodings = {
        hex: native.toHex,
        base64: native.toBase64,
        base64url: toBase64Url,
        bytes: toBytes,
    };
    const encoded = (bytes, encoding = 'hex') => {
        if (!Object.hasOwn(encodings, encoding)) throw new TypeError('The encoding is hex, base64, base64url or bytes.');
        return encodings[encoding](bytes);
    };

    class URLSearchParams {
        #pairs = [];

        constructor(from = {}) {
            const pairs = typeof from === 'string'
                ? from.replace(/^\?/, '').split('&').filter(pair => pair).map(pair => {
                    const [name, ...value] = pair.split('=');
                    return [name, value.join('=')].map(part => decodeURIComponent(part.replaceAll('+', ' ')));
                })
                : typeof from[Symbol.iterator] === 'function' ? from : Object.entries(from);
            for (const [name, value] of pairs) this.append(name, value);
        }

        append(name, value) { this.#pairs.push([String(name), String(value)]); }
        get(name) { return this.#pairs.find(pair => pair[0] === name)?.[1] ?? null; }
        has(name) { return this.#pairs.some(pair => pair[0] === name); }
        set(name, value) { this.delete(name); this.append(name, value); }
        delete(name) { this.#pairs = this.#pairs.filter(pair => pair[0] !== name); }
        [Symbol.iterator]() { return this.#pairs[Symbol.iterator](); }
        toString() {
            const escape = text => encodeURIComponent(text)
                .replace(/[!'()~]/g, character => '%' + character.charCodeAt(0).toString(16).toUpperCase())
                .replaceAll('%20', '+');
            return this.#pairs.map(([name, value]) => escape(name) + '=' + escape(value)).join('&');
        }
    }

    class Response {
        #body;

        constructor({ status, headers, body }) {
            this.#body = body ?? '';
            this.status = status;
            this.ok = status >= 200 && status < 300;
            const lines = new Map(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
            this.headers = {
                get: name => lines.get(String(name).toLowerCase()) ?? null,
                has: name => lines.has(String(name).toLowerCase()),
            };
        }

        async text() { return this.#body; }
        async json() { return parse(this.#body); }
    }

    const fetch = async (url, { method = 'GET', headers = {}, body } = {}) => {
        const lines = {};
        for (const [name, value] of typeof headers[Symbol.iterator] === 'function' ? headers : Object.entries(headers)) lines[name] = String(value);
        if (body instanceof URLSearchParams && !Object.keys(lines).some(name => name.toLowerCase() === 'content-type')) {
            lines['Content-Type'] = 'application/x-www-form-urlencoded';
        }
        const answer = parse(native.request(stringify({
            url: String(url),
            method: String(method).toUpperCase(),
            headers: lines,
            body: body === undefined || body === null ? null : String(body),
        })));
        if (answer.error) throw new TypeError(answer.error);
        return new Response(answer);
    };

    const crypto = {
        hash: (algorithm, data, encoding) => encoded(native.hash(String(algorithm), binary(data)), encoding),
        hmac: (algorithm, key, data, encoding) => encoded(native.hmac(String(algorithm), binary(key), binary(data)), encoding),
        randomBytes: count => toBytes(native.random(Number(count))),
        randomUUID: () => native.uuid(),
    };
    const base64 = {
        encode: data => native.toBase64(binary(data)),
        encodeUrl: data => toBase64Url(binary(data)),
        decode: text => native.decode(native.fromBase64(String(text))),
        decodeBytes: text => toBytes(native.fromBase64(String(text))),
    };
    const btoa = text => {
        text = String(text);
        if (/[^\u0000-\u00ff]/.test(text)) throw new TypeError('btoa takes characters up to U+00FF. base64.encode takes any text.');
        return native.toBase64(text);
    };
    const atob = text => native.fromBase64(String(text));

    const silent = () => undefined;
    const console = { log: silent, info: silent, warn: silent, error: silent, debug: silent };

    const globals = { fetch, crypto, base64, btoa, atob, console, URLSearchParams };
    for (const [name, value] of Object.entries(globals)) {
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
    }

    const describe = error => {
        try {
            if (error instanceof Error) return [`${error.name}: ${error.message}`, String(error.stack ?? '')];
            return [typeof error === 'string' ? error : stringify(error) ?? String(error), ''];
        } catch {
            return ['It threw something that cannot be shown.', ''];
        }
    };

    return (authenticate, context) => {
        if (typeof authenticate !== 'function') {
            native.fail('The script defines no function named authenticate.', '');
            return;
        }
        (async () => native.answer(stringify(await authenticate(parse(context))) ?? 'null'))().catch(error => native.fail(...describe(error)));
    };
})

using System.Reflection;
using System.Text.Json;
using Patchbay.Functions.Wire;

namespace Patchbay.Functions.Child;

/// <summary>Loads and compiles what a script may need, while files can still be opened.</summary>
internal static class WarmUp
{
    private const string Script = """
        class Signer {
            #key;
            constructor(key) { this.#key = key; }
            sign(text) { return crypto.hmac('sha256', this.#key, text, 'base64url'); }
        }
        const digests = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'].map(name => crypto.hash(name, 'text') + crypto.hmac(name, 'key', 'text', 'base64'));
        async function authenticate(context) {
            const { values: { key = 'none' }, variables, ...rest } = context;
            const form = new URLSearchParams({ grant_type: 'a b', key });
            const response = await fetch('https://example.com/token?x=' + encodeURIComponent(key), { method: 'POST', headers: { Accept: '*/*' }, body: form });
            const token = response.ok ? await response.json() : null;
            const names = [];
            for (const [name, value] of Object.entries(variables ?? {})) names.push(`${name}=${value}`);
            names.sort((a, b) => a < b ? -1 : 1);
            const now = new Date(), parts = now.toISOString().match(/^(\d+)-(\d+)/);
            const map = new Map([[1, 2n ** 70n]]), set = new Set(names);
            function* count() { yield* [1, 2]; }
            try { null.x; } catch (error) { names.push(error.stack); }
            btoa(atob(base64.encode('ä'))); base64.decode('w6Q'); crypto.randomUUID(); crypto.randomBytes(4);
            JSON.parse(JSON.stringify({ a: [1.5, 'x', null, true], d: now.getTime(), l: now.toLocaleString(), n: (1234.5).toFixed(1) }));
            new Signer(key).sign(parts[1] + [...count()].length + set.size + map.size + Math.floor(Math.random() * 3) + parseInt('12', 10));
            new Uint8Array(new TextOrNothing().bytes);
            if (form.get('key') !== 'none') throw new TypeError('x');
            return { headers: { Authorization: 'Bearer ' + token?.access_token }, query: {}, variables: { names: names.join() } };
        }
        class TextOrNothing { get bytes() { return [1, 2]; } }
        """;

    private const string Failing = "async function authenticate() { throw new Error('x'); }";

    /// <summary>Does it.</summary>
    public static void Run()
    {
        LoadAll();
        // Through JSON as the real one, which compiles that too.
        var message = WireJson.Read(JsonSerializer.SerializeToUtf8Bytes(new RunMessage(Script, """{"values":{},"variables":{"a":"b"},"previous":null}"""), WireJson.Default.RunMessage), WireJson.Default.RunMessage)!;
        var outcome = ScriptEngine.Run(message.Source, message.Context, static _ => """{"status":200,"headers":{"a":"b"},"body":"{\"access_token\":\"t\"}"}""");
        if (outcome.Answer is null) throw new InvalidOperationException($"The script engine does not work: {outcome.Error}");
        JsonSerializer.SerializeToUtf8Bytes(new FailureMessage(FailureReason.Script, ScriptEngine.Run(Failing, "{}", static _ => "").Error, Line: 1), WireJson.Default.FailureMessage);
    }

    /// <summary>Every assembly that the engine refers to, however far: none can be loaded later.</summary>
    private static void LoadAll()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<Assembly>([typeof(Jint.Engine).Assembly, typeof(System.Security.Cryptography.SHA256).Assembly]);
        while (open.TryPop(out var assembly))
        {
            foreach (var reference in assembly.GetReferencedAssemblies().Where(reference => seen.Add(reference.FullName)))
            {
                // Some refer to what is there on another system only.
                if (Load(reference) is { } loaded) open.Push(loaded);
            }
        }
    }

    private static Assembly? Load(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (IOException)
        {
            return null;
        }
    }
}

using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>What a caller asks of the proxy by headers of the prefix <see cref="ProxyHeaders.DirectivePrefix"/>.</summary>
public sealed class ProxyDirectives
{
    /// <summary>Values of connection variables for this request.</summary>
    public const string ConnectionVariableHeader = "X-Versori-Connection-Variable";

    /// <summary>Headers of the caller's that are not passed on.</summary>
    public const string IgnoreHeadersHeader = "X-Versori-Ignore-Headers";

    /// <summary>Another base URL for this request.</summary>
    public const string OverrideBaseUrlHeader = "X-Versori-Override-Base-Url";

    /// <summary>Whether the credential is to be renewed before it is used.</summary>
    public const string ForceRefreshCredentialHeader = "X-Versori-Force-Refresh-Credential";

    private const int MaxVariables = 256;

    private ProxyDirectives(
        IReadOnlyDictionary<string, string> variables, IReadOnlySet<string> ignoredHeaders, TargetAddress? baseUrl, bool forceRefresh)
    {
        Variables = variables;
        IgnoredHeaders = ignoredHeaders;
        OverrideBaseUrl = baseUrl;
        ForceRefreshCredential = forceRefresh;
    }

    /// <summary>Nothing is asked.</summary>
    public static ProxyDirectives None { get; } =
        new(FrozenDictionary<string, string>.Empty, FrozenSet<string>.Empty, baseUrl: null, forceRefresh: false);

    /// <summary>Connection variables that stand in place of the stored ones for this request.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>Names, in any case, of the caller's headers that are not passed on. What credentials set is not theirs.</summary>
    public IReadOnlySet<string> IgnoredHeaders { get; }

    /// <summary>The base URL in place of the connector's, or null. Whether credentials may go there is not decided here.</summary>
    public TargetAddress? OverrideBaseUrl { get; }

    /// <summary>Whether the credential is to be renewed before it is used.</summary>
    public bool ForceRefreshCredential { get; }

    /// <summary>Reads the directives among a request's headers.</summary>
    /// <param name="headers">Name and value of each header line with the prefix, in order; other headers, and directives that are unknown, are passed over.</param>
    /// <returns>What is asked, or everything that is wrong; the subject is the header.</returns>
    public static Outcome<ProxyDirectives> Parse(IEnumerable<KeyValuePair<string, string>> headers)
    {
        Reader? reader = null;
        foreach (var (name, value) in headers)
        {
            if (ProxyHeaders.IsDirective(name)) (reader ??= new Reader()).Read(name, value);
        }

        if (reader is null) return Outcome.Of(None);
        return reader.Faults.Count == 0 ? Outcome.Of(reader.ToDirectives()) : Outcome.Of<ProxyDirectives>(reader.Faults);
    }

    private sealed class Reader
    {
        private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
        private readonly HashSet<string> _ignored = new(StringComparer.OrdinalIgnoreCase);
        private TargetAddress? _baseUrl;
        private bool _forceRefresh;

        public List<Fault> Faults { get; } = [];

        public ProxyDirectives ToDirectives() => new(_variables, _ignored, _baseUrl, _forceRefresh);

        public void Read(string name, string value)
        {
            if (Is(name, ConnectionVariableHeader)) ReadVariables(value);
            else if (Is(name, IgnoreHeadersHeader)) ReadIgnored(value);
            else if (Is(name, OverrideBaseUrlHeader)) ReadBaseUrl(value);
            else if (Is(name, ForceRefreshCredentialHeader)) ReadForceRefresh(value);
        }

        private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);

        private void ReadVariables(string value)
        {
            foreach (var range in value.AsSpan().Split('&'))
            {
                var pair = value.AsSpan(range).Trim(" \t");
                if (pair.IsEmpty) continue;
                var mark = pair.IndexOf('=');
                var name = Decode(mark < 0 ? pair : pair[..mark]);
                var text = mark < 0 ? string.Empty : Decode(pair[(mark + 1)..]);
                if (string.IsNullOrEmpty(name) || text is null)
                {
                    Add(ConnectionVariableHeader, "is not form-encoded, as name=value&name=value");
                    return;
                }

                _variables[name] = text;
                if (_variables.Count <= MaxVariables) continue;
                Add(ConnectionVariableHeader, $"names more than {MaxVariables} variables");
                return;
            }
        }

        private void ReadIgnored(string value)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                var name = value.AsSpan(range).Trim(" \t");
                if (name.IsEmpty) continue;
                if (!HeaderText.IsToken(name))
                {
                    Add(IgnoreHeadersHeader, "is not a list of header names");
                    return;
                }

                _ignored.Add(name.ToString());
            }
        }

        private void ReadBaseUrl(string value)
        {
            if (_baseUrl is not null) Add(OverrideBaseUrlHeader, "is there twice");
            else if (TargetAddress.Parse(value.Trim(' ', '\t')).TryGet(out var address, out var faults)) _baseUrl = address;
            else Faults.AddRange(faults.Select(fault => fault with { Subject = OverrideBaseUrlHeader }));
        }

        private void ReadForceRefresh(string value)
        {
            var text = value.Trim(' ', '\t');
            if (text is "1" or "" || text.Equals("true", StringComparison.OrdinalIgnoreCase)) _forceRefresh = true;
            else if (text is not "0" && !text.Equals("false", StringComparison.OrdinalIgnoreCase)) Add(ForceRefreshCredentialHeader, "is neither true nor false");
        }

        private void Add(string header, string what) => Faults.Add(new Fault(FaultKind.Malformed, header, $"The header {header} {what}."));

        /// <summary>Decodes application/x-www-form-urlencoded text; null where it is not ASCII, or its escapes are none or do not give UTF-8.</summary>
        private static string? Decode(ReadOnlySpan<char> text)
        {
            var bytes = new byte[text.Length];
            var length = 0;
            for (var index = 0; index < text.Length; index++, length++)
            {
                if (text[index] == '%')
                {
                    if (index + 2 >= text.Length
                        || Convert.FromHexString(text.Slice(index + 1, 2), bytes.AsSpan(length, 1), out _, out _) != OperationStatus.Done)
                    {
                        return null;
                    }

                    index += 2;
                }
                else if (char.IsAscii(text[index]))
                {
                    bytes[length] = text[index] == '+' ? (byte)' ' : (byte)text[index];
                }
                else
                {
                    return null;
                }
            }

            try
            {
                return Strict.GetString(bytes, 0, length);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;

namespace Patchbay.Functions;

/// <summary>A custom function as its config holds it: the source, and the places that it may send requests to.</summary>
public sealed class FunctionDefinition
{
    /// <summary>Bytes of a source in UTF-8.</summary>
    public const int LongestSource = 256 * 1024;

    /// <summary>Places that a function may name.</summary>
    public const int MostHosts = 32;

    private readonly AllowedHosts _hosts;

    private FunctionDefinition(string source, AllowedHosts hosts)
    {
        Source = source;
        _hosts = hosts;
    }

    /// <summary>The script, which defines <c>authenticate</c>.</summary>
    public string Source { get; }

    /// <summary>Makes a definition. The source is not looked at: what is wrong with it shows in a run.</summary>
    /// <param name="source">The script.</param>
    /// <param name="allowedHosts">
    /// Origins such as <c>https://login.example.com</c> or <c>http://127.0.0.1:8080</c>; without a scheme it is https, without a port the
    /// scheme's own. Nothing stands for several.
    /// </param>
    /// <param name="definition">The definition, or null.</param>
    /// <param name="faults">Everything that is wrong; the subjects are <c>source</c>, <c>allowedHosts</c> and <c>allowedHosts[0]</c>.</param>
    /// <returns>Whether there is a definition.</returns>
    public static bool TryCreate(
        string source, IReadOnlyList<string> allowedHosts, [NotNullWhen(true)] out FunctionDefinition? definition, out IReadOnlyList<Fault> faults)
    {
        var found = new List<Fault>();
        if (string.IsNullOrWhiteSpace(source)) found.Add(new Fault(FaultKind.Malformed, "source", "The source is empty."));
        else if (Encoding.UTF8.GetByteCount(source) > LongestSource) found.Add(new Fault(FaultKind.TooLong, "source", $"The source has more than {LongestSource} bytes."));

        if (allowedHosts.Count > MostHosts) found.Add(new Fault(FaultKind.TooLong, "allowedHosts", $"More than {MostHosts} hosts are named."));
        found.AddRange(allowedHosts.Index().Where(entry => entry.Item.Contains('*', StringComparison.Ordinal))
            .Select(entry => new Fault(FaultKind.Malformed, $"allowedHosts[{entry.Index}]", "Hosts are named one by one: no asterisk.")));
        if (!AllowedHosts.Parse(allowedHosts).TryGet(out var hosts, out var hostFaults))
            found.AddRange(hostFaults.Select(fault => fault with { Subject = $"allowedHosts{fault.Subject}" }));

        faults = found;
        definition = found.Count == 0 ? new FunctionDefinition(source, hosts!) : null;
        return definition is not null;
    }

    /// <summary>Whether the function may send requests to a place.</summary>
    internal bool MayReach(Origin origin) => _hosts.Contains(origin);
}

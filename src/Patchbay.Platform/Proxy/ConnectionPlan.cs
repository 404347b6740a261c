using Patchbay.Platform.Connections;
using Patchbay.Platform.Credentials;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Proxy;

/// <summary>All that a request through a connection needs, worked out once: where it goes, where its credentials may go, and the credentials.</summary>
internal sealed class ConnectionPlan
{
    public required Ulid OrganisationId { get; init; }
    public required Ulid ConnectorId { get; init; }

    /// <summary>The hub of the end user whose it is; null for the organisation's own.</summary>
    public Ulid? HubId { get; init; }
    public required PlanStamp Stamp { get; init; }
    public required BaseUrlTemplate Template { get; init; }
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Where stored base URL and stored variables lead, or why nowhere.</summary>
    public required Outcome<TargetAddress> StoredAddress { get; init; }

    public required AllowedHosts AllowedHosts { get; init; }

    /// <summary>Applied in this order.</summary>
    public required IReadOnlyList<PlannedCredential> Credentials { get; init; }

    /// <summary>The credentials, where all of them can be applied as they are; null where one has to be prepared for each request.</summary>
    public IReadOnlyList<IRequestCredential>? Ready { get; init; }

    /// <summary>Whether it rests on something that its <see cref="Stamp"/> does not tell of, so that it must be made anew to be believed.</summary>
    public bool Borrows { get; init; }

    /// <summary>When the first of its credentials comes to the end that its owner gave it; null for never.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>How many requests of actions it makes at once and in a time; null for the server's defaults.</summary>
    public ConnectionLimits? Limits { get; init; }

    /// <summary>Why no request can be made, or null.</summary>
    public Failure? Fault { get; init; }

    /// <summary>Why no request of the proxy can be made, though an action can be run; or null.</summary>
    public Failure? NoProxy { get; init; }

    /// <summary>Where a request goes.</summary>
    /// <param name="directives">What the caller asks to be different.</param>
    /// <param name="captured">Variables out of the provider's token answers.</param>
    /// <returns>The address, or <c>host_not_allowed</c> where the credentials must not go.</returns>
    public Outcome<TargetAddress> AddressFor(ProxyDirectives directives, IReadOnlyDictionary<string, string>? captured = null)
    {
        if (Fault is not null)
            return Fault;
        var variables = captured is { Count: > 0 } ? Merged(Variables, captured) : Variables;
        var home = ReferenceEquals(variables, Variables) ? StoredAddress : Expand(Template, variables);
        if (directives.OverrideBaseUrl is null && directives.Variables.Count == 0)
            return home;
        home.Succeeded(out var stored, out _);
        var address = directives.OverrideBaseUrl;
        if (address is null && !Expand(Template, Merged(variables, directives.Variables)).Succeeded(out address, out var failure))
            return failure;

        return address.Origin == stored?.Origin || AllowedHosts.Contains(address.Origin)
            ? address
            : new Failure(FailureKind.Invalid, "host_not_allowed",
                $"The request would take the connection's credentials to {address.Origin}. They go to the connector's base URL and its allowedHosts only.");
    }

    private static Dictionary<string, string> Merged(IReadOnlyDictionary<string, string> variables, IEnumerable<KeyValuePair<string, string>> others)
    {
        var merged = new Dictionary<string, string>(variables, StringComparer.Ordinal);
        foreach (var (name, value) in others)
            merged[name] = value;
        return merged;
    }

    public static Outcome<TargetAddress> Expand(BaseUrlTemplate template, IReadOnlyDictionary<string, string> variables) =>
        template.Expand(new TemplateValues(variables)).TryGet(out var address, out var faults)
            ? address
            : new Failure(FailureKind.Invalid, "base_url_incomplete",
                $"The connector's base URL cannot be filled in for this connection: {string.Join(" ", faults.Select(f => f.Message))}");
}

/// <summary>The times of everything that a plan is made from: equal ones mean an equal plan.</summary>
internal sealed record PlanStamp(DateTimeOffset Connection, DateTimeOffset Connector, DateTimeOffset? Credentials);

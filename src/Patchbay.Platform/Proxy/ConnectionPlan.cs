using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Proxy;

/// <summary>All that a request through a connection needs, worked out once: where it goes, where its credentials may go, and the credentials.</summary>
internal sealed class ConnectionPlan
{
    public required Ulid OrganisationId { get; init; }
    public required Ulid ConnectorId { get; init; }
    public required PlanStamp Stamp { get; init; }
    public required BaseUrlTemplate Template { get; init; }
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Where stored base URL and stored variables lead, or why nowhere.</summary>
    public required Outcome<TargetAddress> StoredAddress { get; init; }

    public required AllowedHosts AllowedHosts { get; init; }

    /// <summary>Applied in this order.</summary>
    public required IReadOnlyList<IRequestCredential> Credentials { get; init; }

    /// <summary>Why no request can be made, or null.</summary>
    public Failure? Fault { get; init; }

    /// <summary>Where a request goes.</summary>
    /// <param name="directives">What the caller asks to be different.</param>
    /// <returns>The address, or <c>host_not_allowed</c> where the credentials must not go.</returns>
    public Outcome<TargetAddress> AddressFor(ProxyDirectives directives)
    {
        if (Fault is not null)
            return Fault;
        if (directives.OverrideBaseUrl is null && directives.Variables.Count == 0)
            return StoredAddress;
        StoredAddress.Succeeded(out var stored, out _);
        var address = directives.OverrideBaseUrl;
        if (address is null)
        {
            var variables = new Dictionary<string, string>(Variables, StringComparer.Ordinal);
            foreach (var (name, value) in directives.Variables)
                variables[name] = value;
            if (!Expand(Template, variables).Succeeded(out address, out var failure))
                return failure;
        }

        return address.Origin == stored?.Origin || AllowedHosts.Contains(address.Origin)
            ? address
            : new Failure(FailureKind.Invalid, "host_not_allowed",
                $"The request would take the connection's credentials to {address.Origin}. They go to the connector's base URL and its allowedHosts only.");
    }

    public static Outcome<TargetAddress> Expand(BaseUrlTemplate template, IReadOnlyDictionary<string, string> variables) =>
        template.Expand(new TemplateValues(variables)).TryGet(out var address, out var faults)
            ? address
            : new Failure(FailureKind.Invalid, "base_url_incomplete",
                $"The connector's base URL cannot be filled in for this connection: {string.Join(" ", faults.Select(f => f.Message))}");
}

/// <summary>The times of everything that a plan is made from: equal ones mean an equal plan.</summary>
internal sealed record PlanStamp(DateTimeOffset Connection, DateTimeOffset Connector, DateTimeOffset? Credentials);

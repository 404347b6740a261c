using Patchbay.Platform.Proxy;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>The address of a next page, as an answer names it: credentials follow it no further than they go anyway.</summary>
internal static class NextTarget
{
    /// <summary>Resolves an address (RFC 3986, 5).</summary>
    /// <param name="plan">The connection.</param>
    /// <param name="current">Where the answer came from; null for the base URL.</param>
    /// <param name="reference">The address, absolute or relative.</param>
    public static Outcome<RawTarget> Of(ConnectionPlan plan, RawTarget? current, string reference)
    {
        if (!plan.AddressFor(ProxyDirectives.None).Succeeded(out var home, out var failure))
            return failure;
        var from = current?.ToUri() ?? new Uri(home.ToString());
        if (!Uri.TryCreate(from, reference, out var address) || Origin.Of(address) is not { } origin || address.UserInfo.Length > 0)
            return new Failure(FailureKind.BadGateway, "next_page_invalid", "What the API names as the address of the next page is none.");
        if (origin != home.Origin && !plan.AllowedHosts.Contains(origin))
        {
            return new Failure(FailureKind.Invalid, "host_not_allowed",
                $"The next page would take the connection's credentials to {origin}. They go to the connector's base URL and its allowedHosts only.");
        }

        return TargetAddress.Parse(origin.ToString()).TryGet(out var root, out var faults) && RawTarget.Join(root, address.PathAndQuery).TryGet(out var target, out faults)
            ? target
            : new Failure(FailureKind.BadGateway, "next_page_invalid", $"What the API names as the address of the next page cannot be used: {faults[0].Message}");
    }
}

using System.Text.Json.Serialization;

namespace Patchbay.OAuth.Profiles;

/// <summary>Where a request carries the access token.</summary>
public enum TokenPlace
{
    /// <summary>In a header (RFC 6750, 2.1).</summary>
    [JsonStringEnumMemberName("header")]
    Header,

    /// <summary>In a parameter of the query (RFC 6750, 2.3), where it ends up in logs; for APIs that take it nowhere else.</summary>
    [JsonStringEnumMemberName("query")]
    Query,
}

/// <summary>How the access token is attached to the requests of a connection.</summary>
public sealed record TokenPlacement
{
    /// <summary>Header or query.</summary>
    public TokenPlace In { get; init; }

    /// <summary>The name of the header or parameter.</summary>
    public string Name { get; init; } = "Authorization";

    /// <summary>
    /// What stands before the token. After a letter or digit a space follows: <c>Bearer</c> gives <c>Bearer abc</c>, <c>Token token=</c>
    /// gives <c>Token token=abc</c>. Empty for the bare token, as in a query.
    /// </summary>
    public string Prefix { get; init; } = "Bearer";

    /// <summary>The value of the header or parameter, not encoded.</summary>
    /// <param name="accessToken">The token.</param>
    public string ValueFor(string accessToken) =>
        Prefix.Length > 0 && char.IsLetterOrDigit(Prefix[^1]) ? $"{Prefix} {accessToken}" : Prefix + accessToken;
}

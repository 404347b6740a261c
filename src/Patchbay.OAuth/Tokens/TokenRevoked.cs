namespace Patchbay.OAuth.Tokens;

/// <summary>That a token is no longer valid (RFC 7009, 2.2).</summary>
public sealed record TokenRevoked;

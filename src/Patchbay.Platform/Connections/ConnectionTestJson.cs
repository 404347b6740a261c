namespace Patchbay.Platform.Connections;

/// <summary>Ours: what a test of a connection showed.</summary>
internal sealed record ConnectionTestJson
{
    /// <summary>Whether every credential that could be tested works; left out where none was, or nothing was shown.</summary>
    public bool? Valid { get; init; }

    /// <summary>The credentials whose auth scheme config has a verification request.</summary>
    public required IReadOnlyList<CredentialTestJson> Credentials { get; init; }

    public static ConnectionTestJson Of(IReadOnlyList<CredentialTest> tests) => new()
    {
        Valid = tests.Any(t => t.Verdict.IsValid == false) ? false : tests.Count > 0 && tests.All(t => t.Verdict.IsValid == true) ? true : null,
        Credentials =
        [
            .. tests.Select(t => new CredentialTestJson
            {
                CredentialId = t.CredentialId,
                AuthSchemeConfigId = t.AuthSchemeConfigId,
                Valid = t.Verdict.IsValid,
                Status = t.Verdict.Status,
                Message = t.Verdict.Message,
            }),
        ],
    };
}

/// <summary>Ours: what the test of a credential showed.</summary>
internal sealed record CredentialTestJson
{
    public required Ulid CredentialId { get; init; }
    public required string AuthSchemeConfigId { get; init; }

    /// <summary>Whether it works; left out where nothing was shown, such as by an API that is down.</summary>
    public bool? Valid { get; init; }

    /// <summary>The status of the API's answer, where there was one.</summary>
    public int? Status { get; init; }

    /// <summary>What was shown, for people.</summary>
    public required string Message { get; init; }
}

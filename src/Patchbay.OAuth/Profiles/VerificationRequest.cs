namespace Patchbay.OAuth.Profiles;

/// <summary>A request that shows whether a connection's credentials work, such as one for the signed-in user.</summary>
public sealed record VerificationRequest
{
    /// <summary>The HTTP method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The URL, absolute or beginning with <c>/</c> behind the base URL. It may have placeholders.</summary>
    public required string Url { get; init; }

    /// <summary>The statuses of an answer that shows valid credentials; where null, every 2xx.</summary>
    public IReadOnlyList<int>? Statuses { get; init; }

    /// <summary>Rules for answers that show invalid credentials all the same; one that holds is enough.</summary>
    public IReadOnlyList<AnswerRule>? Failed { get; init; }
}

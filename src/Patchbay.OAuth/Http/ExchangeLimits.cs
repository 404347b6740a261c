namespace Patchbay.OAuth.Http;

/// <summary>How much one exchange with an endpoint may cost.</summary>
/// <param name="Timeout">For the whole exchange.</param>
/// <param name="MaxAnswerBytes">How long an answer may be, unpacked.</param>
public sealed record ExchangeLimits(TimeSpan Timeout, int MaxAnswerBytes)
{
    /// <summary>30 seconds and one megabyte.</summary>
    public static ExchangeLimits Default { get; } = new(TimeSpan.FromSeconds(30), 1024 * 1024);
}

namespace Patchbay.Platform;

/// <summary>Limits that the operator may move.</summary>
internal sealed record PatchbaySettings
{
    /// <summary>The largest API description that is imported, in bytes.</summary>
    public int MaxDescriptionBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long an upstream may be silent during a proxied exchange.</summary>
    public TimeSpan ProxyIdleTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Whether the server tries at its start whether custom functions can run on the machine, and says so where not.</summary>
    public bool ChecksFunctionsAtStart { get; init; } = true;
}

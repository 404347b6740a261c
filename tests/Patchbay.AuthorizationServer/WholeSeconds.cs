namespace Patchbay.Authorizing;

/// <summary>
/// Time in whole seconds, since tokens carry no parts of one: otherwise a token of one second, issued late in a second, would be dead on arrival. A token is
/// good for its lifetime and at most two seconds more.
/// </summary>
internal sealed class WholeSeconds(TimeProvider clock) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
}

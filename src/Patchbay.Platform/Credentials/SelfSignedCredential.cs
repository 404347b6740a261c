using Patchbay.OAuth;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Refreshing;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Credentials;

/// <summary>A token that we sign ourselves: nobody is asked, so there is nothing to keep but the last one until it is nearly over.</summary>
/// <param name="placement">Where requests carry it.</param>
/// <param name="sign">Makes one; it was seen to work.</param>
/// <param name="lifetime">How long one is good for.</param>
/// <param name="clock">The clock.</param>
internal sealed class SelfSignedCredential(TokenPlacement placement, Func<OAuthResult<string>> sign, TimeSpan lifetime, TimeProvider clock) : IRequestCredential
{
    private volatile Signed? _last;

    public void Apply(OutgoingRequest request)
    {
        var now = clock.GetUtcNow();
        if (_last is not { } signed || RefreshSchedule.IsExpired(signed.At, signed.At + lifetime, now))
            _last = signed = new Signed(now, Make());
        signed.Credential.Apply(request);
    }

    private IRequestCredential Make()
    {
        if (!sign().TryGet(out var token, out var faults))
            throw new InvalidOperationException($"A token that could be signed before cannot be any more: {faults[0].Message}.");
        var value = placement.ValueFor(token);
        return placement.In == TokenPlace.Header
            ? HeaderCredential.Create(placement.Name, value).TryGet(out var header, out _) ? header : NoCredential.Instance
            : QueryCredential.Create(placement.Name, value).TryGet(out var query, out _) ? query : NoCredential.Instance;
    }

    private sealed record Signed(DateTimeOffset At, IRequestCredential Credential);
}

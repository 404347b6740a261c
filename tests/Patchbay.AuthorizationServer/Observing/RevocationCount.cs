using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Patchbay.Authorizing.Observing;

/// <summary>Counts revocation requests that succeeded.</summary>
internal sealed class RevocationCount(Observations observations) : IOpenIddictServerHandler<ApplyRevocationResponseContext>
{
    public ValueTask HandleAsync(ApplyRevocationResponseContext context)
    {
        if (string.IsNullOrEmpty(context.Error))
            observations.Revoked();
        return ValueTask.CompletedTask;
    }
}

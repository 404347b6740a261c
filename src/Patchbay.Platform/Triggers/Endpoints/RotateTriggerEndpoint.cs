using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Triggers.Incoming;

namespace Patchbay.Platform.Triggers.Endpoints;

/// <summary>Gives an endpoint another URL. The one before ends at once, or after a while that the caller names.</summary>
internal sealed class RotateTriggerEndpoint(PatchbayDb db, EndpointChanges endpoints, TriggerTokens tokens, TriggerPlans plans, SecretStore secrets, TimeProvider clock)
{
    private const int MaxGraceSeconds = 7 * 24 * 3600;

    public async Task<Outcome<OpenedEndpoint>> RunAsync(EndpointPath path, int graceSeconds, Precondition precondition, CancellationToken cancellationToken)
    {
        if (graceSeconds is < 0 or > MaxGraceSeconds)
            return Failure.InvalidField("graceSeconds", $"must be a number of seconds from 0 to {MaxGraceSeconds}, a week");
        var token = await tokens.NewAsync();
        var rotated = await endpoints.ChangeAsync(path, precondition, RotateAsync, cancellationToken);
        if (rotated.Succeeded(out var changed, out _))
            plans.ForgetConnection(changed.Row.ConnectionId);
        return rotated;

        async Task<Outcome<OpenedEndpoint>> RotateAsync(OpenedEndpoint found)
        {
            var now = clock.Now();
            var secret = found.Secret with { Token = token };
            var row = found.Row;
            row.PreviousTokenHash = graceSeconds == 0 ? null : row.TokenHash;
            row.PreviousUntil = graceSeconds == 0 ? null : now.AddSeconds(graceSeconds);
            row.TokenHash = TriggerTokens.HashOf(token);
            row.Secret = await secret.SealAsync(db, secrets, row, cancellationToken);
            row.UpdatedAt = now;
            return new OpenedEndpoint(row, secret);
        }
    }
}

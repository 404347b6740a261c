using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.SigningIn;

/// <summary>Deletes sign-ins that are over.</summary>
internal sealed class SignInSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SignInSweep> logger) : Sweep(TimeSpan.FromMinutes(5), scopes, clock, logger)
{
    protected override async Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var now = Clock.Now();
        await services.GetRequiredService<PatchbayDb>().SignInSessions.Where(s => s.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
    }
}

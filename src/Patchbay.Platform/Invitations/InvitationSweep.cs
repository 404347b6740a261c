using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Invitations;

/// <summary>Deletes invitations that have long been over, with the roles that they would have given.</summary>
internal sealed class InvitationSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<InvitationSweep> logger) : Sweep(TimeSpan.FromMinutes(5), scopes, clock, logger)
{
    protected override async Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<PatchbayDb>();
        var old = Clock.Now() - Invitation.KeptFor;
        var over = db.Invitations.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(i => i.ExpiresAt <= old);
        await db.RoleBindings.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(b => b.SubjectKind == RoleSubject.Invitation && over.Any(i => i.Id == b.SubjectId)).ExecuteDeleteAsync(cancellationToken);
        await over.ExecuteDeleteAsync(cancellationToken);
    }
}

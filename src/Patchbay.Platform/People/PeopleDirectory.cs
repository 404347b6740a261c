using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.People;

/// <summary>
/// Knows people: by their ID tokens, and by their id whoever has made sure of it in another way. What they may do is remembered as
/// <see cref="BriefMemory{TKey,TValue}"/> promises. A token is verified once; from then on only its times are looked at.
/// </summary>
internal sealed class PeopleDirectory
{
    private const int MostRemembered = 10_000;

    private readonly IdTokens _tokens;
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _clock;
    private readonly BriefMemory<Ulid, Caller.Person> _people;
    private readonly ConcurrentDictionary<string, Verified> _verified = new(StringComparer.Ordinal);

    public PeopleDirectory(IdTokens tokens, IServiceScopeFactory scopes, TimeProvider clock)
    {
        (_tokens, _scopes, _clock) = (tokens, scopes, clock);
        _people = new(LoadAsync, clock);
    }

    /// <summary>Whether a text has the looks of an ID token, and there is an issuer of such.</summary>
    public bool Takes(ReadOnlySpan<char> token) => _tokens.AreTaken && token.StartsWith("eyJ", StringComparison.Ordinal) && token.Count('.') == 2;

    /// <summary>Who shows an ID token; null for nobody, whatever is wrong with it.</summary>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<Caller?> FindAsync(ReadOnlySpan<char> token, CancellationToken cancellationToken)
    {
        if (token.Length > OAuth.Jwt.SignedToken.MaxLength)
            return ValueTask.FromResult<Caller?>(null);
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token.ToString())));
        if (!_verified.TryGetValue(hash, out var known))
            return VerifyAsync(hash, _tokens.ReadAsync(token, null, cancellationToken), cancellationToken);
        var now = _clock.GetUtcNow();
        if (now >= known.From && now < known.Until)
            return FindAsync(known.PersonId, cancellationToken);
        _verified.TryRemove(hash, out _);
        return ValueTask.FromResult<Caller?>(null);
    }

    /// <summary>A person as caller, by their id; null where there is none.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<Caller?> FindAsync(Ulid personId, CancellationToken cancellationToken) => await _people.FindAsync(personId, cancellationToken);

    /// <summary>Forgets what a person may do, after it was changed.</summary>
    public void Forget(Ulid personId) => _people.Forget(personId);

    /// <summary>Forgets what the people of an organisation may do, after a role was changed or the organisation deleted.</summary>
    public void ForgetOrganisation(Ulid organisationId) => _people.ForgetAll(p => p.ActsFor(organisationId));

    private async ValueTask<Caller?> VerifyAsync(string hash, ValueTask<ReadIdToken?> reading, CancellationToken cancellationToken)
    {
        if (await reading is not { } token)
            return null;
        Ulid person;
        await using (var scope = _scopes.CreateAsyncScope())
            person = await KnowPerson.RunAsync(scope.ServiceProvider.GetRequiredService<PatchbayDb>(), token.Claims, _clock, cancellationToken);
        if (_verified.Count >= MostRemembered)
            _verified.Clear();
        _verified[hash] = new Verified(person, token.From, token.Until);
        return await FindAsync(person, cancellationToken);
    }

    private async Task<Caller.Person?> LoadAsync(Ulid id, Caller.Person? known)
    {
        await using var services = _scopes.CreateAsyncScope();
        var db = services.ServiceProvider.GetRequiredService<PatchbayDb>();
        var scope = services.ServiceProvider.GetRequiredService<RequestScope>();
        if (!await db.People.AnyAsync(p => p.Id == id))
            return null;
        // In which organisations they are is what is being found out.
        var memberships = await db.Members.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Where(m => m.PersonId == id).ToListAsync();
        var allowances = new Dictionary<Ulid, Allowance>();
        foreach (var member in memberships)
        {
            // From here on as the organisation's own: its roles are read behind the tenant filter.
            scope.Enter(Caller.Operator.Instance, member.OrganisationId);
            allowances[member.OrganisationId] = await RoleGrants.WithGroupsAsync(db, RoleSubject.Member, member.Id);
        }

        return new Caller.Person(id, allowances);
    }

    private sealed record Verified(Ulid PersonId, DateTimeOffset From, DateTimeOffset Until);
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;
using Patchbay.Platform.People;

namespace Patchbay.Platform.SigningIn;

/// <summary>
/// Begins, knows and ends sessions. They belong to no organisation and are nobody's change in one: the unit of work is the server's own. What
/// <see cref="BriefMemory{TKey,TValue}"/> promises holds for their end by deletion.
/// </summary>
internal sealed class SignInSessions
{
    private readonly IServiceScopeFactory _scopes;
    private readonly PeopleDirectory _people;
    private readonly OperatorPasswordSource _password;
    private readonly TimeProvider _clock;
    private readonly BriefMemory<string, SignInSession> _known;

    public SignInSessions(IServiceScopeFactory scopes, PeopleDirectory people, OperatorPasswordSource password, TimeProvider clock)
    {
        (_scopes, _people, _password, _clock) = (scopes, people, password, clock);
        _known = new(LoadAsync, clock);
    }

    /// <summary>Begins a session.</summary>
    /// <param name="personId">Who; null for the operator.</param>
    /// <param name="parent">The page session in which a token for the APIs is made; null for one of the pages.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The token, which nobody can read again, and until when it holds.</returns>
    public async Task<(string Token, DateTimeOffset Until)> BeginAsync(Ulid? personId, SignInSession? parent, CancellationToken cancellationToken)
    {
        var now = _clock.Now();
        var token = RandomToken.New(parent is not null ? SignInSession.TokenPrefix : "");
        var until = parent is null ? now + SignInSession.PageLifetime : Earlier(now + SignInSession.ApiLifetime, parent.ExpiresAt);
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        db.Add(new SignInSession
        {
            Id = Identifiers.New(_clock), TokenHash = personId is null ? OfOperator(token) : RandomToken.HexHashOf(token), PersonId = personId, IsForApis = parent is not null, ParentId = parent?.Id, ExpiresAt = until, CreatedAt = now,
        });
        await db.SaveChangesAsync(cancellationToken);
        return (token, until);

        static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
    }

    /// <summary>The session of a token; null where there is none, or it is over.</summary>
    /// <param name="token">The token.</param>
    /// <param name="forApis">Whether it is to open an API.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<SignInSession?> FindAsync(ReadOnlySpan<char> token, bool forApis, CancellationToken cancellationToken) => FindAsync(token.ToString(), forApis, cancellationToken);

    /// <summary>Who shows a token for the APIs; null for nobody.</summary>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<Caller?> CallerOfAsync(ReadOnlySpan<char> token, CancellationToken cancellationToken)
    {
        var finding = FindAsync(token, forApis: true, cancellationToken);
        return FinishAsync(finding, cancellationToken);
    }

    /// <summary>Who a session is; null where they are there no more.</summary>
    public async ValueTask<Caller?> CallerOfAsync(SignInSession session, CancellationToken cancellationToken) =>
        session.PersonId is { } person ? await _people.FindAsync(person, cancellationToken) : Caller.Operator.Instance;

    /// <summary>Ends a session, and the tokens for the APIs that were made in it.</summary>
    public async Task EndAsync(SignInSession session, CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        await db.SignInSessions.Where(s => s.Id == session.Id || s.ParentId == session.Id).ExecuteDeleteAsync(cancellationToken);
        _known.ForgetAll(s => s.Id == session.Id || s.ParentId == session.Id);
    }

    /// <summary>The operator's sessions hold as long as the password by which they began: with another, or none, they are not found any more.</summary>
    private string OfOperator(string token) => RandomToken.HexHashOf($"{token}.{_password.Read()}");

    private async ValueTask<SignInSession?> FindAsync(string token, bool forApis, CancellationToken cancellationToken) =>
        await JudgeAsync(RandomToken.HexHashOf(token), forApis, cancellationToken) ?? await JudgeAsync(OfOperator(token), forApis, cancellationToken);

    private async ValueTask<Caller?> FinishAsync(ValueTask<SignInSession?> finding, CancellationToken cancellationToken) =>
        await finding is { } session ? await CallerOfAsync(session, cancellationToken) : null;

    private async ValueTask<SignInSession?> JudgeAsync(string hash, bool forApis, CancellationToken cancellationToken) =>
        await _known.FindAsync(hash, cancellationToken) is { } known && known.IsForApis == forApis && _clock.GetUtcNow() < known.ExpiresAt ? known : null;

    private async Task<SignInSession?> LoadAsync(string hash, SignInSession? known)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        return await db.SignInSessions.AsNoTracking().FirstOrDefaultAsync(s => s.TokenHash == hash);
    }
}

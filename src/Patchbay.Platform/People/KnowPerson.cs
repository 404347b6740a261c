using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.People;

/// <summary>
/// Finds the person that claims are about, makes them where they come for the first time, and keeps what the issuer says of them now. It is nobody's change
/// and has no audit record: the unit of work must be the server's own.
/// </summary>
internal static class KnowPerson
{
    /// <param name="db">The store, in a scope of its own.</param>
    /// <param name="claims">What the issuer says.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The person's id.</returns>
    public static async Task<Ulid> RunAsync(PatchbayDb db, IdentityClaims claims, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, claims, cancellationToken) is { } known)
        {
            if (!known.Take(claims))
                return known.Id;
            known.UpdatedAt = clock.Now();
            await db.SaveChangesAsync(cancellationToken);
            return known.Id;
        }

        var person = new Person
        {
            Id = Identifiers.New(clock), Issuer = claims.Issuer, Subject = claims.Subject, Email = claims.Email, EmailVerified = claims.EmailVerified, Name = claims.Name,
            Picture = claims.Picture, ClaimsAt = claims.IssuedAt, CreatedAt = clock.Now(), UpdatedAt = clock.Now(),
        };
        db.Add(person);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return person.Id;
        }
        catch (DbUpdateException e) when (db.Dialect.IsUniqueViolation(e))
        {
            // Their first two requests came at once.
            db.ChangeTracker.Clear();
            return (await FindAsync(db, claims, cancellationToken))?.Id ?? throw new DeletedMeanwhileException("person");
        }
    }

    private static Task<Person?> FindAsync(PatchbayDb db, IdentityClaims claims, CancellationToken cancellationToken) =>
        db.People.FirstOrDefaultAsync(p => p.Issuer == claims.Issuer && p.Subject == claims.Subject, cancellationToken);
}

using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Uploads;

/// <summary>
/// Promises to take a file. The signature is random and not computed: what it stands for is in the row, so that it holds on every node, ends with
/// the row, and needs no key that would have to be kept and changed.
/// </summary>
internal sealed class SignUpload(PatchbayDb db, RequestScope scope, PublicAddress address, TimeProvider clock)
{
    /// <summary>How many uploads an organisation may have open at a time.</summary>
    public const int MaxOpen = 20;

    /// <returns>The upload, and the URL to send the file to.</returns>
    public async Task<Outcome<(Upload Upload, string Url)>> RunAsync(string? contentType, long? contentLength, CancellationToken cancellationToken)
    {
        var organisation = scope.OrganisationId!.Value;
        await using var transaction = await db.Dialect.BeginWriteAsync(db, LockOf(organisation), cancellationToken);
        var now = clock.Now();
        if (await db.Uploads.CountAsync(u => u.ExpiresAt > now && u.UsedAt == null, cancellationToken) >= MaxOpen)
        {
            return new Failure(FailureKind.Conflict, "too_many_uploads",
                $"The organisation has {MaxOpen} uploads that wait to be sent or used. Use them, or wait: each ends after {Upload.Lifetime.TotalMinutes} minutes.");
        }

        var signature = UploadUrl.NewSignature();
        var upload = new Upload
        {
            Id = Identifiers.New(clock),
            OrganisationId = organisation,
            SignatureHash = UploadUrl.HashOf(signature),
            ContentType = contentType,
            ContentLength = contentLength,
            CreatedAt = now,
            ExpiresAt = now + Upload.Lifetime,
        };
        db.Add(upload);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (upload, UploadUrl.ToSend(address, upload.Id, signature));
    }

    /// <summary>What is locked by who adds to what an organisation has uploaded.</summary>
    public static Ulid LockOf(Ulid organisationId) => Identifiers.OfPart(organisationId, "uploads");
}

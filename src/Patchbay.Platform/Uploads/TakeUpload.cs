using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Uploads;

/// <summary>A file that was uploaded.</summary>
/// <param name="Id">The upload.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">The media type that it was sent with, or null.</param>
internal sealed record UploadedFile(Ulid Id, byte[] Content, string? ContentType);

/// <summary>
/// Takes an uploaded file out for use. It is used up by the import that comes of it, in the same transaction: what fails, or only looks, leaves it for
/// another try. It is read out of the store, so that no request of the server's own is made for it, and the tenant filter keeps it from every other
/// organisation.
/// </summary>
internal sealed class TakeUpload(PatchbayDb db, TimeProvider clock)
{
    /// <summary>Reads a file.</summary>
    /// <param name="url">The URL that the API gave for it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<UploadedFile>> ReadAsync(string url, CancellationToken cancellationToken)
    {
        if (UploadUrl.IdIn(url) is not { } id)
            return Failure.NotFound("upload");
        if (await db.Uploads.AsNoTracking().FirstOrDefaultAsync(u => u.Id == id, cancellationToken) is not { } upload)
            return Failure.NotFound("upload");
        if (WhyOver(upload, clock.GetUtcNow()) is { } over)
            return over;
        if (upload.Content is not { } content)
        {
            return new Failure(FailureKind.Conflict, "upload_not_received",
                "Nothing has been sent to the upload URL yet. Send the file there with PUT, then use this URL.");
        }

        return new UploadedFile(id, content, upload.ContentType);
    }

    /// <summary>Uses a file up, inside the transaction of what was made of it. Of several at once one gets past this; the others wait, and are told.</summary>
    /// <returns>Why it cannot be used, or null.</returns>
    public async Task<Failure?> UseUpAsync(Ulid id, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        // Whoever had read it while it was good may use it: reading a large description takes a while.
        if (await db.Uploads.Where(u => u.Id == id && u.UsedAt == null && u.Content != null)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.Content, (byte[]?)null).SetProperty(x => x.UsedAt, now), cancellationToken) > 0)
        {
            db.Trail.Touch("upload", id, AuditResource.Deleted);
            return null;
        }

        return await db.Uploads.AsNoTracking().FirstOrDefaultAsync(u => u.Id == id, cancellationToken) is { } upload
            ? WhyOver(upload, now) ?? Expired
            : Failure.NotFound("upload");
    }

    /// <summary>Why an upload is no good any more, or null.</summary>
    public static Failure? WhyOver(Upload upload, DateTimeOffset now) =>
        upload.UsedAt is not null ? new Failure(FailureKind.Gone, "upload_used", "The file was used already; it can be used once. Upload it again.")
        : upload.ExpiresAt <= now ? Expired
        : null;

    private static readonly Failure Expired = new(FailureKind.Gone, "upload_expired", "The URL has expired. Ask for a new one with GetProtocolUploadURL.");
}

using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Uploads;

/// <summary>A file that was uploaded.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">The media type that it was sent with, or null.</param>
internal sealed record UploadedFile(byte[] Content, string? ContentType);

/// <summary>
/// Takes an uploaded file out for use, which can be done once: whatever becomes of it. It is read out of the store, so that no request of the
/// server's own is made for it, and the tenant filter keeps it from every other organisation.
/// </summary>
internal sealed class TakeUpload(PatchbayDb db, TimeProvider clock)
{
    /// <param name="url">The URL that the API gave for it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<UploadedFile>> RunAsync(string url, CancellationToken cancellationToken)
    {
        if (UploadUrl.IdIn(url) is not { } id)
            return Failure.NotFound("upload");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, cancellationToken);
        if (await db.Uploads.FirstOrDefaultAsync(u => u.Id == id, cancellationToken) is not { } upload)
            return Failure.NotFound("upload");
        if (WhyOver(upload, clock.GetUtcNow()) is { } over)
            return over;
        if (upload.Content is not { } content)
        {
            return new Failure(FailureKind.Conflict, "upload_not_received",
                "Nothing has been sent to the upload URL yet. Send the file there with PUT, then use this URL.");
        }

        (upload.Content, upload.UsedAt) = (null, clock.Now());
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
        return new UploadedFile(content, upload.ContentType);
    }

    /// <summary>Why an upload is no good any more, or null.</summary>
    public static Failure? WhyOver(Upload upload, DateTimeOffset now) =>
        upload.UsedAt is not null ? new Failure(FailureKind.Gone, "upload_used", "The file was used already; it can be used once. Upload it again.")
        : upload.ExpiresAt <= now ? new Failure(FailureKind.Gone, "upload_expired", "The URL has expired. Ask for a new one with GetProtocolUploadURL.")
        : null;
}

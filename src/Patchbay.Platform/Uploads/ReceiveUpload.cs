using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Uploads;

/// <summary>Takes the file of an upload, once. Nothing of the body is read before the signature is known to be good.</summary>
internal sealed class ReceiveUpload(PatchbayDb db, PatchbaySettings settings, TimeProvider clock)
{
    private static readonly Failure BadSignature = new(FailureKind.Forbidden, "signature_invalid",
        "The URL is none that was signed here, or was changed. Ask for a new one with GetProtocolUploadURL, and send the file to it as it is.");

    public async Task<Outcome<Done>> RunAsync(string uploadId, string signature, HttpRequest request, CancellationToken cancellationToken)
    {
        // Hashed whether or not there is such an upload, and compared in constant time: the answer shows neither which ids there are nor how
        // near a guess was.
        var hash = UploadUrl.HashOf(signature);
        var promised = Ulid.TryParse(uploadId, out var id) ? await FindAsync(id, cancellationToken) : null;
        if (!CryptographicOperations.FixedTimeEquals(promised?.SignatureHash ?? new byte[SHA256.HashSizeInBytes], hash) || promised is null)
            return BadSignature;
        if (WhyOver(promised) is { } over)
            return over;
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var sent) ? sent.MediaType.ToString().ToLowerInvariant() : null;
        if (promised.ContentType is { } wanted && wanted != type)
        {
            return new Failure(FailureKind.UnsupportedMediaType, "unsupported_media_type",
                $"The URL was signed for the media type {wanted}: send the header Content-Type: {wanted}.");
        }

        var limit = (int)Math.Min(promised.ContentLength ?? settings.MaxDescriptionBytes, settings.MaxDescriptionBytes);
        var read = await JsonBody.ReadBytesAsync(request, limit, cancellationToken);
        if (!read.Succeeded(out var content, out var failure))
            return failure;
        if (promised.ContentLength is { } length && content.Length != length)
            return new Failure(FailureKind.Invalid, "content_length_mismatch", $"The URL was signed for a file of {length} bytes; this one has {content.Length}.");
        if (content.Length == 0)
            return new Failure(FailureKind.Invalid, "empty_file", "The body is empty; it must be the file.");
        return await StoreAsync(promised, type, content, cancellationToken);
    }

    private async Task<Outcome<Done>> StoreAsync(Upload promised, string? type, byte[] content, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Dialect.BeginWriteAsync(db, SignUpload.LockOf(promised.OrganisationId), cancellationToken);
        // Whoever knows the signature acts for the organisation, as far as this one row goes.
        var uploads = db.Uploads.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(u => u.OrganisationId == promised.OrganisationId);
        if (await uploads.FirstOrDefaultAsync(u => u.Id == promised.Id, cancellationToken) is not { } upload)
            return BadSignature;
        if (WhyOver(upload) is { } over)
            return over;
        var now = clock.Now();
        var kept = await uploads.Where(u => u.Content != null && u.ExpiresAt > now).SumAsync(u => u.ContentLength ?? 0, cancellationToken);
        if (kept + content.Length > 2L * settings.MaxDescriptionBytes)
        {
            return new Failure(FailureKind.Conflict, "uploads_full",
                $"The organisation has {kept} bytes of uploads that nobody has used yet, and may have {2L * settings.MaxDescriptionBytes}. Use them, or wait until they end.");
        }

        (upload.Content, upload.ContentLength, upload.ContentType) = (content, content.Length, type);
        (upload.ReceivedAt, upload.ExpiresAt) = (now, now + Upload.Lifetime);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Done();
    }

    private Task<Upload?> FindAsync(Ulid id, CancellationToken cancellationToken) =>
        // The organisation is what is being found out; the signature admits to it. The content is not read: it may be large.
        db.Uploads.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(u => u.Id == id).Select(u => new Upload
        {
            Id = u.Id, OrganisationId = u.OrganisationId, SignatureHash = u.SignatureHash, ContentType = u.ContentType, ContentLength = u.ContentLength,
            CreatedAt = u.CreatedAt, ExpiresAt = u.ExpiresAt, ReceivedAt = u.ReceivedAt, UsedAt = u.UsedAt,
        }).AsNoTracking().FirstOrDefaultAsync(cancellationToken);

    private Failure? WhyOver(Upload upload) =>
        upload.ReceivedAt is not null
            ? new Failure(FailureKind.Conflict, "upload_received", "A file was sent to this URL already; each takes one. Ask for a new one with GetProtocolUploadURL.")
            : TakeUpload.WhyOver(upload, clock.GetUtcNow());
}

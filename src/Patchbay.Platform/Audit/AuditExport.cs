using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Audit;

/// <summary>Writes records as lines of JSON, oldest first.</summary>
internal static class AuditExport
{
    private const int Page = 500;

    /// <summary>Writes records. The store is asked page by page, so that a slow reader keeps nothing open there.</summary>
    /// <param name="records">Records of one chain.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many there were.</returns>
    public static async Task<long> WriteAsync(IQueryable<AuditRecord> records, Stream output, CancellationToken cancellationToken)
    {
        var (after, count) = (0L, 0L);
        while (await records.AsNoTracking().Where(r => r.Sequence > after).OrderBy(r => r.Sequence).Take(Page).ToListAsync(cancellationToken) is { Count: > 0 } page)
        {
            foreach (var record in page)
            {
                await JsonSerializer.SerializeAsync(output, AuditRecordJson.Of(record), ApiJson.Options, cancellationToken);
                await output.WriteAsync("\n"u8.ToArray(), cancellationToken);
            }

            await output.FlushAsync(cancellationToken);
            (after, count) = (page[^1].Sequence, count + page.Count);
        }

        return count;
    }
}

using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;

namespace Patchbay.Storage.Sqlite;

/// <content>Audit chains. Their records are written while EF is about to commit, so it cannot be asked to do it.</content>
internal sealed partial class SqliteDialect
{
    /// <summary>The one writer that there is has everything to itself.</summary>
    public async Task<AuditHead?> HoldAuditHeadAsync(PatchbayDb db, Ulid organisationId, CancellationToken cancellationToken)
    {
        await using var read = Command(db, "SELECT sequence, hash, anchor_sequence, anchor_hash, code FROM audit_heads WHERE organisation_id = $id");
        read.Parameters.AddWithValue("$id", organisationId.ToString());
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new AuditHead
            {
                OrganisationId = organisationId,
                Sequence = reader.GetInt64(0),
                Hash = reader.GetFieldValue<byte[]>(1),
                AnchorSequence = reader.GetInt64(2),
                AnchorHash = reader.GetFieldValue<byte[]>(3),
                Code = reader.GetFieldValue<byte[]>(4),
            }
            : null;
    }

    public async Task AppendAuditAsync(PatchbayDb db, AuditHead head, IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken)
    {
        await using var insert = Command(db, """
            INSERT INTO audit_records (organisation_id, sequence, at_microseconds, actor, operation, outcome, count, resources, previous_hash, hash, code)
            VALUES ($organisation, $sequence, $at, $actor, $operation, $outcome, $count, $resources, $previous, $hash, $code)
            """);
        foreach (var record in records)
        {
            insert.Parameters.Clear();
            insert.Parameters.AddWithValue("$organisation", record.OrganisationId.ToString());
            insert.Parameters.AddWithValue("$sequence", record.Sequence);
            insert.Parameters.AddWithValue("$at", record.AtMicroseconds);
            insert.Parameters.AddWithValue("$actor", record.Actor);
            insert.Parameters.AddWithValue("$operation", record.Operation);
            insert.Parameters.AddWithValue("$outcome", record.Outcome);
            insert.Parameters.AddWithValue("$count", record.Count);
            insert.Parameters.AddWithValue("$resources", record.Resources);
            insert.Parameters.AddWithValue("$previous", record.PreviousHash);
            insert.Parameters.AddWithValue("$hash", record.Hash);
            insert.Parameters.AddWithValue("$code", record.Code);
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var put = Command(db, """
            INSERT INTO audit_heads (organisation_id, sequence, hash, anchor_sequence, anchor_hash, code)
            VALUES ($organisation, $sequence, $hash, $anchor, $anchored, $code)
            ON CONFLICT (organisation_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash,
                anchor_sequence = excluded.anchor_sequence, anchor_hash = excluded.anchor_hash, code = excluded.code
            """);
        put.Parameters.AddWithValue("$organisation", head.OrganisationId.ToString());
        put.Parameters.AddWithValue("$sequence", head.Sequence);
        put.Parameters.AddWithValue("$hash", head.Hash);
        put.Parameters.AddWithValue("$anchor", head.AnchorSequence);
        put.Parameters.AddWithValue("$anchored", head.AnchorHash);
        put.Parameters.AddWithValue("$code", head.Code);
        await put.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<bool> HasOrganisationAsync(PatchbayDb db, Ulid organisationId, CancellationToken cancellationToken)
    {
        await using var read = Command(db, "SELECT 1 FROM organisations WHERE id = $id");
        read.Parameters.AddWithValue("$id", organisationId.ToString());
        return await read.ExecuteScalarAsync(cancellationToken) is not null;
    }
}

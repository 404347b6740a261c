using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;

namespace Patchbay.Storage.Postgres;

/// <content>Audit chains. Their records are written while EF is about to commit, so it cannot be asked to do it.</content>
internal sealed partial class PostgresDialect
{
    public async Task<AuditHead?> HoldAuditHeadAsync(PatchbayDb db, Ulid organisationId, CancellationToken cancellationToken)
    {
        await using var read = Command(db, "SELECT sequence, hash, anchor_sequence, anchor_hash, code FROM audit_heads WHERE organisation_id = @id FOR UPDATE");
        read.Parameters.AddWithValue("id", organisationId.ToString());
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new AuditHead
            {
                OrganisationId = organisationId,
                Sequence = reader.GetInt64(0),
                Hash = await reader.GetFieldValueAsync<byte[]>(1, cancellationToken),
                AnchorSequence = reader.GetInt64(2),
                AnchorHash = await reader.GetFieldValueAsync<byte[]>(3, cancellationToken),
                Code = await reader.GetFieldValueAsync<byte[]>(4, cancellationToken),
            }
            : null;
    }

    /// <summary>All of it in one round trip: others wait for the head meanwhile.</summary>
    public async Task AppendAuditAsync(PatchbayDb db, AuditHead head, IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(
            (NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction());
        foreach (var record in records)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                INSERT INTO audit_records (organisation_id, sequence, at_microseconds, actor, operation, outcome, count, resources, previous_hash, hash, code)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                """)
            {
                Parameters =
                {
                    new() { Value = record.OrganisationId.ToString() }, new() { Value = record.Sequence }, new() { Value = record.AtMicroseconds },
                    new() { Value = record.Actor }, new() { Value = record.Operation }, new() { Value = record.Outcome }, new() { Value = record.Count },
                    new() { Value = record.Resources }, new() { Value = record.PreviousHash }, new() { Value = record.Hash }, new() { Value = record.Code },
                },
            });
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            INSERT INTO audit_heads (organisation_id, sequence, hash, anchor_sequence, anchor_hash, code) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (organisation_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash,
                anchor_sequence = excluded.anchor_sequence, anchor_hash = excluded.anchor_hash, code = excluded.code
            """)
        {
            Parameters =
            {
                new() { Value = head.OrganisationId.ToString() }, new() { Value = head.Sequence }, new() { Value = head.Hash },
                new() { Value = head.AnchorSequence }, new() { Value = head.AnchorHash }, new() { Value = head.Code },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<bool> HasOrganisationAsync(PatchbayDb db, Ulid organisationId, CancellationToken cancellationToken)
    {
        await using var read = Command(db, "SELECT 1 FROM organisations WHERE id = @id");
        read.Parameters.AddWithValue("id", organisationId.ToString());
        return await read.ExecuteScalarAsync(cancellationToken) is not null;
    }
}

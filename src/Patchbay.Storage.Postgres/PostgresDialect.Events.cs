using System.Buffers.Binary;
using Npgsql;
using NpgsqlTypes;
using Patchbay.Platform.Events;
using Patchbay.Platform.Organisations;

namespace Patchbay.Storage.Postgres;

/// <content>The storing of events.</content>
internal sealed partial class PostgresDialect
{
    public async Task<IReadOnlyList<EventFate>> StoreEventsAsync(IReadOnlyList<ReceivedEvent> events, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var versions = await HoldKeysAsync(connection, transaction, [.. events.Select(e => e.OrganisationId).Distinct()], cancellationToken);
        var fates = new EventFate[events.Count];
        var storing = new List<int>(events.Count);
        for (var i = 0; i < fates.Length; i++)
        {
            if (!versions.TryGetValue(events[i].OrganisationId, out var version))
                fates[i] = EventFate.NoOrganisation;
            else if (version != events[i].KeyVersion)
                fates[i] = EventFate.OutdatedKey;
            else
                storing.Add(i);
        }

        if (storing.Count > 0)
        {
            // In one order of their keys, so that two nodes that store the same duplicates wait for each other instead of blocking each other.
            storing.Sort((a, b) => Compare(events[a].DuplicateKey, events[b].DuplicateKey));
            var stored = await InsertAsync(connection, transaction, [.. storing.Select(i => events[i])], cancellationToken);
            foreach (var i in storing)
                fates[i] = stored.Contains(events[i].Id.ToString()) ? EventFate.Stored : EventFate.Duplicate;
        }

        await transaction.CommitAsync(cancellationToken);
        return fates;

        static int Compare(byte[]? a, byte[]? b) => a.AsSpan().SequenceCompareTo(b);
    }

    /// <summary>Holds the keys of organisations, shared, until the transaction ends, and reads behind the locks which are in force.</summary>
    private static async Task<Dictionary<Ulid, int>> HoldKeysAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Ulid[] organisations, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        // A statement of its own: what the next one sees begins when this one has the locks.
        var take = new NpgsqlBatchCommand("SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1) AS k (key)");
        take.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. organisations.Select(o => NumberOf(OrganisationKeys.LockOf(o))).Order()] });
        batch.BatchCommands.Add(take);
        var read = new NpgsqlBatchCommand("SELECT id, key_version FROM organisations WHERE id = ANY ($1)");
        read.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. organisations.Select(o => o.ToString())] });
        batch.BatchCommands.Add(read);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var versions = new Dictionary<Ulid, int>();
        while (await reader.ReadAsync(cancellationToken))
            versions.Add(Ulid.Parse(reader.GetString(0)), reader.GetInt32(1));
        return versions;
    }

    /// <returns>The ids of those that were stored.</returns>
    private static async Task<HashSet<string>> InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ReceivedEvent[] events, CancellationToken cancellationToken)
    {
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO events (id, organisation_id, connector_id, connection_id, trigger_name, version_name, origin, received_at, content, duplicate_key, fanned_out)
            SELECT id, organisation, connector, connection, trigger, version, origin, received, content, duplicate,
                NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.connector_id = connector AND s.organisation_id = organisation)
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                AS e (id, organisation, connector, connection, trigger, version, origin, received, content, duplicate)
            ON CONFLICT (connection_id, trigger_name, duplicate_key) WHERE duplicate_key IS NOT NULL DO NOTHING
            RETURNING id
            """,
            connection, transaction);
        Add(NpgsqlDbType.Text, [.. events.Select(e => e.Id.ToString())]);
        Add(NpgsqlDbType.Text, [.. events.Select(e => e.OrganisationId.ToString())]);
        Add(NpgsqlDbType.Text, [.. events.Select(e => e.ConnectorId.ToString())]);
        Add(NpgsqlDbType.Text, [.. events.Select(e => e.ConnectionId.ToString())]);
        Add(NpgsqlDbType.Text, [.. events.Select(e => e.TriggerName)]);
        Add(NpgsqlDbType.Text, [.. events.Select(e => e.VersionName)]);
        insert.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. events.Select(e => (int)e.Origin)] });
        insert.Parameters.Add(new NpgsqlParameter<DateTimeOffset[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, TypedValue = [.. events.Select(e => e.ReceivedAt)] });
        insert.Parameters.Add(new NpgsqlParameter<byte[][]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, TypedValue = [.. events.Select(e => e.Content)] });
        insert.Parameters.Add(new NpgsqlParameter<byte[]?[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, TypedValue = [.. events.Select(e => e.DuplicateKey)] });
        var stored = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await insert.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            stored.Add(reader.GetString(0));
        return stored;

        void Add(NpgsqlDbType type, string[] values) =>
            insert.Parameters.Add(new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values });
    }

    /// <summary>The number of the advisory lock of a key: 64 random bits of the id.</summary>
    private static long NumberOf(Ulid key)
    {
        Span<byte> id = stackalloc byte[16];
        key.TryWriteBytes(id);
        return BinaryPrimitives.ReadInt64BigEndian(id[8..]);
    }
}

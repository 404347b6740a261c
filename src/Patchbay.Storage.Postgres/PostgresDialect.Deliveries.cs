using Npgsql;
using NpgsqlTypes;
using Patchbay.Platform.Data;
using Patchbay.Platform.Subscriptions;
using Patchbay.Platform.Subscriptions.Sending;

namespace Patchbay.Storage.Postgres;

/// <content>The rows that each event costs, many of them in one statement.</content>
internal sealed partial class PostgresDialect
{
    public bool HasOneServer => false;

    public async Task StoreDeliveriesAsync(PatchbayDb db, IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        if (deliveries.Count == 0)
            return;
        await using var insert = Command(db, """
            INSERT INTO deliveries (id, organisation_id, event_id, subscription_id, connection_id, replay, activation_id, state, attempts, next_attempt_at, created_at, updated_at)
            SELECT id, organisation, event, subscription, connection, replay, activation, state, 0, next, created, created
            FROM unnest(@ids, @organisations, @events, @subscriptions, @connections, @replays, @activations, @states, @nexts, @createds)
                AS d (id, organisation, event, subscription, connection, replay, activation, state, next, created)
            ON CONFLICT (subscription_id, event_id, replay, activation_id) DO NOTHING
            """);
        Add(insert, "ids", deliveries.Select(d => d.Id.ToString()));
        Add(insert, "organisations", deliveries.Select(d => d.OrganisationId.ToString()));
        Add(insert, "events", deliveries.Select(d => d.EventId.ToString()));
        Add(insert, "subscriptions", deliveries.Select(d => d.SubscriptionId.ToString()));
        Add(insert, "connections", deliveries.Select(d => d.ConnectionId.ToString()));
        Add(insert, "replays", deliveries.Select(d => d.Replay.ToString()));
        Add(insert, "activations", deliveries.Select(d => d.ActivationId.ToString()));
        Add(insert, "states", deliveries.Select(d => (int)d.State));
        Add(insert, "nexts", deliveries.Select(d => d.NextAttemptAt));
        Add(insert, "createds", deliveries.Select(d => d.CreatedAt));
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task StoreAttemptsAsync(PatchbayDb db, IReadOnlyList<AttemptRecord> attempts, CancellationToken cancellationToken)
    {
        await using (var insert = Command(db, """
            INSERT INTO delivery_attempts (id, delivery_id, organisation_id, at, duration_ms, status, error, excerpt)
            SELECT a.id, delivery, organisation, at, duration, status, error, excerpt
            FROM unnest(@ids, @deliveries, @organisations, @ats, @durations, @statuses, @errors, @excerpts)
                AS a (id, delivery, organisation, at, duration, status, error, excerpt)
            WHERE EXISTS (SELECT 1 FROM deliveries d WHERE d.id = a.delivery)
            """))
        {
            Add(insert, "ids", attempts.Select(a => a.Attempt.Id.ToString()));
            Add(insert, "deliveries", attempts.Select(a => a.Attempt.DeliveryId.ToString()));
            Add(insert, "organisations", attempts.Select(a => a.Attempt.OrganisationId.ToString()));
            Add(insert, "ats", attempts.Select(a => a.Attempt.At));
            Add(insert, "durations", attempts.Select(a => a.Attempt.DurationMs));
            insert.Parameters.Add(new NpgsqlParameter<int?[]>("statuses", NpgsqlDbType.Array | NpgsqlDbType.Integer) { TypedValue = [.. attempts.Select(a => a.Attempt.Status)] });
            insert.Parameters.Add(new NpgsqlParameter<string?[]>("errors", NpgsqlDbType.Array | NpgsqlDbType.Text) { TypedValue = [.. attempts.Select(a => a.Attempt.Error)] });
            insert.Parameters.Add(new NpgsqlParameter<byte[]?[]>("excerpts", NpgsqlDbType.Array | NpgsqlDbType.Bytea) { TypedValue = [.. attempts.Select(a => a.Attempt.Excerpt)] });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        // One delivery stands once in it: the last of its attempts says what became of it.
        var last = attempts.GroupBy(a => a.Attempt.DeliveryId).Select(g => g.Last()).OrderBy(a => a.Attempt.DeliveryId).ToList();
        await using var update = Command(db, """
            UPDATE deliveries d SET state = u.state, attempts = u.attempts, next_attempt_at = u.next, updated_at = u.updated
            FROM unnest(@ids, @states, @attempts, @nexts, @updateds) AS u (id, state, attempts, next, updated)
            WHERE d.id = u.id AND d.state = 0
            """);
        Add(update, "ids", last.Select(a => a.Attempt.DeliveryId.ToString()));
        Add(update, "states", last.Select(a => (int)a.State));
        Add(update, "attempts", last.Select(a => a.Attempts));
        Add(update, "nexts", last.Select(a => a.NextAttemptAt));
        Add(update, "updateds", last.Select(a => a.UpdatedAt));
        await update.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Add(NpgsqlCommand command, string name, IEnumerable<string> values) =>
        command.Parameters.Add(new NpgsqlParameter<string[]>(name, NpgsqlDbType.Array | NpgsqlDbType.Text) { TypedValue = [.. values] });

    private static void Add(NpgsqlCommand command, string name, IEnumerable<int> values) =>
        command.Parameters.Add(new NpgsqlParameter<int[]>(name, NpgsqlDbType.Array | NpgsqlDbType.Integer) { TypedValue = [.. values] });

    private static void Add(NpgsqlCommand command, string name, IEnumerable<DateTimeOffset> values) =>
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset[]>(name, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz) { TypedValue = [.. values] });
}

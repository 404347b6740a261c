using Microsoft.Data.Sqlite;
using Patchbay.Platform.Data;
using Patchbay.Platform.Subscriptions;
using Patchbay.Platform.Subscriptions.Sending;

namespace Patchbay.Storage.Sqlite;

/// <content>The rows that each event costs, with commands that are prepared once for many of them.</content>
internal sealed partial class SqliteDialect
{
    public bool HasOneServer => true;

    public async Task StoreDeliveriesAsync(PatchbayDb db, IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        if (deliveries.Count == 0)
            return;
        await using var insert = Command(db, """
            INSERT INTO deliveries (id, organisation_id, event_id, subscription_id, connection_id, replay, activation_id, state, attempts, next_attempt_at, created_at, updated_at)
            VALUES ($id, $organisation, $event, $subscription, $connection, $replay, $activation, $state, 0, $next, $created, $created)
            ON CONFLICT (subscription_id, event_id, replay, activation_id) DO NOTHING
            """);
        var (id, organisation) = (insert.Parameters.Add("$id", SqliteType.Text), insert.Parameters.Add("$organisation", SqliteType.Text));
        var (received, subscription) = (insert.Parameters.Add("$event", SqliteType.Text), insert.Parameters.Add("$subscription", SqliteType.Text));
        var (connection, replay) = (insert.Parameters.Add("$connection", SqliteType.Text), insert.Parameters.Add("$replay", SqliteType.Text));
        var (activation, state) = (insert.Parameters.Add("$activation", SqliteType.Text), insert.Parameters.Add("$state", SqliteType.Integer));
        var (next, created) = (insert.Parameters.Add("$next", SqliteType.Integer), insert.Parameters.Add("$created", SqliteType.Integer));
        await insert.PrepareAsync(cancellationToken);
        foreach (var row in deliveries)
        {
            (id.Value, organisation.Value, received.Value) = (row.Id.ToString(), row.OrganisationId.ToString(), row.EventId.ToString());
            (subscription.Value, connection.Value, replay.Value) = (row.SubscriptionId.ToString(), row.ConnectionId.ToString(), row.Replay.ToString());
            (activation.Value, state.Value) = (row.ActivationId.ToString(), (int)row.State);
            next.Value = MicrosecondsConverter.ToMicroseconds(row.NextAttemptAt);
            created.Value = MicrosecondsConverter.ToMicroseconds(row.CreatedAt);
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public async Task StoreAttemptsAsync(PatchbayDb db, IReadOnlyList<AttemptRecord> attempts, CancellationToken cancellationToken)
    {
        await using var update = Command(db, """
            UPDATE deliveries SET state = $state, attempts = $attempts, next_attempt_at = $next, updated_at = $updated WHERE id = $id AND state = 0
            """);
        var (state, count) = (update.Parameters.Add("$state", SqliteType.Integer), update.Parameters.Add("$attempts", SqliteType.Integer));
        var (next, updated) = (update.Parameters.Add("$next", SqliteType.Integer), update.Parameters.Add("$updated", SqliteType.Integer));
        var delivery = update.Parameters.Add("$id", SqliteType.Text);
        await using var insert = Command(db, """
            INSERT INTO delivery_attempts (id, delivery_id, organisation_id, at, duration_ms, status, error, excerpt)
            SELECT $id, $delivery, $organisation, $at, $duration, $status, $error, $excerpt WHERE EXISTS (SELECT 1 FROM deliveries WHERE id = $delivery)
            """);
        var (id, of) = (insert.Parameters.Add("$id", SqliteType.Text), insert.Parameters.Add("$delivery", SqliteType.Text));
        var (organisation, at) = (insert.Parameters.Add("$organisation", SqliteType.Text), insert.Parameters.Add("$at", SqliteType.Integer));
        var (duration, status) = (insert.Parameters.Add("$duration", SqliteType.Integer), insert.Parameters.Add("$status", SqliteType.Integer));
        var (error, excerpt) = (insert.Parameters.Add("$error", SqliteType.Text), insert.Parameters.Add("$excerpt", SqliteType.Blob));
        await update.PrepareAsync(cancellationToken);
        await insert.PrepareAsync(cancellationToken);
        foreach (var record in attempts)
        {
            var row = record.Attempt;
            (id.Value, of.Value, organisation.Value) = (row.Id.ToString(), row.DeliveryId.ToString(), row.OrganisationId.ToString());
            (at.Value, duration.Value) = (MicrosecondsConverter.ToMicroseconds(row.At), row.DurationMs);
            (status.Value, error.Value, excerpt.Value) = ((object?)row.Status ?? DBNull.Value, (object?)row.Error ?? DBNull.Value, (object?)row.Excerpt ?? DBNull.Value);
            await insert.ExecuteNonQueryAsync(cancellationToken);
            (state.Value, count.Value, delivery.Value) = ((int)record.State, record.Attempts, row.DeliveryId.ToString());
            (next.Value, updated.Value) = (MicrosecondsConverter.ToMicroseconds(record.NextAttemptAt), MicrosecondsConverter.ToMicroseconds(record.UpdatedAt));
            await update.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}

using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Audit;

/// <summary>The place that every change passes: before a transaction commits, it writes down what the unit of work was doing.</summary>
internal sealed class RecordedCommit : DbTransactionInterceptor
{
    public static readonly RecordedCommit Interceptor = new();

    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is PatchbayDb db)
            await db.RecordAsync(cancellationToken);
        return result;
    }

    public override InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result) =>
        eventData.Context is PatchbayDb { Trail.HasWord: true }
            ? throw new InvalidOperationException("A change is committed by CommitAsync or SaveChangesAsync: its record is written on the way.")
            : result;
}

/// <summary>Refuses a write outside a transaction, which would pass by <see cref="RecordedCommit"/>.</summary>
internal sealed class RecordedWrite : DbCommandInterceptor
{
    public static readonly RecordedWrite Interceptor = new();

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (command.Transaction is null && eventData.Context is PatchbayDb { Trail.IsRecorded: true } && Changes(command.CommandText))
        {
            throw new InvalidOperationException(
                "A request writes inside a transaction (IStoreDialect.BeginWriteAsync), whose commit leaves an audit record. What is no change: AuditTrail.BeginStep.");
        }

        return ValueTask.FromResult(result);
    }

    private static bool Changes(string sql)
    {
        var text = sql.AsSpan().TrimStart();
        return text.StartsWith("UPDATE", StringComparison.OrdinalIgnoreCase) || text.StartsWith("DELETE", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("INSERT", StringComparison.OrdinalIgnoreCase) || text.StartsWith("WITH", StringComparison.OrdinalIgnoreCase);
    }
}

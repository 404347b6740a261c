using System.Data.Common;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Patchbay.Storage.Sqlite;

/// <summary>A write transaction that lets the next writer in when it ends.</summary>
internal sealed class QueuedTransaction(IDbContextTransaction transaction, SemaphoreSlim writers)
    : IDbContextTransaction, IInfrastructure<DbTransaction>
{
    private bool _ended;

    public Guid TransactionId => transaction.TransactionId;

    DbTransaction IInfrastructure<DbTransaction>.Instance => transaction.GetDbTransaction();

    public void Commit() => transaction.Commit();

    public Task CommitAsync(CancellationToken cancellationToken = default) => transaction.CommitAsync(cancellationToken);

    public void Rollback() => transaction.Rollback();

    public Task RollbackAsync(CancellationToken cancellationToken = default) => transaction.RollbackAsync(cancellationToken);

    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        try
        {
            transaction.Dispose();
        }
        finally
        {
            writers.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended)
            return;
        _ended = true;
        try
        {
            await transaction.DisposeAsync();
        }
        finally
        {
            writers.Release();
        }
    }
}

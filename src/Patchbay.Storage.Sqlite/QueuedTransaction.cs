using System.Data.Common;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Patchbay.Storage.Sqlite;

/// <summary>A write transaction that lets the next writer in when it ends.</summary>
internal sealed class QueuedTransaction(IDbContextTransaction transaction, SemaphoreSlim writers)
    : IDbContextTransaction, IInfrastructure<DbTransaction>
{
    private bool _decided;
    private bool _ended;

    public Guid TransactionId => transaction.TransactionId;

    DbTransaction IInfrastructure<DbTransaction>.Instance => transaction.GetDbTransaction();

    public void Commit()
    {
        transaction.Commit();
        _decided = true;
    }

    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        await transaction.CommitAsync(cancellationToken);
        _decided = true;
    }

    public void Rollback()
    {
        transaction.Rollback();
        _decided = true;
    }

    public async Task RollbackAsync(CancellationToken cancellationToken = default)
    {
        await transaction.RollbackAsync(cancellationToken);
        _decided = true;
    }

    /// <summary>Undoes what was not committed. EF leaves that to whoever began the transaction, and without it the store stays locked.</summary>
    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        try
        {
            if (!_decided)
                transaction.Rollback();
            transaction.Dispose();
        }
        finally
        {
            writers.Release();
        }
    }

    /// <summary>Undoes what was not committed. EF leaves that to whoever began the transaction, and without it the store stays locked.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended)
            return;
        _ended = true;
        try
        {
            if (!_decided)
                await transaction.RollbackAsync(CancellationToken.None);
            await transaction.DisposeAsync();
        }
        finally
        {
            writers.Release();
        }
    }
}

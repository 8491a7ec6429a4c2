using Migrations.Tables;

namespace Migrations.Databases;

/// <summary>Reads the rows of one table.</summary>
public interface IRowReader : IAsyncDisposable
{
    /// <summary>Fills a batch, which is empty, with the next rows.</summary>
    /// <returns>False when there are no more; the batch is empty then.</returns>
    ValueTask<bool> ReadAsync(RowBatch batch, CancellationToken cancellationToken);
}

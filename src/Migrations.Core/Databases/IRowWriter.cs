using Migrations.Tables;

namespace Migrations.Databases;

/// <summary>Writes rows into one table.</summary>
public interface IRowWriter : IAsyncDisposable
{
    /// <summary>Writes the rows of a batch.</summary>
    ValueTask WriteAsync(RowBatch batch, CancellationToken cancellationToken);

    /// <summary>All rows are written. Without this call none of them stays.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);
}

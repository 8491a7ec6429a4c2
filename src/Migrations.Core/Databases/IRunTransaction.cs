namespace Migrations.Databases;

/// <summary>The one transaction of a run. Disposing it without commit rolls back.</summary>
public interface IRunTransaction : IAsyncDisposable
{
    /// <summary>Commits all steps.</summary>
    Task CommitAsync(CancellationToken cancellationToken);
}

namespace Migrations.PostgreSql;

/// <summary>Stands where there is nothing to dispose.</summary>
internal sealed class NoSession : IAsyncDisposable
{
    public static readonly NoSession Instance = new();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

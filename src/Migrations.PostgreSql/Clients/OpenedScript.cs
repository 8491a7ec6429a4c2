namespace Migrations.PostgreSql;

/// <summary>A dump in the form of a script, from a file or as a program writes it.</summary>
/// <param name="content">Its text.</param>
/// <param name="writer">The program; null for a file.</param>
internal sealed class OpenedScript(Stream content, ClientProcess? writer) : IAsyncDisposable
{
    /// <summary>Its text.</summary>
    public Stream Content => content;

    /// <summary>Waits for the program that writes it: what was read is complete only when that ended well.</summary>
    public Task EndedAsync(CancellationToken cancellationToken) => writer?.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => writer?.DisposeAsync() ?? content.DisposeAsync();
}

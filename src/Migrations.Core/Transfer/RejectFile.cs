using System.Globalization;
using System.Text;
using Migrations.Databases;

namespace Migrations.Transfer;

/// <summary>The file of rows that could not be copied, as statements of the source's own SQL: created with the first of them.</summary>
/// <param name="path">Its path; null where no row is left out.</param>
internal sealed class RejectFile(string? path) : IAsyncDisposable
{
    private readonly object _lock = new();
    private StreamWriter? _writer;

    /// <summary>Adds a row; several tables may do so at once.</summary>
    /// <exception cref="MigrationException">The file exists, or cannot be written.</exception>
    public void Add(RejectedRow row)
    {
        try
        {
            lock (_lock)
            {
                _writer ??= new StreamWriter(new FileStream(path!, FileMode.CreateNew, FileAccess.Write), new UTF8Encoding(false));
                _writer.Write(string.Create(CultureInfo.InvariantCulture, $"-- {row.Table}, {row.Key}: {row.Column}\n"));
                _writer.Write(row.Statement);
                _writer.Write(";\n");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The reject file {path} cannot be written: {e.Message}",
                "Name a file that does not exist yet, in a folder that can be written.",
                e
            );
        }
    }

    /// <summary>Closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync().ConfigureAwait(false);
    }
}

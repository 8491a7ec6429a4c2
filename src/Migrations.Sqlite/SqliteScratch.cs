using System.Globalization;
using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>Makes SQLite files that are thrown away, each in a folder of its own that only its owner may enter.</summary>
internal sealed class SqliteScratch : IScratchProvider
{
    private const string Prefix = "migrations-scratch-";
    private const string TimeFormat = "yyyyMMddHHmmss";

    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public async Task<IScratchDatabase> CreateAsync(ScratchRequest request, CancellationToken cancellationToken)
    {
        var folder = CreateFolder();
        var name = request.Origin is { } origin && !SqliteTarget.IsMemory(origin) ? origin.Database : "scratch.db";
        var scratch = new SqliteScratchDatabase(SqliteTarget.Scratch(Path.Combine(folder, name), name), folder);
        try
        {
            if (request is { Origin: not null, Content: not ScratchContent.Empty })
                await SqliteScratchFiller.FillAsync(request.Origin, scratch.Target, request, cancellationToken).ConfigureAwait(false);
            return scratch;
        }
        catch
        {
            await scratch.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindLeftoversAsync(DatabaseTarget origin, SessionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var limit = DateTime.UtcNow - LeftoverAge;
            return Task.FromResult<IReadOnlyList<string>>([.. Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*").Where(f => MadeAt(f) < limit).Order(StringComparer.Ordinal)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult<IReadOnlyList<string>>([]);
        }
    }

    private static DateTime MadeAt(string folder)
    {
        var rest = Path.GetFileName(folder).AsSpan(Prefix.Length);
        return rest.Length > TimeFormat.Length
            && DateTime.TryParseExact(rest[..TimeFormat.Length], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : DateTime.MaxValue;
    }

    private static string CreateFolder()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{DateTime.UtcNow.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}");
        var folder = Path.Combine(Path.GetTempPath(), name);
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.ScratchUnavailable, $"No scratch database can be had: the folder for temporary files cannot be written: {e.Message}",
                OperatingSystem.IsWindows() ? "Set TMP to a folder that you may write, and run the command again." : "Set TMPDIR to a folder that you may write, and run the command again.", e);
        }
    }
}

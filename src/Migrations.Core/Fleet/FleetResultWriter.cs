using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Migrations.Folders;

namespace Migrations.Fleet;

/// <summary>Takes down what becomes of one call's databases, from its begin on.</summary>
/// <param name="command">The command, or the cmdlet.</param>
/// <param name="shard">The share of the call; null when it works on all.</param>
/// <param name="listed">All databases of the fleet, of which the share is a part.</param>
/// <param name="path">The full path of the file; null: none is written.</param>
public sealed class FleetResultWriter(string command, FleetShard? shard, IReadOnlyList<DatabaseTarget> listed, string? path)
{
    private readonly DateTimeOffset _began = TimeProvider.System.GetUtcNow();
    private readonly long _start = TimeProvider.System.GetTimestamp();

    /// <summary>Makes room for the file: the result of an earlier call must not be taken for that of this one, should this one be killed.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: something else is there.</exception>
    public void Prepare()
    {
        if (path is null)
            return;
        ReplacedFile.Demand(path, "The result", "{");
        try
        {
            if (File.Exists(path))
                File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The result of an earlier call cannot be removed: {e.Message}",
                "Name a file in a folder that can be written. No database was worked on.",
                e
            );
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="run">The run, when it has ended.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>: it cannot be written.</exception>
    public void Write(FleetRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (path is null)
            return;
        FleetResultFile.Write(
            path,
            new FleetResult
            {
                Command = command,
                Shard = shard?.Position ?? 1,
                Shards = shard?.Total ?? 1,
                Listed = listed.Count,
                ListDigest = Digest(),
                Began = _began,
                DurationMs = (long)TimeProvider.System.GetElapsedTime(_start).TotalMilliseconds,
                Databases = run.Rows,
            }
        );
    }

    /// <summary>A sentence about the databases of the call; null when there is only one.</summary>
    /// <param name="run">The run, when it has ended.</param>
    public string? Summary(FleetRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return shard is null
            ? run.Summary
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Shard {shard}, {run.Rows.Count} of {listed.Count} databases: {run.Completed} completed, {run.FailedCount} failed."
            );
    }

    private string Digest() =>
        Convert
            .ToHexString(
                SHA256.HashData(
                    Encoding.UTF8.GetBytes(string.Join('\n', listed.Select(FleetShard.IdentityOf).Order(StringComparer.Ordinal)))
                )
            )
            .ToLowerInvariant();
}

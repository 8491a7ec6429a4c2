using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Writes a backup with <c>pg_dump</c>, and reads what is in it in the same snapshot, which the session exports
/// (<see href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION"/>), while the dump is being
/// written.
/// </summary>
/// <param name="connection">A connection to the source.</param>
/// <param name="tools">The client programs.</param>
/// <param name="job">What is wanted.</param>
internal sealed class PostgreSqlBackupWriter(PostgreSqlConnection connection, ClientTools tools, BackupJob job)
{
    private const string NoSuchCompression = "compression";
    private static readonly TimeSpan NewsInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Writes it.</summary>
    public async Task<BackupContent> WriteAsync(CancellationToken cancellationToken)
    {
        if (tools.Version >= 16 && job.Format != BackupFormat.Sql)
        {
            try
            {
                return await DumpAsync("--compress=zstd:1", cancellationToken).ConfigureAwait(false);
            }
            catch (MigrationException e)
                when (e.Id == ErrorId.ClientToolFailed && e.Message.Contains(NoSuchCompression, StringComparison.Ordinal))
            {
                Clear(); // Built without zstd.
                // What was being read in that transaction was cancelled, and perhaps the connection with it.
                await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return await DumpAsync(job.Format == BackupFormat.Sql ? null : "--compress=1", cancellationToken).ConfigureAwait(false);
    }

    private async Task<BackupContent> DumpAsync(string? compression, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", cancellationToken).ConfigureAwait(false);
        try
        {
            var snapshot = "";
            // The transaction stands still while the dump goes on, and no limit on that may end it.
            string[] limits =
            [
                "idle_in_transaction_session_timeout",
                "statement_timeout",
                .. (TransactionTimeout.IsKnown(connection.ServerVersion) ? (string[])["transaction_timeout"] : []),
            ];
            await connection
                .QueryAsync(
                    "SELECT pg_catalog.pg_export_snapshot(), "
                        + $"{string.Join(", ", limits.Select(limit => $"pg_catalog.set_config('{limit}', '0', true)"))}",
                    row => snapshot = row.GetString(0),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return await WriteAsync(snapshot, compression, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await connection.RollBackAsync().ConfigureAwait(false);
        }
    }

    private async Task<BackupContent> WriteAsync(string snapshot, string? compression, CancellationToken cancellationToken)
    {
        OwnerOnly();
        var arguments = new List<string>
        {
            "--no-password",
            "--file=" + job.Path,
            "--snapshot=" + snapshot,
            ClientTools.LockLimit(job.Session),
        };
        arguments.AddRange(
            job.Format switch
            {
                BackupFormat.Sql => ["--format=plain", .. await RestrictKeyAsync(cancellationToken).ConfigureAwait(false)],
                BackupFormat.Directory =>
                [
                    "--format=directory",
                    "--jobs=" + Math.Max(1, job.Jobs).ToString(CultureInfo.InvariantCulture),
                    compression!,
                ],
                _ => ["--format=custom", compression!],
            }
        );
        // A single file is flushed by who asked for it.
        if (job.Format != BackupFormat.Directory)
            arguments.Add("--no-sync");
        var clock = Stopwatch.StartNew();
        var dump = ClientProcess.Start(tools, "pg_dump", connection.Target, arguments);
        await using var _ = dump.ConfigureAwait(false);
        dump.Input.Close();
        var watch = new BlockerWatch(connection, job.Session.LockTimeout, ApplicationName.Of(migration: null), Awaited);
        await using var __ = watch.ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(stop.Token);
        try
        {
            await WatchAsync(dump.WaitAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            var hasWaited = clock.Elapsed >= job.Session.LockTimeout;
            var code = e is MigrationException failure
                ? await RefusedLock.CodeAsync(connection, failure, hasWaited).ConfigureAwait(false)
                : null;
            // What failed first is the cause to report: without our transaction the dump has no snapshot, and without the dump reading is
            // cancelled.
            if (code is null && reading.IsFaulted)
                await reading.ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw code switch
            {
                PostgresErrorCodes.LockNotAvailable => Blocked(await watch.StopAsync().ConfigureAwait(false), e),
                PostgresErrorCodes.InsufficientPrivilege => ClientProcess.NotPermitted(e),
                _ => e is MigrationException words ? await WithHintAsync(words).ConfigureAwait(false) : e,
            };
        }

        var (content, mayRunUnseen) = await reading.ConfigureAwait(false);
        return mayRunUnseen
            ? content with
            {
                UnseenCode = await new UnseenCode(connection, tools, job).FindAsync(snapshot, cancellationToken).ConfigureAwait(false),
            }
            : content;
    }

    // What helps is found by the server's words where they are English.
    private async Task<MigrationException> WithHintAsync(MigrationException failure) =>
        ClientHints.Of(failure.Message) is null && await RefusedRows.TableAsync(connection, failure).ConfigureAwait(false) is { } table
            ? new MigrationException(failure.Id, failure.Message, ClientHints.OfRowSecurity(table), failure)
            : failure;

    private void Awaited(Blocker blocker) => job.Session.Events.Publish(new WarningRaised($"The backup waits for {blocker.Description}."));

    private MigrationException Blocked(Blocker? blocker, Exception e) =>
        new(
            ErrorId.TableLockTimedOut,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{connection.Target.Display} was not backed up: a table was locked for longer than "
                    + $"{job.Session.LockTimeout.TotalSeconds:0.#} s by {blocker?.Description ?? "another session"}."
            ),
            (blocker?.WayOut ?? $"Wait until that session has ended its transaction, or allow more time with {CallOption.LockTimeout}.")
                + " Then run the command again.",
            e
        );

    private async Task<(BackupContent Content, bool MayRunUnseen)> ReadAsync(CancellationToken cancellationToken)
    {
        var entries = await StoredHistory.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        var last = HistoryView.LastApplied(entries);
        var content = new BackupContent
        {
            EngineVersion = connection.Info.EngineVersion,
            SchemaFingerprint = await new PostgreSqlSchemaReader(connection)
                .ReadFingerprintAsync(ofDump: true, cancellationToken)
                .ConfigureAwait(false),
            Faults = await new PostgreSqlEngineChecks(connection).FindFaultsAsync(cancellationToken).ConfigureAwait(false),
            Settings = await RecordedSettings.ReadAsync(connection, cancellationToken).ConfigureAwait(false),
            LastMigration = last?.Name,
            Stamp = (
                await new HistorySearch(connection) { SkipsHidden = true }
                    .RunAsync(cancellationToken)
                    .ConfigureAwait(false)
            ).Stamp,
            MigrationVersion = last?.Version?.ToString(),
            Tables = await new PostgreSqlContentReader(connection)
                .ReadInsideAsync(job.CountRows, job.Digests, cancellationToken)
                .ConfigureAwait(false),
        };
        return (content, await new UnseenCode(connection, tools, job).IsPossibleAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task WatchAsync(Task dumping, CancellationToken cancellationToken)
    {
        while (
            await Task.WhenAny(dumping, Task.Delay(NewsInterval, cancellationToken)).ConfigureAwait(false) != dumping
            && !cancellationToken.IsCancellationRequested
        )
            job.Session.Events.Publish(new WorkAdvanced($"Backing up {connection.Target.Database}", Written(), Total: null, "bytes"));
        await dumping.ConfigureAwait(false);
    }

    private long Written()
    {
        try
        {
            return job.Format == BackupFormat.Directory
                ? new DirectoryInfo(job.Path).EnumerateFiles().Sum(f => f.Length)
                : new FileInfo(job.Path).Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>
    /// The word that <c>psql</c> wants before it runs shell commands again: the same for two dumps of one database, so that they are equal,
    /// and none that its content can have guessed without knowing where it lies.
    /// </summary>
    private async Task<string[]> RestrictKeyAsync(CancellationToken cancellationToken)
    {
        var help = ClientProcess.Start(tools, "pg_dump", connection.Target, ["--help"]);
        await using var _ = help.ConfigureAwait(false);
        help.Input.Close();
        using var reader = new StreamReader(help.Output);
        var text = await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        await help.WaitAsync(cancellationToken).ConfigureAwait(false);
        return text.Contains("--restrict-key", StringComparison.Ordinal)
            ?
            [
                "--restrict-key="
                    + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(connection.Target.ConnectionString))).ToLowerInvariant(),
            ]
            : [];
    }

    /// <summary>Makes the file before the program does, so that no other user can read it even for a moment.</summary>
    private void OwnerOnly()
    {
        if (job.Format == BackupFormat.Directory)
            PrivateFiles.CreateFolder(job.Path);
        else
            PrivateFiles.CreateFile(job.Path);
    }

    private void Clear()
    {
        if (job.Format == BackupFormat.Directory)
            Directory.Delete(job.Path, recursive: true);
        else
            File.Delete(job.Path);
    }
}

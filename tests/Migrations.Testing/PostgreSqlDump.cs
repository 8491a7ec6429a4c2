using System.Diagnostics;

namespace Migrations.Testing;

/// <summary>What <c>pg_dump</c> writes of a database: an opinion on its whole content that is not the engine's.</summary>
/// <param name="Text">The plain dump: schema, rows and positions of sequences.</param>
public sealed record PostgreSqlDump(string Text)
{
    /// <summary>The positions of sequences, one statement each.</summary>
    public IReadOnlyList<string> SequencePositions => [.. Lines.Where(IsPosition)];

    /// <summary>Everything else.</summary>
    public string WithoutSequencePositions => string.Join('\n', Lines.Where(l => !IsPosition(l)));

    private IEnumerable<string> Lines => Text.Split('\n');

    /// <summary>Dumps a database as its superuser.</summary>
    public static async Task<PostgreSqlDump> OfAsync(PostgreSqlTestDatabase database)
    {
        var start = new ProcessStartInfo(Prerequisite.PgDump())
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PGPASSWORD"] = database.Server.Password },
        };
        foreach (
            var argument in (string[])
                [
                    "--format=plain",
                    "--no-password",
                    "--host",
                    database.Server.Host,
                    "--port",
                    $"{database.Server.Port}",
                    "--username",
                    database.Server.User,
                    database.Name,
                ]
        )
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"pg_dump failed: {await error}");
        // Newer versions put a word of chance at either end.
        return new PostgreSqlDump(
            string.Join(
                '\n',
                text.Split('\n')
                    .Where(l =>
                        !l.StartsWith(@"\restrict ", StringComparison.Ordinal) && !l.StartsWith(@"\unrestrict ", StringComparison.Ordinal)
                    )
            )
        );
    }

    private static bool IsPosition(string line) => line.StartsWith("SELECT pg_catalog.setval(", StringComparison.Ordinal);
}

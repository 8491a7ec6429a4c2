using System.Diagnostics;
using System.Globalization;
using System.Text;
using Migrations.Testing;

namespace Migrations.PostgreSql.Tests;

/// <summary>PostgreSQL's own programs, run by hand.</summary>
internal static class Programs
{
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Pipes what one program writes of a database into another at work on a second one.</summary>
    public static async Task PipeAsync(
        PostgreSqlTestDatabase from,
        PostgreSqlTestDatabase to,
        string writer,
        string reader,
        string arguments
    )
    {
        using var write = Start(from.Server, from.Name, writer, "");
        using var read = Start(to.Server, to.Name, reader, arguments);
        write.StandardInput.Close();
        var words = read.StandardError.ReadToEndAsync();
        var other = write.StandardError.ReadToEndAsync();
        var dump = await write.StandardOutput.ReadToEndAsync();
        // Newer programs say this to older servers too, which do not know it.
        await read.StandardInput.WriteAsync(
            to.Server.MajorVersion < 17 ? dump.Replace("SET transaction_timeout = 0;\n", "", StringComparison.Ordinal) : dump
        );
        read.StandardInput.Close();
        await read.StandardOutput.ReadToEndAsync();
        await read.WaitForExitAsync();
        await write.WaitForExitAsync();
        Xunit.Assert.True(read.ExitCode == 0 && write.ExitCode == 0, await words + await other);
    }

    /// <summary>Runs a file of statements with psql.</summary>
    public static async Task RunFileAsync(PostgreSqlTestDatabase database, string path)
    {
        using var psql = Start(database.Server, database.Name, "psql", $"-X -q -v ON_ERROR_STOP=1 -f \"{path}\"");
        psql.StandardInput.Close();
        var words = await psql.StandardError.ReadToEndAsync();
        await psql.WaitForExitAsync();
        Xunit.Assert.True(psql.ExitCode == 0, words);
    }

    /// <summary>Starts a program.</summary>
    public static Process Start(PostgreSqlServer server, string database, string program, string arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Path.GetDirectoryName(Prerequisite.Psql())!, program), arguments)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Utf8,
            StandardInputEncoding = Utf8,
        };
        start.Environment["PGHOST"] = server.Host;
        start.Environment["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = server.User;
        start.Environment["PGPASSWORD"] = server.Password;
        start.Environment["PGDATABASE"] = database;
        return Process.Start(start)!;
    }
}

using System.CommandLine;
using Migrations.Cli.Output;
using Migrations.Databases;

namespace Migrations.Cli.Commands;

/// <summary><c>schema</c>: every object of a database with its definition.</summary>
internal static class SchemaCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var sql = new Option<bool>("--sql") { Description = "Write the schema as SQL that makes it in an empty database." };
        var command = new Command("schema", "Show every object of a database with its definition, and the schema's fingerprint.") { sql };
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(parse, (call, token) => RunAsync(call, parse.GetValue(sql), token), cancellationToken)
        );
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, bool sql, CancellationToken cancellationToken)
    {
        var session = await call
            .Driver.OpenAsync(
                call.Target,
                call.Settings.Migrator.Session with
                {
                    Access = SessionAccess.Read,
                    Events = call.Report,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
            call.Report.Integrity.Schema(
                call.Target,
                await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false),
                sql
            );
        return ExitCode.Done;
    }
}

using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Databases;

namespace Migrations.Cli.Commands;

/// <summary><c>schema</c>: every object of a database with its definition.</summary>
internal static class SchemaCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var sql = OptionOf.Flag("--sql", "Print SQL that creates the schema in an empty database.");
        var command = new DescribedCommand(
            "schema",
            "Show every object of a database with its definition, and the fingerprint of the schema.",
            SharedOptions.Database | SharedOptions.Configuration | SharedOptions.History | SharedOptions.Limits,
            "migrations schema",
            "migrations schema --sql > schema.sql"
        )
        {
            sql,
        };
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

using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Databases;
using Migrations.Diagrams;

namespace Migrations.Cli.Commands;

/// <summary><c>schema</c>: every object of a database with its definition.</summary>
internal static class SchemaCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var sql = OptionOf.Flag("--sql", "Print SQL that creates the schema in an empty database.");
        var format = Choice.Of<DiagramFormat>(
            "--format",
            "Print a diagram of the tables and their foreign keys for documents.",
            ("mermaid", DiagramFormat.Mermaid),
            ("dot", DiagramFormat.Dot)
        );
        var command = new DescribedCommand(
            "schema",
            "Show every object of a database with its definition, and the fingerprint of the schema.",
            SharedOptions.Database | SharedOptions.Configuration | SharedOptions.History | SharedOptions.Limits,
            "migrations schema",
            "migrations schema --sql > schema.sql",
            "migrations schema --format mermaid > schema.mmd"
        )
        {
            sql,
            format,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(sql) && result.GetValue(format) is not null)
                result.AddError("--sql and --format cannot be used together.");
        });
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) => RunAsync(call, parse.GetValue(sql), parse.GetValue(format), token),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, bool sql, DiagramFormat? format, CancellationToken cancellationToken)
    {
        var options = call.Settings.Migrator.Session with { Access = SessionAccess.Read, Events = call.Report };
        var session = await call.Driver.OpenAsync(call.Target, options, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var schema = await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
            if (format is { } language)
                call.Report.Integrity.Diagram(call.Target, schema, language);
            else
                call.Report.Integrity.Schema(call.Target, schema, sql);
        }

        return ExitCode.Done;
    }
}

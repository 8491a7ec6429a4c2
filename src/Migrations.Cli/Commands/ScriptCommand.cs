using System.Text;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>script</c>: what <c>up</c> or <c>down</c> would do, as a script for the database's own client.</summary>
internal static class ScriptCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var client = Choice.Of<ScriptClient>(
            "--for",
            "The client that is to run the script. Default: psql for PostgreSQL, sqlite3 for SQLite.",
            (ScriptClient.Psql.Word(), ScriptClient.Psql),
            (ScriptClient.Sqlite3.Word(), ScriptClient.Sqlite3),
            (ScriptClient.D1.Word(), ScriptClient.D1),
            (ScriptClient.Plain.Word(), ScriptClient.Plain)
        );
        var file = OptionOf.Text(
            "--output-file",
            "file",
            "Write the script to this file, which only its owner can read. Default: standard output."
        );
        var force = OptionOf.Flag("--force", "Replace the file if it exists.");
        var idempotent = OptionOf.Flag(
            "--idempotent",
            "Leave out, when the script is run, what has been done already. For psql only; without it the script stops before anything "
                + "where the history is no longer as it is now."
        );
        var command = new DescribedCommand(
            "script",
            "Write what 'up' would do as a script for psql, sqlite3 or D1.",
            SharedOptions.Runs,
            "migrations script --output-file release.sql",
            "migrations script --for psql --idempotent > release.sql",
            "migrations script --down --to 041"
        )
        {
            client,
            file,
            force,
            idempotent,
        };
        var steps = new ScriptSteps();
        steps.AddTo(command);
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) =>
                    {
                        var request = new ScriptRequest
                        {
                            Client = parse.GetValue(client),
                            IsIdempotent = parse.GetValue(idempotent),
                            Apply = steps.Apply(parse, call.Settings),
                            Undo = steps.Undo(parse, call.Settings),
                        };
                        return RunAsync(call, request, parse.GetValue(file), parse.GetValue(force), token);
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        DatabaseCall call,
        ScriptRequest request,
        string? file,
        bool force,
        CancellationToken cancellationToken
    )
    {
        if (file is { Length: > 0 })
        {
            var written = await call
                .Migrator.WriteScriptFileAsync(request, Path.GetFullPath(file), force, cancellationToken)
                .ConfigureAwait(false);
            call.Report.Scripts.Exported(written, text: null);
            return ExitCode.Done;
        }

        if (call.Report.Scripts.TakesText)
        {
            var text = new StringWriter { NewLine = "\n" };
            var script = await call.Migrator.WriteScriptAsync(request, text, cancellationToken).ConfigureAwait(false);
            call.Report.Scripts.Exported(script, text.ToString());
            return ExitCode.Done;
        }

        // As it is, whatever is in it: another program reads it.
        var output = new StreamWriter(call.Terminal.Output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        await using var _ = output.ConfigureAwait(false);
        await call.Migrator.WriteScriptAsync(request, output, cancellationToken).ConfigureAwait(false);
        return ExitCode.Done;
    }
}

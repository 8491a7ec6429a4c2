using System.CommandLine;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>repair</c>: mend the history, after comparing.</summary>
internal static class RepairCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this migration (a version, a semantic version or a name). Default: all that need it." };
        var removeMissing = new Option<bool>("--remove-missing") { Description = "Forget applied migrations whose files are gone." };
        var done = new Option<bool>("--statement-done") { Description = "The statement that a killed run was in took effect." };
        var notDone = new Option<bool>("--statement-not-done") { Description = "The statement that a killed run was in did not take effect." };
        var command = new Command("repair", "Clear failures and accept edited scripts in the history, after comparing.") { name, removeMissing, done, notDone };
        command.Validators.Add(result =>
        {
            if (result.GetValue(done) && result.GetValue(notDone))
                result.AddError("--statement-done and --statement-not-done exclude each other.");
        });
        command.SetAction((parse, cancellationToken) =>
        {
            var request = new RepairRequest
            {
                Name = parse.GetValue(name),
                RemoveMissing = parse.GetValue(removeMissing),
                StatementDone = parse.GetValue(done) ? true : parse.GetValue(notDone) ? false : null,
            };
            return runner.RunAsync(parse, (call, token) => RunAsync(call, request, token), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, RepairRequest request, CancellationToken cancellationToken)
    {
        var repairs = call.Settings.WhatIf
            ? await FindAsync(call, request, cancellationToken).ConfigureAwait(false)
            : await call.Migrator.RepairAsync(request, cancellationToken).ConfigureAwait(false);
        call.Report.Repairs(call.Target, repairs, call.Settings.WhatIf);
        return ExitCode.Done;
    }

    private static async Task<IReadOnlyList<RepairResult>> FindAsync(DatabaseCall call, RepairRequest request, CancellationToken cancellationToken)
    {
        var statuses = await call.Migrator.GetStatusAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. from status in statuses
               let compared = Describe(status, request.RemoveMissing)
               where compared is not null && (request.Name is null || IsNamed(status, request.Name))
               select new RepairResult(status.Database, status.Version, status.Name, status.State.ToString(), compared),
        ];
    }

    private static string? Describe(MigrationStatus status, bool removeMissing) => status.State switch
    {
        MigrationState.Failed => "the failure would be cleared: " + status.Error,
        MigrationState.Changed => "the edited script would be accepted.",
        MigrationState.Missing when removeMissing => "the migration would be forgotten.",
        MigrationState.Applied when status.Error is not null => "the failure would be cleared: " + status.Error,
        MigrationState.Applied when status.Change == ScriptChange.Cosmetic => "the edited comments or white space would be accepted.",
        _ => null,
    };

    private static bool IsNamed(MigrationStatus status, string name) =>
        string.Equals(status.Name, name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(status.SemanticVersion, name, StringComparison.OrdinalIgnoreCase)
        || (MigrationVersion.TryParse(name, out var version) && version == status.Version);
}

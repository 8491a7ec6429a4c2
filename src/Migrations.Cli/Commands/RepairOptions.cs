using System.CommandLine;
using System.CommandLine.Parsing;
using Migrations.Cli.Help;
using Migrations.Cli.Options;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary>The options of <c>repair</c>: what is repaired.</summary>
internal sealed class RepairOptions
{
    private readonly Argument<string?> _name = new("name")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "Only this migration (a version, a semantic version or a name). Default: all that need it, after confirmation.",
    };
    private readonly Option<bool> _removeMissing = OptionOf.Flag(
        "--remove-missing",
        "Remove applied migrations whose files no longer exist from the history."
    );
    private readonly Option<string?> _assign = OptionOf.Text(
        "--assign-service",
        "service",
        "Assign the migrations of this service's folder that the history has without a service, or the one named, to it."
    );
    private readonly Option<string?> _forget = OptionOf.Text(
        "--forget",
        "name",
        "Mark an applied migration as not applied, after making sure that the schema has nothing of it."
    );
    private readonly Option<bool> _skip = OptionOf.Flag("--skip-comparison", "With --forget: do not look at the schema.");
    private readonly Option<bool> _done = OptionOf.Flag(
        "--statement-done",
        "The statement that was running when a run was killed took effect."
    );
    private readonly Option<bool> _notDone = OptionOf.Flag(
        "--statement-not-done",
        "The statement that was running when a run was killed did not take effect."
    );

    private readonly ScratchOption _scratch = new();

    /// <summary>Puts them on the command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_name);
        foreach (var option in (Option[])[_removeMissing, _assign, _forget, _skip, _done, _notDone])
            command.Options.Add(option);
        _scratch.AddTo(command);
        command.Validators.Add(result =>
            CallFaults.Exclude(result, "--statement-done and --statement-not-done cannot be used together.", _done, _notDone)
        );
        foreach (var alone in (Option[])[_assign, _forget])
        {
            foreach (var other in (Option[])[_removeMissing, _done, _notDone])
                command.Validators.Add(result =>
                    CallFaults.Exclude(result, $"{alone.Name} and {other.Name} cannot be used together.", alone, other)
                );
        }

        command.Validators.Add(result =>
            CallFaults.Exclude(result, "--assign-service and --forget cannot be used together.", _assign, _forget)
        );
        command.Validators.Add(DemandForget);
    }

    /// <summary>What is asked for.</summary>
    public RepairRequest Read(ParseResult parse) =>
        new()
        {
            Name = parse.GetValue(_name),
            RemoveMissing = parse.GetValue(_removeMissing),
            AssignService = parse.GetValue(_assign),
            Forget = parse.GetValue(_forget),
            SkipComparison = parse.GetValue(_skip),
            StatementDone =
                parse.GetValue(_done) ? true
                : parse.GetValue(_notDone) ? false
                : null,
        };

    /// <summary>The server for the copies that a comparison needs; null when none is named.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: what is named is not a database.</exception>
    public DatabaseTarget? ScratchServer(ParseResult parse) => _scratch.Read(parse);

    private void DemandForget(CommandResult result)
    {
        if (_scratch.IsGiven(result) && result.GetValue(_forget) is null)
            result.AddError("--scratch-database only applies with --forget.");
        if (result.GetValue(_skip) && result.GetValue(_forget) is null)
            result.AddError("--skip-comparison only applies with --forget.");
        if (result.GetValue(_forget) is not null && result.GetValue(_name) is not null)
            result.AddError("--forget names the migration itself.");
    }
}

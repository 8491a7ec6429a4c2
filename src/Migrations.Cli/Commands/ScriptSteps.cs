using System.CommandLine;
using System.CommandLine.Parsing;
using Migrations.Cli.Options;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary>The options of <c>script</c> that say which steps are in it, as <c>up</c> and <c>down</c> have them.</summary>
internal sealed class ScriptSteps
{
    private readonly Option<bool> _down = OptionOf.Flag("--down", "Write what 'down' would do: roll back the last migration, or several.");
    private readonly Option<string?> _target = OptionOf.Text(
        "--target",
        "version",
        "The last migration to apply: a version, a semantic version or a name. Default: the newest."
    );
    private readonly Option<int?> _first = Choice.Count("--first", "Apply at most this many migrations.");
    private readonly Option<string?> _to = OptionOf.Text(
        "--to",
        "version",
        "With --down: roll back everything after this migration, which stays applied; 0 rolls back all."
    );
    private readonly Option<int?> _last = Choice.Count("--last", "With --down: roll back this many migrations, the last ones.");
    private readonly Option<bool> _all = OptionOf.Flag("--all", "With --down: roll back all migrations.");
    private readonly Option<TransactionMode?> _mode = UpCommand.TransactionModeOption();
    private readonly Option<bool> _outOfOrder = OptionOf.Flag(
        "--allow-out-of-order",
        "Also apply pending migrations that are older than applied ones. The history records it."
    );
    private readonly Option<bool> _skipChecksum = OptionOf.Flag(
        "--skip-checksum",
        "Write the script even though applied scripts were edited or deleted. The history records it."
    );
    private readonly Option<bool> _ignoreForeign = UpCommand.IgnoreForeignOption();

    public void AddTo(DescribedCommand command)
    {
        foreach (var option in (Option[])[_down, _target, _first, _to, _last, _all, _mode, _outOfOrder, _skipChecksum, _ignoreForeign])
            command.Options.Add(option);
        command.Validators.Add(RefuseMixed);
    }

    public ApplyRequest Apply(ParseResult parse, Settings settings) =>
        new()
        {
            Target = parse.GetValue(_target),
            First = parse.GetValue(_first),
            TransactionMode = parse.GetValue(_mode) ?? settings.TransactionMode,
            AllowOutOfOrder = parse.GetValue(_outOfOrder),
            SkipChecksum = parse.GetValue(_skipChecksum),
            IgnoreForeignHistory = parse.GetValue(_ignoreForeign),
        };

    public UndoRequest? Undo(ParseResult parse, Settings settings) =>
        !parse.GetValue(_down)
            ? null
            : new UndoRequest
            {
                To = parse.GetValue(_to),
                Last = parse.GetValue(_last),
                All = parse.GetValue(_all),
                TransactionMode = parse.GetValue(_mode) ?? settings.TransactionMode,
                SkipChecksum = parse.GetValue(_skipChecksum),
            };

    private void RefuseMixed(CommandResult result)
    {
        var undoes = result.GetValue(_down);
        foreach (var option in undoes ? (Option[])[_target, _first, _outOfOrder, _ignoreForeign] : [_to, _last, _all])
        {
            if (result.GetResult(option) is { Implicit: false })
                result.AddError(undoes ? $"{option.Name} applies to 'up', not with --down." : $"{option.Name} needs --down.");
        }

        if (new Option[] { _to, _last, _all }.Count(o => result.GetResult(o) is { Implicit: false }) > 1)
            result.AddError("Use only one of --to, --last and --all.");
    }
}

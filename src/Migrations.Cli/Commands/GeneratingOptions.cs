using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Generating;

namespace Migrations.Cli.Commands;

/// <summary>The options of <c>create</c> that have something written, and proven, for the user.</summary>
internal sealed class GeneratingOptions
{
    private readonly Option<string?> _undoOf = OptionOf.Text(
        "--undo-of",
        "version",
        "Write the undo of a migration that has none, or a wrong one, and prove it on a copy: a version or a name."
    );

    private readonly Option<bool> _missingUndo = OptionOf.Flag(
        "--missing-undo",
        "The same for all migrations that have no undo and do not say that they are irreversible."
    );

    private readonly ScratchOption _scratch = new();

    /// <summary>Puts the options on the command.</summary>
    public void AddTo(Command command, Argument<string?> name)
    {
        command.Options.Add(_undoOf);
        command.Options.Add(_missingUndo);
        _scratch.AddTo(command);
        command.Validators.Add(result =>
        {
            var ways = new[] { result.GetValue(name) is not null, result.GetValue(_undoOf) is not null, result.GetValue(_missingUndo) };
            var given = ways.Count(w => w);
            if (given == 0)
                result.AddError("Required argument missing for command: 'create'.");
            else if (given > 1)
                result.AddError("A name, --undo-of and --missing-undo cannot be used together.");
        });
    }

    /// <summary>Whether an undo is to be written.</summary>
    public bool IsUndo(ParseResult parse) => parse.GetValue(_undoOf) is not null || parse.GetValue(_missingUndo);

    /// <summary>Writes undo scripts.</summary>
    public async Task<int> DeriveAsync(ParseResult parse, DatabaseCall call, CancellationToken cancellationToken)
    {
        var request = new UndoDerivationRequest
        {
            Migration = parse.GetValue(_undoOf),
            WhatIf = call.Settings.WhatIf,
            ScratchServer = _scratch.Read(parse),
        };
        var results = await new UndoDerivation(call.Driver, call.Target, call.Settings.Folder, call.Options)
            .RunAsync(request, cancellationToken)
            .ConfigureAwait(false);
        call.Report.Integrity.Generated(results);
        return results.All(r => r.IsGood) ? ExitCode.Done : ExitCode.Found;
    }
}

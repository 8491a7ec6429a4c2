using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Comparing;
using Migrations.Databases;
using Migrations.Folders;
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

    private readonly Option<string?> _from = OptionOf.Text(
        "--from",
        "schema",
        "Write the migration to this schema, and prove it on a copy: a .sql file, a folder, a database or a backup."
    );

    private readonly Option<string[]> _rename = new("--rename")
    {
        HelpName = "old=new",
        Description = "With --from: a table, or table.column, that keeps what it holds under a new name. Repeatable.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _withData = OptionOf.Flag(
        "--with-data",
        "With --from: prove it on a copy of the database with all rows."
    );

    private readonly IgnoreOption _ignore = new();

    private readonly ScratchOption _scratch = new();

    /// <summary>Puts the options on the command.</summary>
    public void AddTo(Command command, Argument<string?> name)
    {
        command.Options.Add(_undoOf);
        command.Options.Add(_missingUndo);
        command.Options.Add(_from);
        command.Options.Add(_rename);
        command.Options.Add(_withData);
        _ignore.AddTo(command);
        _scratch.AddTo(command);
        command.Validators.Add(result =>
        {
            var ways = new[] { result.GetValue(name) is not null, result.GetValue(_undoOf) is not null, result.GetValue(_missingUndo) };
            var given = ways.Count(w => w);
            if (given == 0)
                result.AddError("Required argument missing for command: 'create'.");
            else if (given > 1)
                result.AddError("A name, --undo-of and --missing-undo cannot be used together.");
            else if (result.GetValue(_from) is null && (result.GetValue(_rename) is { Length: > 0 } || result.GetValue(_withData)))
                result.AddError("--rename and --with-data need --from.");
            else if (result.GetValue(_from) is not null && result.GetValue(name) is null)
                result.AddError("--from needs a name: what the migration does.");
        });
    }

    /// <summary>Whether an undo is to be written.</summary>
    public bool IsUndo(ParseResult parse) => parse.GetValue(_undoOf) is not null || parse.GetValue(_missingUndo);

    /// <summary>Whether a migration is to be written from a schema.</summary>
    public bool IsFrom(ParseResult parse) => parse.GetValue(_from) is not null;

    /// <summary>Writes a migration from a schema.</summary>
    public async Task<int> GenerateAsync(
        ParseResult parse,
        FileCall call,
        string name,
        CreateOptions files,
        CancellationToken cancellationToken
    )
    {
        var settings = call.Settings;
        var here = Directory.GetCurrentDirectory();
        var named = settings.Selector.NamedDatabases();
        (IDatabaseDriver Driver, DatabaseTarget Target)? beside =
            named.Count > 0 ? DatabaseDrivers.Resolve(named[0].Database, named[0].BaseFolder) : null;
        var from = parse.GetValue(_from)!;
        var sides = SidePair.Resolve(from, from, beside, DatabaseDrivers.All, here);
        var request = new GenerationRequest
        {
            Name = name,
            Schema = sides.Left.Side,
            Shown = sides.Left.Display,
            Renames = parse.GetValue(_rename) ?? [],
            Ignored = _ignore.Read(parse, settings),
            WithData = parse.GetValue(_withData),
            WhatIf = settings.WhatIf,
            ScratchServer = _scratch.Read(parse),
            Files = files,
            Ask = call.Terminal.CanAsk && !settings.Yes ? question => call.Terminal.Ask(question + "?") : null,
        };
        var options = settings.Migrator with { Session = settings.Migrator.Session with { Events = call.Report } };
        var target = beside?.Target ?? sides.Origin!;
        var result = await new MigrationGeneration(sides.Driver, target, settings.Folder, options)
            .RunAsync(request, cancellationToken)
            .ConfigureAwait(false);
        call.Report.Integrity.Generated([result]);
        return result.IsGood ? ExitCode.Done : ExitCode.Found;
    }

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

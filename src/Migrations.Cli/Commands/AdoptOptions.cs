using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Migrations.Adoption;
using Migrations.Cli.Options;

namespace Migrations.Cli.Commands;

/// <summary>The options of <c>adopt</c>: which history is taken over, and how.</summary>
internal sealed class AdoptOptions
{
    private readonly Option<string?> _tool = new("--tool")
    {
        HelpName = "name",
        Description = "The tool whose history is taken over, where several are found: " + string.Join(", ", AdoptionRequest.Tools) + ".",
    };
    private readonly Option<string?> _table = OptionOf.Text(
        "--table",
        "name",
        "The table of the history, where it was given another name than the tool gives it."
    );
    private readonly Option<string?> _marker = OptionOf.Text(
        "--marker",
        "table",
        "A table that the first migration makes: where it exists, that migration (an init script) counts as applied."
    );
    private readonly Option<bool> _unmatched = OptionOf.Flag(
        "--allow-unmatched",
        "Take over what matches, although recorded migrations have no file, or older files are not recorded."
    );
    private readonly Option<bool> _skipProof = OptionOf.Flag(
        "--skip-proof",
        "Do not replay the migrations to compare the schema. The history records it."
    );
    private readonly Option<string?> _sql = OptionOf.Text(
        "--sql",
        "path",
        "SQL that makes what was applied (a file or folder), replayed for the proof where the migrations are programs or changelogs."
    );
    private readonly Option<bool> _keep = OptionOf.Flag(
        "--keep-in-step",
        "From now on, also record each step in the other tool's table, for applications that still read it."
    );
    private readonly Option<bool> _undo = OptionOf.Flag(
        "--undo",
        "Take an adoption back: remove this history, so that the other tool's counts again."
    );
    private readonly Option<bool> _writeBack = OptionOf.Flag(
        "--write-back",
        "With --undo: also record in the other tool's table what was applied and rolled back since."
    );
    private readonly IgnoreOption _ignore = new();
    private readonly ScratchOption _scratch = new();

    /// <summary>Puts them on the command.</summary>
    public void AddTo(Command command)
    {
        _tool.CompletionSources.Add(_ => AdoptionRequest.Tools.Select(t => new CompletionItem(t)));
        foreach (var option in (Option[])[_tool, _table, _marker, _unmatched, _skipProof, _sql, _keep, _undo, _writeBack])
            command.Options.Add(option);
        _ignore.AddTo(command);
        _scratch.AddTo(command);
        command.Validators.Add(Validate);
    }

    /// <summary>Whether an adoption is taken back.</summary>
    public bool IsUndo(ParseResult parse) => parse.GetValue(_undo);

    /// <summary>Whether what was done since goes into the other tool's table.</summary>
    public bool WritesBack(ParseResult parse) => parse.GetValue(_writeBack);

    /// <summary>What is taken over.</summary>
    public AdoptionRequest Request(ParseResult parse, Settings settings) =>
        new()
        {
            Tool = parse.GetValue(_tool),
            Table = parse.GetValue(_table),
            Marker = parse.GetValue(_marker),
            AllowUnmatched = parse.GetValue(_unmatched),
            SkipProof = parse.GetValue(_skipProof),
            SqlPath = parse.GetValue(_sql) is { } path ? Path.GetFullPath(path) : null,
            KeepInStep = parse.GetValue(_keep),
            Ignored = _ignore.Read(parse, settings),
            ScratchServer = _scratch.Read(parse),
        };

    private void Validate(CommandResult result)
    {
        var isMarked = result.GetValue(_marker) is not null;
        if (isMarked && (result.GetValue(_tool) is not null || result.GetValue(_table) is not null || result.GetValue(_keep)))
            result.AddError("--marker stands for a history: it cannot be used with --tool, --table or --keep-in-step.");
        if (result.GetValue(_sql) is not null && (isMarked || result.GetValue(_skipProof)))
            result.AddError("--sql proves a schema: it cannot be used with --skip-proof or --marker.");
        if (result.GetValue(_writeBack) && !result.GetValue(_undo))
            result.AddError("--write-back applies only with --undo.");
    }
}

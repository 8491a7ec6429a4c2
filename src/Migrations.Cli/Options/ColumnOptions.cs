using System.CommandLine;
using Migrations.Databases;
using Migrations.Tables;
using Migrations.Transfer;

namespace Migrations.Cli.Options;

/// <summary>The options that decide what becomes of columns in a copy.</summary>
internal sealed class ColumnOptions
{
    private readonly Option<string[]> _types = new("--column-type")
    {
        HelpName = "table.column=type",
        Description =
            "Use this type for a column; can be repeated. One of bigint, boolean, double precision, numeric, numeric(p,s), text, "
            + "bytea, date, timestamp, timestamptz, json, uuid.",
    };

    private readonly Option<string?> _mapping = OptionOf.Text(
        "--mapping",
        "file",
        "A JSON file with other names for tables and columns, and types: {\"tables\": {\"t\": {\"name\": \"u\", \"columns\": "
            + "{\"c\": {\"name\": \"d\", \"type\": \"text\"}}}}}."
    );

    private readonly Option<string[]> _fullText = new("--full-text")
    {
        HelpName = "table.column",
        Description = "Make a column <column>_search by which this text is searched, with an index (PostgreSQL); can be repeated.",
    };

    /// <summary>Puts the options on a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_types);
        command.Options.Add(_mapping);
        command.Options.Add(_fullText);
    }

    /// <summary>What they say of a copy of some tables.</summary>
    /// <exception cref="MigrationException">A type or the mapping file is malformed.</exception>
    public CopyRequest Read(ParseResult parse, CopyScope scope)
    {
        var types = new Dictionary<string, ColumnType>(StringComparer.OrdinalIgnoreCase);
        foreach (var (column, type) in (parse.GetValue(_types) ?? []).Select(CopyScope.ParseType))
            types[column] = type;
        return new CopyRequest
        {
            Scope = scope with { Types = types, FullTexts = parse.GetValue(_fullText) ?? [] },
            Mapping = parse.GetValue(_mapping) is { } file ? CopyMapping.Read(Path.GetFullPath(file)) : CopyMapping.None,
        };
    }
}

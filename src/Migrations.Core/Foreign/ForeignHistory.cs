using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>The history of another migration tool that was found in a database.</summary>
public sealed class ForeignHistory
{
    internal ForeignHistory(ForeignTool tool, ForeignTable table)
    {
        Tool = tool;
        Table = table;
    }

    internal ForeignTool Tool { get; }

    internal ForeignTable Table { get; }

    /// <summary>The tool's name, as <c>--tool</c> takes it.</summary>
    public string Name => Tool.Name;

    /// <summary>The tool's name, as it is shown to people.</summary>
    public string Title => Tool.Title;

    /// <summary>The table, with its schema where there is one.</summary>
    public string TableName => Table.Display;

    /// <summary>The tool and its table.</summary>
    public override string ToString() => $"{Title} (table {TableName})";
}

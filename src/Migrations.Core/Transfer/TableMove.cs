using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>A table that is copied: the columns of both sides stand beside each other.</summary>
/// <param name="Source">As the source has it.</param>
/// <param name="Target">As the target has it, with the types in whose canonical form the values go over.</param>
/// <param name="Sent">Which columns are sent; the target computes the others.</param>
internal sealed record TableMove(CopyTable Source, CopyTable Target, IReadOnlyList<int> Sent)
{
    /// <summary>A table that is of one form on both sides.</summary>
    public static TableMove Of(CopyTable source, CopyTable target) =>
        new(source, target, [.. Enumerable.Range(0, target.Columns.Count).Where(i => target.Columns[i].Generated is null)]);

    /// <summary>The table with the columns that are written.</summary>
    public CopyTable Written => Target with { Columns = [.. Sent.Select(i => Target.Columns[i])] };

    /// <summary>What the source is asked for to be sent.</summary>
    public IReadOnlyList<ReadColumn> ToSend => [.. Sent.Select(SourceColumn)];

    /// <summary>Every column, as the source is asked for it.</summary>
    public IReadOnlyList<ReadColumn> AllOfSource => [.. Enumerable.Range(0, Target.Columns.Count).Select(SourceColumn)];

    /// <summary>Every column, as the target is asked for it.</summary>
    public IReadOnlyList<ReadColumn> AllOfTarget => [.. Target.Columns.Select(c => new ReadColumn(c.Name, c.Type))];

    private ReadColumn SourceColumn(int at) => new(Source.Columns[at].Name, Target.Columns[at].Type);
}

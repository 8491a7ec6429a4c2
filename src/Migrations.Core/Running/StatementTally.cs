using System.Globalization;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>Which statements of a script without a transaction are in the database.</summary>
internal sealed class StatementTally
{
    private readonly List<ScriptStatement> _open = [];
    private int _count;
    private int _firstLine;
    private int _lastLine;
    private ScriptStatement? _running;

    /// <summary>A statement is in the database since an earlier run.</summary>
    public void Add(ScriptStatement statement)
    {
        _count++;
        _firstLine = _count == 1 ? statement.Location.Line : _firstLine;
        _lastLine = statement.Location.Line;
    }

    /// <summary>A statement begins.</summary>
    public void Begin(ScriptStatement statement) => _running = statement;

    /// <summary>It has ended.</summary>
    /// <param name="isKept">Whether it is committed, with those before it; otherwise a transaction of the script's own is open.</param>
    public void End(bool isKept)
    {
        _open.Add(_running!);
        _running = null;
        if (!isKept)
            return;
        _open.ForEach(Add);
        _open.Clear();
    }

    /// <summary>For example <c>statements 1 and 2 of 5 (lines 2 to 3)</c>.</summary>
    public override string ToString()
    {
        var kept = _count switch
        {
            0 => "no statement of the script",
            1 => $"statement 1 of the script ({Lines})",
            2 => $"statements 1 and 2 of the script ({Lines})",
            _ => $"statements 1 to {Number(_count)} of the script ({Lines})",
        };
        return $"{kept}, which runs without a transaction{RolledBack}";
    }

    private string Lines => _firstLine == _lastLine ? $"line {Number(_lastLine)}" : $"lines {Number(_firstLine)} to {Number(_lastLine)}";

    private string RolledBack =>
        _open.Count == 0 ? "" : $"; its own transaction, begun in line {Number(_open[0].Location.Line)}, was rolled back";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

using System.Management.Automation;
using Migrations.Databases;

namespace Migrations.PowerShell;

/// <summary>
/// Makes an object of each row, and has them written on the pipeline's thread some hundred at a time: the next ones are made once these are
/// taken, so that memory does not grow with their number.
/// </summary>
/// <param name="wait">Runs a write on the pipeline's thread, and waits for it.</param>
/// <param name="write">Writes an object to the pipeline.</param>
internal sealed class RowWriter(Action<Action> wait, Action<object> write) : IRowSink
{
    private const int MostHeld = 200;

    private readonly List<PSObject> _held = [];
    private IReadOnlyList<RowColumn> _columns = [];

    /// <summary>Whether a statement gave rows, perhaps none.</summary>
    public bool HasRows { get; private set; }

    public void Restart() { }

    public void Begin(IReadOnlyList<RowColumn> columns) => (_columns, HasRows) = (columns, true);

    public void Add(IReadOnlyList<object?> values)
    {
        var row = new PSObject();
        for (var i = 0; i < values.Count; i++)
            row.Properties.Add(new PSNoteProperty(_columns[i].Name, values[i]), preValidated: true);
        _held.Add(row);
        if (_held.Count == MostHeld)
            wait(Flush);
    }

    /// <summary>Writes what is held. On the pipeline's thread.</summary>
    public void Flush()
    {
        foreach (var row in _held)
            write(row);
        _held.Clear();
    }
}
